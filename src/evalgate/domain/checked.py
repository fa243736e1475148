"""What is known of a suite before anything is run."""

from enum import StrEnum
from typing import Literal

from evalgate.domain.estimate import Estimate
from evalgate.domain.record import Finite, Record
from evalgate.errors import Problem


class Prospect(StrEnum):
    """What is known of a rule's verdict before anything is run."""

    NEW_CASES = "new_cases"  # it depends on how many cases are new
    TOO_FEW_CASES = "too_few_cases"  # always undecided: fewer than min_cases
    FEW_CLUSTERS = "few_clusters"  # always undecided: too few clusters
    NO_INTERVAL = "no_interval"  # always undecided: too few cases on a scale without ends
    UNKNOWN_SPREAD = "unknown_spread"  # it depends on how much the scores vary
    FACT = "fact"  # a fact of the run, without an interval
    OUT_OF_REACH = "out_of_reach"  # not even a perfect run proves it
    NEVER_FAILS = "never_fails"  # not even the worst run does
    OFTEN_UNDECIDED = "often_undecided"  # fewer cases than its margin needs


class Foresight(Record):
    """The smallest true change that will fail a rule 4 times in 5, among its suite's rules.

    What is `assumed` stands for what no run has shown yet.
    """

    cases: int
    min_cases: int = 1
    detectable: Finite | None = None
    prospect: Prospect | None = None
    cannot_block: bool = False  # a slice of so few cases, and nothing lets it
    best_bound: Finite | None = None  # what a perfect run proves, where that is not enough
    fewest: int | None = None  # cases with which a perfect run proves it
    needed: int | None = None  # cases that the rule's own margin needs
    clusters: int | None = None  # how many, where cases share one
    assumed_flips: Finite | None = None  # share of cases that change sides between two versions
    assumed_spread: Finite | None = None  # standard deviation of one case
    assumed_alike: Finite | None = None  # correlation of the cases of one cluster


class CheckedRule(Record):
    """A rule, and what it will be able to see."""

    rule: str
    foresight: Foresight


class CheckedSuite(Record):
    """A suite whose files have no fault."""

    name: str
    evalset: str
    cases: int
    judges: tuple[str, ...]
    rules: tuple[CheckedRule, ...]
    baseline: str = ""  # where it comes from, in words; empty when the suite names none
    price: Estimate | None = None  # of its candidate and its baseline; None when nobody is asked


class CheckedProject(Record):
    """A project without a fault, and what a person should know of it."""

    schema_version: Literal[1] = 1
    suites: tuple[CheckedSuite, ...]
    warnings: tuple[Problem, ...]
