"""Versions of a candidate side by side, the first of them the baseline."""

from evalgate.domain.decision import Decision
from evalgate.domain.finding import Evidence
from evalgate.domain.record import Finite, Record
from evalgate.domain.scale import Scale
from evalgate.domain.sheet import Absence


class ObservedValue(Record):
    """One version's mean of a score over the cases that have one; None when none has."""

    mean: Finite | None
    scored: int
    missing: int = 0


class ScoreLine(Record):
    """One score of every version, and of every later version its difference to the first.

    `changes` has one entry per later version: the paired difference on the score's own scale,
    or None where no pair of cases has both scores.
    """

    score: str
    scale: Scale
    values: tuple[ObservedValue, ...]
    changes: tuple[Evidence | None, ...]


class ScoreChange(Record):
    """One case's score before and after, and what the judge said of the later answer."""

    score: str
    before: Finite | Absence
    after: Finite | Absence
    reason: str = ""


class WorsenedCase(Record):
    """A case that got worse in a later version, with both answers."""

    case_id: str
    version: str
    inputs: str
    before: str
    after: str
    before_kept: bool = True  # a baseline file has scores and no answers
    changes: tuple[ScoreChange, ...]


class Comparison(Record):
    """What became of every score and every case between versions.

    `worsened` has the worst cases first, `worsened_count` says how many there are in all.
    """

    suite: str
    evalset: str
    versions: tuple[str, ...]
    scores: tuple[ScoreLine, ...]
    worsened: tuple[WorsenedCase, ...] = ()
    worsened_count: int = 0
    removed: tuple[str, ...] = ()  # cases that only the baseline has
    added: tuple[str, ...] = ()  # cases that the baseline does not have
    decisions: tuple[Decision, ...] = ()
    seal: str = ""
