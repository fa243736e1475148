"""Who answered, who judged, and which cases: what two runs must share to be compared."""

from evalgate.domain.record import Finite, Record
from evalgate.domain.scale import Scale


class CandidateIdentity(Record):
    """Which candidate; `complete` when the digest covers all that determines its answers."""

    name: str
    kind: str
    digest: str
    complete: bool
    origin: str = ""  # a git commit, a run or a file, when it is not from the working tree
    timeout_s: Finite | None = None
    model: str = ""  # the model that is asked, as in openai:/gpt-4o
    endpoint: str = ""  # where it is asked: a model of the same name elsewhere is another

    def is_same(self, other: "CandidateIdentity") -> bool:
        """True when both would give the same answers, whatever they are called."""
        ours, theirs = ((one.kind, one.digest, one.endpoint) for one in (self, other))
        return ours == theirs


class EvalsetIdentity(Record):
    """Which cases."""

    ref: str
    digest: str
    cases: int
    frozen: bool


class JudgeIdentity(Record):
    """Which judge: the digest covers all that determines its scores."""

    digest: str
    scale: Scale
    model: str = ""  # the model that is asked, for a judge that asks one
    endpoint: str = ""  # where it is asked
