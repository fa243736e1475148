"""What a change makes easier for itself: one place where its policy is softer than the base's."""

from enum import StrEnum
from typing import Literal

from evalgate.domain.record import Record

PolicyWord = Literal["block", "warn"]
"""What a loosening means for the build, by the base's `policy_change:`."""


class Softened(StrEnum):
    """What was made softer, or cannot be told from it."""

    THRESHOLD = "threshold"
    MARGIN = "margin"
    RULE_REMOVED = "rule_removed"
    SEVERITY = "severity"
    ON_UNDECIDED = "on_undecided"
    MIN_COVERAGE = "min_coverage"
    MIN_CASES = "min_cases"
    CONFIDENCE = "confidence"
    FAIL = "fail"
    RATE = "rate"  # from which score on a case passes
    TRIALS = "trials"
    BASELINE = "baseline"  # another one is named
    BASELINE_FILE = "baseline_file"  # changed or deleted
    SUITE_REMOVED = "suite_removed"
    POLICY_CHANGE = "policy_change"
    WAIVER_ADDED = "waiver_added"
    WAIVER_EXTENDED = "waiver_extended"
    JUDGE_CHANGED = "judge_changed"  # nobody can see whether a rubric is softer
    JUDGE_REMOVED = "judge_removed"
    PRICE = "price"  # of a model, where a rule is about what answers cost
    CASE_DELETED = "case_deleted"
    CASE_CHANGED = "case_changed"


class Loosening(Record):
    """One thing that is softer in a change than in its base, or that may be."""

    kind: Softened
    what: str  # a rule, a waiver, a judge, a case, a suite or a file
    before: str = ""
    after: str = ""
