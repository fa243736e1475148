"""What commands list and show: the documents of `runs` and `evalset ... --format json`."""

from typing import Literal

from evalgate.domain.case import Case
from evalgate.domain.record import Record
from evalgate.domain.run import Manifest
from evalgate.errors import Problem, UserMistake


class RunList(Record):
    """The runs of a project, the newest first, and what is wrong with those that do not open."""

    schema_version: Literal[1] = 1
    runs: tuple[Manifest, ...]
    unreadable: tuple[Problem, ...] = ()


class ListedVersion(Record):
    """A version of an evalset."""

    version: str
    frozen: bool


class ListedEvalset(Record):
    """An evalset and its versions, the oldest first."""

    name: str
    versions: tuple[ListedVersion, ...]


class EvalsetList(Record):
    """The evalsets of a project, by name."""

    schema_version: Literal[1] = 1
    evalsets: tuple[ListedEvalset, ...]


class ShownVersion(Record):
    """One version of an evalset: how many cases it has, in all and in each slice, and the first."""

    schema_version: Literal[1] = 1
    ref: str
    frozen: bool
    digest: str
    cases: int
    slices: dict[str, dict[str, int]]
    first_cases: tuple[Case, ...]


class VerifiedVersion(Record):
    """A version without a fault."""

    ref: str
    cases: int


class VerifiedVersions(Record):
    """The versions without a fault, and the faults of the others."""

    schema_version: Literal[1] = 1
    versions: tuple[VerifiedVersion, ...]
    faults: tuple[Problem, ...] = ()

    def refuse_faulty(self) -> None:
        """Raise UserMistake with all faults, if there is any."""
        if self.faults:
            raise UserMistake(self.faults)


class EvalsetDifference(Record):
    """Case ids by what became of them; a case may have changed in several ways."""

    schema_version: Literal[1] = 1
    old: str
    new: str
    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed_inputs: tuple[str, ...]
    changed_expected: tuple[str, ...]
    changed_slices: tuple[str, ...]  # slices or cluster
    unchanged: int
