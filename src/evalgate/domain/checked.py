"""What is known of a suite before anything is run."""

from enum import StrEnum
from typing import Literal

from evalgate.domain.estimate import Estimate
from evalgate.domain.record import Finite, Record
from evalgate.errors import Problem


class Prospect(StrEnum):
    """What is known of a rule's verdict before anything is run."""

    TOO_FEW_CASES = "too_few_cases"  # always undecided: fewer than min_cases
    NO_INTERVAL = "no_interval"  # always undecided: too few cases on a scale without ends
    UNKNOWN_SPREAD = "unknown_spread"  # it depends on how much the scores vary
    FACT = "fact"  # a fact of the run, without an interval
    OUT_OF_REACH = "out_of_reach"  # not even a perfect run proves it
    OFTEN_UNDECIDED = "often_undecided"  # its margin is less than what is found


class Foresight(Record):
    """The smallest true change that will fail a rule 4 times in 5, among its suite's rules.

    `best_bound` is what a perfect run proves where that is not enough, `assumed_flips` the share
    of cases that is taken to change sides between two versions.
    """

    cases: int
    min_cases: int = 1
    detectable: Finite | None = None
    prospect: Prospect | None = None
    best_bound: Finite | None = None
    assumed_flips: Finite | None = None


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
    price: Estimate | None = None  # of its candidate and its baseline; None when nobody is asked


class CheckedProject(Record):
    """A project without a fault, and what a person should know of it."""

    schema_version: Literal[1] = 1
    suites: tuple[CheckedSuite, ...]
    warnings: tuple[Problem, ...]
