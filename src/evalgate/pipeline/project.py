"""A project: its files, read and checked once, before anything is asked or paid for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from evalgate.config.gates import LoadedGates, load_gates
from evalgate.config.waivers import load_waivers
from evalgate.domain.names import GATES, OWN_FOLDER
from evalgate.domain.specs import Suite, Waiver
from evalgate.errors import Problem, UserMistake
from evalgate.evalset.store import Evalset, Evalsets
from evalgate.pipeline.models import Asking, Models
from evalgate.sources.git import commit_of
from evalgate.sources.nearest import did_you_mean

if TYPE_CHECKING:
    from evalgate.results.store import Runs
    from evalgate.sources.worktrees import Worktrees


@dataclass(frozen=True)
class Project:
    """The folder that holds `gates.yaml`, and the environment its files may refer to."""

    root: Path
    environment: Mapping[str, str]
    asking: Asking = field(default_factory=Asking)

    @cached_property
    def gates(self) -> LoadedGates:
        """The suites."""
        return load_gates(self.root, self.environment)

    @cached_property
    def waivers(self) -> tuple[Waiver, ...]:
        """What may be bad for a while."""
        return load_waivers(self.root, self.environment).waivers

    @cached_property
    def evalsets(self) -> Evalsets:
        """The evalsets and their versions."""
        return Evalsets(self.root, self.environment)

    @cached_property
    def models(self) -> Models:
        """Whoever is asked, by the providers of `gates.yaml`."""
        return Models(self.root, self.environment, self.asking, lambda: self.gates.gates)

    @cached_property
    def worktrees(self) -> "Worktrees":
        """The files of other commits."""
        from evalgate.sources.worktrees import Worktrees

        return Worktrees(self.root, self.root / OWN_FOLDER / "worktrees")

    @cached_property
    def commit(self) -> tuple[str, bool]:
        """The commit that its files are of, and whether they are not; as they were at first."""
        return commit_of(self.root)

    @property
    def policy_root(self) -> Path:
        """The folder whose gates, waivers, judges and evalsets these are."""
        return self.root

    @property
    def runs(self) -> "Runs":
        """The runs that were made here."""
        from evalgate.results.store import Runs  # `check` looks at none

        return Runs(self.root / OWN_FOLDER / "runs")

    def suite(self, name: str | None) -> tuple[str, Suite]:
        """One suite by its name; without a name the only one there is."""
        suites = self.gates.gates.suites
        if name is None and len(suites) == 1:
            return next(iter(suites.items()))
        if name is None:
            known = ", ".join(sorted(suites))
            raise UserMistake(
                Problem("there are several suites", GATES, remedy=f"name one: {known}")
            )
        if name not in suites:
            raise UserMistake(
                Problem(f"there is no suite {name!r}", GATES, remedy=did_you_mean(name, suites))
            )
        return name, suites[name]

    def evalset_of(self, suite: Suite) -> Evalset:
        """The evalset version that a suite names."""
        return self.evalsets.open(suite.evalset)


def find_project(
    start: Path, environment: Mapping[str, str], asking: Asking | None = None
) -> Project:
    """The nearest folder upwards that holds `gates.yaml`; `asking` is how its models are asked."""
    for folder in (start, *start.parents):
        if (folder / GATES).is_file():
            return Project(folder, environment, asking or Asking())
    raise UserMistake(
        Problem(
            "there is no gates.yaml here or in a folder above",
            remedy="`evalgate init` makes a project that runs at once",
        )
    )
