"""How much a suite's scores change when nothing does: the same candidate, asked again."""

from typing import Literal

from pydantic import Field

from evalgate.domain.alarms import Alarms
from evalgate.domain.case import SliceValue
from evalgate.domain.finding import NoMethod
from evalgate.domain.plan import PlannedRun
from evalgate.domain.record import Finite, Record
from evalgate.domain.scale import Scale


class ScoreNoise(Record):
    """One score over all cases, or over those of a slice.

    `margin` is the smallest one with which what has not changed passes 4 times in 5, as people
    write it; None where no case has two scores, where nothing was produced, or where `why` names
    what keeps every method from bounding them.
    """

    score: str
    slice: dict[str, SliceValue] = Field(default_factory=dict)
    scale: Scale
    cases: int
    missing: int  # answers without a score
    not_produced: int = 0  # answers that count as the worst score
    changed: int  # cases whose scores are not all the same
    flips: Finite | None  # share of two answers to a case that differ in it
    variance: Finite | None  # of one case's score, on average
    margin: Finite | None = None
    why: NoMethod | None = None


class NoisePlan(Record):
    """What `evalgate noise` would ask."""

    schema_version: Literal[1] = 1
    suite: str
    evalset: str
    cases: int
    repeat: int
    trials: int  # of each case in one run of the suite
    run: PlannedRun


class Noise(Record):
    """What one candidate's answers to the same questions come to.

    `alarms` are all ordered pairs of its repeats, `mixed` are pairs put together by chance, case by
    case from two of the repeats: as many as are wanted, as long as cases vary by themselves.
    """

    schema_version: Literal[1] = 1
    suite: str
    evalset: str
    candidate: str
    run: str
    cases: int
    repeat: int
    trials: int
    scores: tuple[ScoreNoise, ...]
    alarms: Alarms
    mixed: Alarms
    models: tuple[str, ...] = ()

    @property
    def answers(self) -> int:
        """How many there are to be."""
        return self.cases * self.repeat * self.trials

    @property
    def is_known(self) -> bool:
        """True when any case has two scores to compare."""
        return any(score.flips is not None for score in self.scores)
