"""What became of a rule: verdict, cause, estimate, bounds, counts."""

from enum import StrEnum

from evalgate.domain.limit import Limit
from evalgate.domain.record import Finite, Record
from evalgate.domain.rule import Rule


class Verdict(StrEnum):
    """What the evidence says."""

    PASSED = "passed"
    FAILED = "failed"
    UNDECIDED = "undecided"


class Cause(StrEnum):
    """Why a rule is undecided."""

    NOISE = "noise"
    MISSING_SCORES = "missing_scores"
    NOT_PRODUCED = "not_produced"
    LOW_COVERAGE = "low_coverage"
    TOO_FEW_CASES = "too_few_cases"
    PARTIAL_RUN = "partial_run"
    NO_BASELINE = "no_baseline"
    FIRST_RUN = "first_run"
    NO_NEW_CASES = "no_new_cases"
    NO_INTERVAL = "no_interval"


class Note(StrEnum):
    """What else is to be known of a finding."""

    NO_SUCH_SCORE = "no_such_score"  # the run has none of that name
    NOT_AMONG_MANY = "not_among_many"  # it would fail alone, and not among its family's rules


class NoMethod(StrEnum):
    """Why no method bounds an estimate; endless: on a scale without ends."""

    FEW_CLUSTERS = "few_clusters"
    ENDLESS_FEW_CASES = "endless_few_cases"
    ENDLESS_FEW_CLUSTERS = "endless_few_clusters"
    ENDLESS_FEW_CASES_DIFFER = "endless_few_cases_differ"
    ENDLESS_FEW_CLUSTERS_DIFFER = "endless_few_clusters_differ"


class Outcome(StrEnum):
    """What a finding means for the build."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


class Evidence(Record):
    """An estimate with its one-sided bounds, on the quantity's own scale.

    Without an interval for this kind of score `lower` and `upper` are absent, and `no_method` says
    why. `p_fail` is the probability of evidence this bad when the rule in truth holds.
    """

    estimate: Finite
    lower: Finite | None
    upper: Finite | None
    method: str  # whose; empty where there is none
    no_method: NoMethod | None = None
    cases: int
    clusters: int | None = None  # how many, where cases share one
    wins: int | None = None
    losses: int | None = None
    ties: int | None = None
    p_fail: Finite | None = None
    spread: Finite | None = None  # standard deviation of one case, from which follows the power
    widest: Finite | None = None  # the largest change that there can be, where the scale has ends


class Counts(Record):
    """What happened to the cases that the rule is about, answer by answer."""

    cases: int
    trials: int = 1  # answers of each case
    baseline_trials: int | None = None  # of the baseline, where that is another number
    scored: int = 0
    not_produced: int = 0
    unanswered: int = 0
    unscored: int = 0
    baseline_missing: int = 0  # whose score is missing on the baseline's side only

    @property
    def answers(self) -> int:
        """How many there are to be: as many of each case as there are trials."""
        return self.cases * self.trials

    @property
    def missing(self) -> int:
        """Answers without usable evidence on either side."""
        return self.unanswered + self.unscored + self.baseline_missing

    @property
    def coverage(self) -> float:
        """The share of answers with usable evidence; no cases are no coverage."""
        return (self.answers - self.missing) / self.answers if self.answers else 0.0


class Finding(Record):
    """One rule with its verdict and the arithmetic behind it.

    `observed` is over the cases that have a score; the verdict rests on `at_worst` and `at_best`,
    in which every missing score is replaced by the worst and by the best that the scale allows.
    """

    rule: Rule
    verdict: Verdict
    counts: Counts
    cause: Cause | None = None
    limit: Limit | None = None
    observed: Evidence | None = None
    at_worst: Evidence | None = None
    at_best: Evidence | None = None
    p_adjusted: Finite | None = None  # Holm, among the suite's rules that can block
    family: int | None = None  # how many rules these are
    detectable: Finite | None = None  # the smallest change that fails 4 times in 5, so corrected
    more_cases: int | None = None  # how many more would decide it, if the estimate stays
    note: Note | None = None
