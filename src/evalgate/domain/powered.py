"""What the rules of suites can show, as `evalgate power` tells it."""

from enum import StrEnum
from typing import Literal

from evalgate.domain.checked import Foresight
from evalgate.domain.record import Finite, Record
from evalgate.domain.rule import Rule


class MoreTrials(StrEnum):
    """Whether asking each case more often would help."""

    ENOUGH = "enough"  # nothing is lacking
    SAME = "same"  # recorded answers, or ones that never differ: each time the same
    UNKNOWN = "unknown"  # no run with trials has shown how much they differ
    HELP = "help"  # so many trials stand in for more cases
    TOO_LITTLE = "too_little"  # cases differ too much from each other, however often each is asked


class RulePower(Record):
    """One rule: what it can detect, and what would let it detect more.

    `fails_at` is the truth, on the score's own scale, at which the rule fails 4 times in 5;
    `distance` by how much better than its threshold the truth is where `needed` cases show that.
    """

    rule: Rule
    from_runs: bool
    foresight: Foresight
    fails_at: Finite | None = None
    flips: Finite | None = None  # share of cases that changed sides between the runs
    spread: Finite | None = None  # standard deviation of one case in the runs
    distance: Finite | None = None
    more_trials: MoreTrials = MoreTrials.UNKNOWN
    trials: int | None = None  # so many would do with today's cases


class SuitePower(Record):
    """A suite's rules, and the runs on which what is said of them rests."""

    name: str
    evalset: str
    cases: int
    trials: int = 1
    blocking: int  # how many rules share the error of a failure
    candidate_run: str = ""
    baseline_run: str = ""
    rules: tuple[RulePower, ...]


class PowerReport(Record):
    """Every suite that was asked about."""

    schema_version: Literal[1] = 1
    suites: tuple[SuitePower, ...]
