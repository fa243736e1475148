"""One rule against one run: every cause, every bound, every statistic, worked out by hand."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import pytest

from evalgate.domain.case import SliceValue
from evalgate.domain.finding import Cause, Counts, NoMethod, Note, Verdict
from evalgate.domain.rule import Rule
from evalgate.domain.scale import BINARY, MEASURED, Scale
from evalgate.domain.sheet import CaseFacts, Column, Mark, Scoresheet
from evalgate.gate.deciding import decide
from evalgate.gate.limit import limit_of
from evalgate.report.evidence_text import quantity_words
from gate_sheets import (
    GONE,
    LOWER,
    OPEN,
    SHARE,
    SILENT,
    STARS,
    UNREAD,
    case_name,
    rule,
    sheet,
)

PASSED, FAILED, UNDECIDED = Verdict.PASSED, Verdict.FAILED, Verdict.UNDECIDED

# 45 of 50: one-sided Clopper-Pearson 0.8012 to 0.9577 (1934)
NINE_TENTHS: Sequence[Mark] = [1.0] * 45 + [0.0] * 5
# 20 of 20: lower bound 0.05 ** (1/20) = 0.8609
ALL_TWENTY: Sequence[Mark] = [1.0] * 20


@pytest.mark.parametrize(
    ("held", "marks", "scale", "verdict", "cause"),
    [
        # 45 of 50: bounds 0.8012 and 0.9577
        pytest.param(rule("at_least", 0.80), NINE_TENTHS, BINARY, PASSED, None,
                     id="the lower bound reaches it"),
        pytest.param(rule("at_least", 0.81), NINE_TENTHS, BINARY, UNDECIDED, Cause.NOISE,
                     id="the estimate reaches it, the lower bound does not"),
        pytest.param(rule("at_least", 0.95), NINE_TENTHS, BINARY, UNDECIDED, Cause.NOISE,
                     id="the estimate misses it, the upper bound reaches it"),
        pytest.param(rule("at_least", 0.96), NINE_TENTHS, BINARY, FAILED, None,
                     id="the upper bound misses it"),
        pytest.param(rule("at_most", 0.96), NINE_TENTHS, LOWER, PASSED, None,
                     id="at most: the upper bound keeps it"),
        pytest.param(rule("at_most", 0.95), NINE_TENTHS, LOWER, UNDECIDED, Cause.NOISE,
                     id="at most: between the bounds"),
        pytest.param(rule("at_most", 0.80), NINE_TENTHS, LOWER, FAILED, None,
                     id="at most: the lower bound is above"),
        pytest.param(rule("at_least", 0.80, confidence=0.99), NINE_TENTHS, BINARY, UNDECIDED,
                     Cause.NOISE, id="more confidence is asked for"),
        pytest.param(rule("at_least", 1.0), ALL_TWENTY, BINARY, UNDECIDED, Cause.NOISE,
                     id="no number of cases shows that all would be right"),
        # a rate: how many reach 4 stars
        pytest.param(rule("at_least", 0.86, stat="rate", pass_at=4), [4.0] * 10 + [5.0] * 10, STARS,
                     PASSED, None, id="a rate on a scale of stars"),
        pytest.param(rule("at_least", 0.5, stat="rate", pass_at=4), [3.0] * 20, STARS, FAILED, None,
                     id="a rate that nobody reaches"),
        pytest.param(rule("at_least", 0.86, stat="rate", pass_at=2), [2.0] * 20, MEASURED, PASSED,
                     None, id="a rate where lower is better"),
        # quantiles: 0 of 59 above is at most 5 % (0.05 ** (1/59) = 0.9505), 0 of 58 is not
        pytest.param(rule("at_most", 3, stat="p95"), [3.0] * 59, MEASURED, PASSED, None,
                     id="p95 with 59 cases"),
        pytest.param(rule("at_most", 3, stat="p95"), [3.0] * 58, MEASURED, UNDECIDED, Cause.NOISE,
                     id="p95 with 58 cases"),
        pytest.param(rule("at_most", 3, stat="p95"), [3.0] * 15 + [4.0] * 5, MEASURED, FAILED, None,
                     id="p95 with a quarter above"),
        # at least 5 of 5 above the median: 0.5 ** 5 = 0.031
        pytest.param(rule("at_least", 3, stat="p50"), [3.0] * 5, STARS, PASSED, None, id="p50"),
        pytest.param(rule("at_least", 3, stat="p50"), [3.0] * 4, STARS, UNDECIDED, Cause.NOISE,
                     id="p50 with 4 cases"),
        pytest.param(rule("at_least", 3, stat="p50"), [2.0] * 5, STARS, FAILED, None,
                     id="p50 below"),
        pytest.param(rule("at_most", 3, stat="p99"), [4.0] * 5, MEASURED, FAILED, None, id="p99"),
        pytest.param(rule("at_most", 3, stat="p90"), [3.0] * 29, MEASURED, PASSED, None, id="p90"),
        # facts
        pytest.param(rule("at_least", 2, stat="min"), [2.0, 5.0], STARS, PASSED, None, id="min"),
        pytest.param(rule("at_least", 3, stat="min"), [2.0, 5.0], STARS, FAILED, None,
                     id="min below"),
        pytest.param(rule("at_most", 5, stat="max"), [2.0, 5.0], MEASURED, PASSED, None, id="max"),
        pytest.param(rule("at_most", 4, stat="max"), [2.0, 5.0], MEASURED, FAILED, None,
                     id="max above"),
        pytest.param(rule("at_most", 0.3, stat="total"), [0.1] * 3, MEASURED, PASSED, None,
                     id="a total that is exactly allowed"),
        pytest.param(rule("at_most", 0.29, stat="total"), [0.1] * 3, MEASURED, FAILED, None,
                     id="a total above"),
        # other scores: 50 fives and a worst row of one star, 4.922 - 1.676 * 0.560 / 51 ** 0.5
        pytest.param(rule("at_least", 4.79), [5.0] * 50, STARS, PASSED, None,
                     id="the mean of stars"),
        pytest.param(rule("at_least", 4.80), [5.0] * 50, STARS, UNDECIDED, Cause.NOISE,
                     id="50 perfect cases are not perfection"),
        pytest.param(rule("at_least", 4), [3.0, 4.0] * 25, STARS, FAILED, None,
                     id="stars that surely miss it"),
        # Clopper-Pearson would say 0.9418, and a worst row says 0.9475
        pytest.param(rule("at_least", 0.945), [1.0] * 50, SHARE, PASSED, None,
                     id="binary is declared, never guessed from the values"),
        pytest.param(rule("at_most", 2), [1.0, 1.5] * 15, MEASURED, PASSED, None,
                     id="a scale without an upper end"),
        pytest.param(rule("at_most", 2), [1.0, 1.5] * 14, MEASURED, UNDECIDED, Cause.NO_INTERVAL,
                     id="under 30 cases, without an upper end"),
        # missing
        pytest.param(rule("at_least", 0.8), [], BINARY, UNDECIDED, Cause.TOO_FEW_CASES,
                     id="no cases"),
        pytest.param(rule("at_least", 0.8, min_cases=21), ALL_TWENTY, BINARY, UNDECIDED,
                     Cause.TOO_FEW_CASES, id="fewer cases than asked for"),
        pytest.param(rule("at_least", 0.8), [*ALL_TWENTY[:18], UNREAD, SILENT], BINARY, UNDECIDED,
                     Cause.LOW_COVERAGE, id="a tenth without a score"),
        pytest.param(rule("at_least", 0.8), [UNREAD] * 20, BINARY, UNDECIDED, Cause.LOW_COVERAGE,
                     id="a broken judge"),
        pytest.param(rule("at_least", 0.8), [SILENT] * 20, BINARY, UNDECIDED, Cause.LOW_COVERAGE,
                     id="an endpoint that is down"),
        pytest.param(rule("at_least", 0.8), [GONE] * 20, BINARY, FAILED, None,
                     id="a candidate that always crashes"),
        # 45 ones, 4 noughts, 1 unread: 45/50 at worst (0.8012), 46/50 at best (0.8274)
        pytest.param(rule("at_least", 0.82), [1.0] * 45 + [0.0] * 4 + [UNREAD], BINARY, UNDECIDED,
                     Cause.MISSING_SCORES, id="the missing score decides: passed only at best"),
        pytest.param(rule("at_least", 0.80), [1.0] * 45 + [0.0] * 4 + [UNREAD], BINARY, PASSED,
                     None, id="the missing score does not matter"),
        pytest.param(rule("at_least", 0.81), [1.0] * 44 + [0.0] * 5 + [UNREAD], BINARY, UNDECIDED,
                     Cause.NOISE, id="undecided at worst and at best"),
        pytest.param(rule("at_least", 0.8), [0.9] * 20 + [UNREAD], OPEN, UNDECIDED,
                     Cause.MISSING_SCORES, id="a scale without an end has no worst score"),
    ],
)  # fmt: skip
def test_a_threshold(
    held: Rule, marks: Sequence[Mark], scale: Scale, verdict: Verdict, cause: Cause | None
) -> None:
    finding = decide(held, sheet(marks, scale))

    assert (finding.verdict, finding.cause) == (verdict, cause)


def against(wins: int, losses: int, ties: int) -> tuple[Sequence[Mark], Sequence[Mark]]:
    """A candidate and a baseline with so many pairs of each kind."""
    ours: Sequence[Mark] = [1.0] * wins + [0.0] * losses + [1.0] * ties
    before: Sequence[Mark] = [0.0] * wins + [1.0] * losses + [1.0] * ties
    return ours, before


@pytest.mark.parametrize(
    ("held", "pairs", "verdict", "cause"),
    [
        # 4 wins and 12 losses of 100: bounds -0.1504 and -0.0154
        pytest.param(rule("max_drop", 0.16), (4, 12, 84), PASSED, None, id="inside the margin"),
        pytest.param(rule("max_drop", 0.15), (4, 12, 84), UNDECIDED, Cause.NOISE,
                     id="surely worse, but not beyond the margin"),
        pytest.param(rule("max_drop", 0.08), (4, 12, 84), UNDECIDED, Cause.NOISE,
                     id="on the margin is not beyond it"),
        pytest.param(rule("max_drop", 0.07), (4, 12, 84), FAILED, None,
                     id="surely worse, and beyond the margin"),
        pytest.param(rule("max_drop", 0.07, fail="strict"), (4, 12, 84), UNDECIDED, Cause.NOISE,
                     id="strict: not surely beyond the margin"),
        pytest.param(rule("max_drop", 0.015, fail="strict"), (4, 12, 84), FAILED, None,
                     id="strict: surely beyond the margin"),
        pytest.param(rule("max_drop", 0.07, confidence=0.99), (4, 12, 84), UNDECIDED, Cause.NOISE,
                     id="not sure enough"),
        pytest.param(rule("min_gain", 0.015), (12, 4, 84), PASSED, None,
                     id="surely that much better"),
        pytest.param(rule("min_gain", 0.02), (12, 4, 84), UNDECIDED, Cause.NOISE,
                     id="perhaps that much better"),
        pytest.param(rule("min_gain", 0.16), (12, 4, 84), FAILED, None,
                     id="surely not that much better"),
        # 20 equal pairs: bounds -0.119 and 0.119
        pytest.param(rule("max_drop", 0.05), (0, 0, 20), UNDECIDED, Cause.NOISE,
                     id="20 equal pairs show little"),
        pytest.param(rule("max_drop", 0.12), (0, 0, 20), PASSED, None,
                     id="20 equal pairs show that"),
        pytest.param(rule("max_drop", 0.12), (0, 0, 0), UNDECIDED, Cause.TOO_FEW_CASES,
                     id="no pairs"),
        # c - 0.9 b is 0.1 in 50 cases, -0.9 in a worst row: 0.0804 - 1.676 * 0.1400 / 51 ** 0.5
        pytest.param(rule("max_drop", "10%"), (0, 0, 50), PASSED, None,
                     id="surely not a tenth fewer"),
        pytest.param(rule("max_drop", "4%"), (0, 0, 50), UNDECIDED, Cause.NOISE,
                     id="perhaps 4 % fewer"),
        pytest.param(rule("max_drop", "10%"), (0, 20, 80), FAILED, None, id="a fifth fewer"),
        pytest.param(rule("max_drop", "15%"), (0, 20, 80), UNDECIDED, Cause.NOISE,
                     id="surely fewer, but perhaps by 15 %"),
        pytest.param(rule("min_gain", "10%"), (30, 0, 70), PASSED, None, id="3 in 7 more"),
        pytest.param(rule("min_gain", "50%"), (30, 0, 70), UNDECIDED, Cause.NOISE,
                     id="perhaps half as many more"),
        pytest.param(rule("max_drop", 2, stat="total"), (1, 3, 50), PASSED, None, id="two fewer"),
        pytest.param(rule("max_drop", 1, stat="total"), (1, 3, 50), FAILED, None, id="one too few"),
        pytest.param(rule("max_drop", "10%", stat="total"), (0, 5, 45), PASSED, None,
                     id="45 is 10 % below 50"),
        pytest.param(rule("max_drop", "9.9%", stat="total"), (0, 5, 45), FAILED, None,
                     id="45 is more than 9.9 % below 50"),
        pytest.param(rule("min_gain", "20%", stat="total"), (4, 0, 20), PASSED, None,
                     id="24 is 20 % above 20"),
    ],
)  # fmt: skip
def test_a_rule_against_the_baseline(
    held: Rule, pairs: tuple[int, int, int], verdict: Verdict, cause: Cause | None
) -> None:
    ours, before = against(*pairs)

    finding = decide(held, sheet(ours), sheet(before))

    assert (finding.verdict, finding.cause) == (verdict, cause)


@pytest.mark.parametrize(("margin", "verdict"), [(0.16, PASSED), (0.08, UNDECIDED), (0.07, FAILED)])
def test_a_rise_of_what_should_be_low(margin: float, verdict: Verdict) -> None:
    ours, before = against(12, 4, 84)

    assert (
        decide(rule("max_rise", margin), sheet(ours, LOWER), sheet(before, LOWER)).verdict
        is verdict
    )


def test_a_rate_is_compared_in_pairs() -> None:
    """12 of 100 answers fell from 4 stars to 3, 4 rose: as 4 wins and 12 losses."""
    ours = [4.0] * 4 + [3.0] * 12 + [5.0] * 84
    before = [3.0] * 4 + [4.0] * 12 + [5.0] * 84

    finding = decide(
        rule("max_drop", 0.07, stat="rate", pass_at=4), sheet(ours, STARS), sheet(before, STARS)
    )

    assert finding.verdict is FAILED
    assert finding.observed is not None
    assert (finding.observed.wins, finding.observed.losses, finding.observed.ties) == (4, 12, 84)


def test_the_worst_and_the_best_of_missing_scores_on_both_sides() -> None:
    """Ours, theirs: (?, 1) (1, ?) (0, ?). At worst loss, tie, loss; at best tie, win, tie."""
    ours: Sequence[Mark] = [UNREAD, 1.0, 0.0, *[1.0] * 37]
    before: Sequence[Mark] = [1.0, SILENT, UNREAD, *[1.0] * 37]

    finding = decide(rule("max_drop", 0.5, min_coverage=0.9), sheet(ours), sheet(before))

    assert finding.counts == Counts(cases=40, scored=39, unscored=1, baseline_missing=2)
    assert finding.counts.coverage == 37 / 40
    sides = [finding.observed, finding.at_worst, finding.at_best]
    assert [(e.wins, e.losses, e.ties) for e in sides if e] == [(0, 0, 37), (0, 2, 38), (1, 0, 39)]
    assert [e.estimate for e in sides if e] == [0.0, -2 / 40, 1 / 40]


def test_missing_scores_of_the_baseline_lower_coverage() -> None:
    finding = decide(rule("max_drop", 0.1), sheet([1.0] * 20), sheet([1.0] * 18 + [UNREAD] * 2))

    assert (finding.cause, finding.counts.baseline_missing) == (Cause.LOW_COVERAGE, 2)


def test_a_baseline_without_the_score_has_no_coverage() -> None:
    finding = decide(rule("max_drop", 0.1), sheet([1.0] * 20), sheet([1.0] * 20, score="other"))

    assert (finding.cause, finding.counts.baseline_missing) == (Cause.LOW_COVERAGE, 20)


def test_a_run_without_the_score_has_no_coverage() -> None:
    finding = decide(rule("at_least", 0.1), sheet([1.0] * 20, score="other"))

    assert (finding.verdict, finding.cause) == (UNDECIDED, Cause.LOW_COVERAGE)
    assert finding.note is Note.NO_SUCH_SCORE


@pytest.mark.parametrize(
    ("marks", "partial", "first_run", "cause"),
    [
        (ALL_TWENTY, "", True, Cause.FIRST_RUN),
        (ALL_TWENTY, "", False, Cause.NO_BASELINE),
        ([UNREAD] * 20, "", True, Cause.LOW_COVERAGE),
        (ALL_TWENTY, "--limit 20", True, Cause.PARTIAL_RUN),
        ([], "", True, Cause.TOO_FEW_CASES),
    ],
    ids=["first run", "no baseline", "broken judge", "partial", "empty"],
)
@pytest.mark.parametrize(
    "held",
    [rule("max_drop", 0.1), rule("at_least", 0.1, applies_to="new")],
    ids=["a drop", "new cases"],
)
def test_without_a_baseline(
    held: Rule, marks: Sequence[Mark], partial: str, first_run: bool, cause: Cause
) -> None:
    """A first run is forgiven the missing baseline, and nothing else."""
    finding = decide(held, sheet(marks, partial=partial), first_run=first_run)

    assert (finding.verdict, finding.cause, finding.rule) == (UNDECIDED, cause, held)
    assert finding.limit is not None


def test_a_threshold_needs_no_baseline() -> None:
    assert decide(rule("at_least", 0.5), sheet(ALL_TWENTY), first_run=True).verdict is PASSED


def test_a_partial_baseline_decides_nothing_that_compares() -> None:
    """Which cases are new cannot be told from a part of the baseline either."""
    part = sheet(ALL_TWENTY[:10], partial="--limit 10")

    compared = decide(rule("max_drop", 0.9), sheet(ALL_TWENTY), part)
    old = decide(rule("at_least", 0.1, applies_to="existing"), sheet(ALL_TWENTY), part)
    plain = decide(rule("at_least", 0.5), sheet(ALL_TWENTY), part)

    assert (compared.cause, old.cause) == (Cause.PARTIAL_RUN, Cause.PARTIAL_RUN)
    assert plain.verdict is PASSED


def test_a_partial_run_is_not_a_change_without_new_cases() -> None:
    """`--limit` may have left the new cases out."""
    held = rule("at_least", 0.5, applies_to="new")

    whole = decide(held, sheet(ALL_TWENTY), sheet(ALL_TWENTY))
    part = decide(held, sheet(ALL_TWENTY, partial="--limit 20"), sheet(ALL_TWENTY))

    assert (whole.cause, part.cause) == (Cause.NO_NEW_CASES, Cause.PARTIAL_RUN)


@pytest.mark.parametrize(
    ("options", "cases"),
    [
        ({}, 4),
        ({"applies_to": "new"}, 2),
        ({"applies_to": "existing"}, 2),
        ({"slice": {"topic": "a"}}, 2),
        ({"slice": {"topic": "a", "hard": True}}, 1),
        ({"slice": {"topic": "a"}, "applies_to": "new"}, 1),
        ({"slice": {"topic": "z"}}, 0),
    ],
    ids=["all", "new", "existing", "a slice", "two keys", "new in a slice", "an empty slice"],
)
def test_which_cases_a_rule_is_about(options: dict[str, Any], cases: int) -> None:
    """c0000 is unchanged, c0001 has other inputs now, c0003 was not there before."""
    slices: list[dict[str, SliceValue]] = [
        {"topic": "a", "hard": True},
        {"topic": "a"},
        {"topic": "b"},
        {"hard": True},
    ]
    candidate = sheet([1.0] * 4, slices=slices)
    before = sheet([1.0] * 3, slices=slices[:3])
    changed = Scoresheet(
        {**before.cases, case_name(1): CaseFacts("other inputs")}, before.columns, before.partial
    )

    assert decide(rule("at_least", 0.5, **options), candidate, changed).counts.cases == cases


def test_a_case_that_changed_is_not_paired() -> None:
    before = sheet([1.0] * 3)
    changed = Scoresheet({**before.cases, case_name(1): CaseFacts("other")}, before.columns)

    assert decide(rule("max_drop", 0.5), sheet([1.0] * 3), changed).counts.cases == 2


@pytest.mark.parametrize(
    ("clusters", "counted", "method"),
    [
        (["a", "a", *["b"] * 18], 2, ""),
        ([f"of {index % 10}" for index in range(20)], 10, " on effective counts"),
        ([*["a"] * 11, *[None] * 9], 10, " on effective counts"),
        ([f"of its own {index}" for index in range(20)], None, ""),
        ([None] * 20, None, ""),
    ],
    ids=["two clusters", "ten clusters", "cases of no cluster", "clusters of one case", "none"],
)
@pytest.mark.parametrize("held", [rule("at_least", 0.5), rule("max_drop", 0.5)], ids=str)
def test_clustered_cases_count_for_less(
    held: Rule, clusters: list[str | None], counted: int | None, method: str
) -> None:
    """Treating them as independent would call noise a result; of few nobody can tell."""
    run, alone = sheet(ALL_TWENTY, clusters=clusters), sheet(ALL_TWENTY)

    finding, independent = decide(held, run, run), decide(held, alone, alone)

    seen, other = finding.observed, independent.observed
    assert seen is not None
    assert other is not None
    assert (seen.clusters, seen.method.endswith(method)) == (counted, True)
    assert (finding.cause is Cause.NO_INTERVAL) == (counted == 2) == (seen.lower is None)
    assert seen.no_method is (NoMethod.FEW_CLUSTERS if counted == 2 else None)
    if seen.lower is not None and other.lower is not None:
        assert (seen.lower < other.lower) == (counted is not None)


def test_a_fact_needs_no_independent_cases() -> None:
    run = sheet(ALL_TWENTY, clusters=["a"] * 20)

    assert decide(rule("at_least", 20, stat="total"), run).verdict is PASSED


COST = {"score": "cost_usd", "stat": "total", "at_most": 1.0}


@pytest.mark.parametrize(
    ("marks", "verdict", "cause"),
    [
        ([0.01] * 95 + [GONE] * 5, PASSED, None),
        ([0.01] * 94 + [GONE] * 6, UNDECIDED, Cause.NOT_PRODUCED),
        ([0.02] * 94 + [GONE] * 6, FAILED, None),
        ([GONE] * 100, UNDECIDED, Cause.NOT_PRODUCED),
        ([0.01] * 96 + [UNREAD] * 4, UNDECIDED, Cause.MISSING_SCORES),
        ([UNREAD] * 100, UNDECIDED, Cause.LOW_COVERAGE),
    ],
    ids=["5 % crashed", "6 % crashed", "dear all the same", "all crashed", "unreported",
         "never reported"],
)  # fmt: skip
def test_crashing_is_not_cheap(
    marks: Sequence[Mark], verdict: Verdict, cause: Cause | None
) -> None:
    """A candidate must not save money by not answering."""
    finding = decide(Rule.model_validate(COST), sheet(marks, MEASURED, score="cost_usd"))

    assert (finding.verdict, finding.cause) == (verdict, cause)


def test_a_quantile_of_cost_leaves_out_what_was_not_produced() -> None:
    held = Rule.model_validate({"score": "cost_usd", "stat": "p95", "at_most": 0.01})

    finding = decide(held, sheet([0.01] * 60 + [GONE] * 3, MEASURED, score="cost_usd"))

    assert finding.observed is not None
    assert (finding.verdict, finding.observed.cases) == (PASSED, 60)


def test_what_was_not_produced_is_slow() -> None:
    """Without a timeout of its own such a case lies above every threshold."""
    held = Rule.model_validate({"score": "latency_s", "stat": "p95", "at_most": 3})

    finding = decide(held, sheet([1.0] * 59 + [GONE] * 6, MEASURED, score="latency_s"))
    mean = decide(
        Rule.model_validate({"score": "latency_s", "at_most": 3}),
        sheet([1.0] * 59 + [GONE], MEASURED, score="latency_s"),
    )

    assert finding.observed is not None
    assert finding.observed.estimate == 6 / 65
    assert finding.verdict is not PASSED
    assert (mean.verdict, mean.cause) == (UNDECIDED, Cause.MISSING_SCORES)


@pytest.mark.parametrize(
    ("held", "scale", "limit"),
    [
        (rule("at_least", 0.7), BINARY, "mean at_least 0.7"),
        (rule("at_most", 0.7), BINARY, "mean at_most 0.7"),
        (rule("at_least", 0.7, stat="rate", pass_at=4), STARS, "rate at_least 0.7"),
        (rule("at_most", 9, stat="total"), MEASURED, "total at_most 9.0"),
        (rule("at_most", 3, stat="p95"), MEASURED, "share above 3 at_most 0.05"),
        (rule("at_least", 3, stat="p95"), STARS, "share below 3 at_most 0.95"),
        (rule("max_drop", 0.05), BINARY, "difference at_least -0.05"),
        (rule("max_drop", 0), BINARY, "difference at_least 0.0"),
        (rule("max_rise", 0.05), LOWER, "difference at_most 0.05"),
        (rule("min_gain", 0.05), BINARY, "difference at_least 0.05"),
        (rule("min_gain", 0.05), LOWER, "difference at_most -0.05"),
        (rule("max_drop", "20%"), BINARY, "difference from 0.8 x baseline at_least 0.0"),
        (rule("max_rise", "20%", stat="total"), MEASURED,
         "difference of totals from 1.2 x baseline at_most 0.0"),
        (rule("min_gain", "5%"), LOWER, "difference from 0.95 x baseline at_most 0.0"),
    ],
)  # fmt: skip
def test_what_a_rule_comes_down_to(held: Rule, scale: Scale, limit: str) -> None:
    compiled = limit_of(held, scale)

    assert f"{quantity_words(compiled)} {compiled.side} {compiled.value}" == limit


def test_a_finding_shows_its_arithmetic() -> None:
    finding = decide(rule("at_least", 0.95), sheet(NINE_TENTHS))

    assert finding.observed is not None
    assert finding.observed.method == "Clopper-Pearson"
    assert (finding.observed.estimate, finding.observed.cases) == (0.9, 50)
    assert finding.observed.lower == pytest.approx(0.801167, abs=1e-6)
    # so few of 50 or fewer, when 95 % would be right: 1 - P(at most 4 wrong of 50 at 5 %)
    assert finding.observed.p_fail == pytest.approx(1 - 0.896383, abs=1e-6)


def test_columns_may_lack_a_case() -> None:
    """A mark that is not there is a score that was never made."""
    run = sheet(ALL_TWENTY)
    torn = Scoresheet(run.cases, {"s": Column(BINARY, {case_name(0): 1.0})})

    assert decide(rule("at_least", 0.1), torn).counts.unscored == 19


# --- a run held against itself ------------------------------------------------------------------


def same_run(marks: Sequence[Mark], scale: Scale = BINARY, **options: Any) -> Scoresheet:
    return dataclasses.replace(sheet(marks, scale, **options), run_id="r1")


@pytest.mark.parametrize(
    ("held", "scale", "verdict"),
    [
        (rule("max_drop", 0.0), BINARY, Verdict.PASSED),
        (rule("max_drop", "5%"), BINARY, Verdict.PASSED),
        (rule("max_drop", 0.1), STARS, Verdict.PASSED),
        (rule("max_drop", 0.1, fail="strict"), BINARY, Verdict.PASSED),
        (rule("min_gain", 0.0), BINARY, Verdict.PASSED),
        (rule("min_gain", 0.02), BINARY, Verdict.FAILED),
        (rule("min_gain", "5%"), BINARY, Verdict.FAILED),
    ],
)
def test_an_unchanged_candidate_differs_by_nothing_for_sure(
    held: Rule, scale: Scale, verdict: Verdict
) -> None:
    """Eight cases are too few for any bound, and none is needed: it is the same run."""
    marks: Sequence[Mark] = [1.0] * 6 + [2.0 if scale is STARS else 0.0] * 2

    finding = decide(held, same_run(marks, scale), same_run(marks, scale))

    assert finding.verdict is verdict
    assert finding.observed is not None
    assert (finding.observed.method, finding.observed.ties) == ("fact", 8)
    assert finding.observed.lower == finding.observed.estimate == finding.observed.upper


def test_clusters_do_not_make_an_unchanged_candidate_uncertain() -> None:
    run = same_run([1.0] * 4, clusters=["a", "a", "b", "b"])

    assert decide(rule("max_drop", 0.0), run, run).verdict is Verdict.PASSED


def test_an_unchanged_candidate_must_still_be_scored_and_whole() -> None:
    """It is no more certain of its level, and a part of a run decides nothing."""
    half: Sequence[Mark] = [1.0] * 4 + [UNREAD] * 4
    whole = same_run([1.0] * 6 + [0.0] * 2)
    partial = dataclasses.replace(whole, partial="--limit 8")

    level = decide(rule("at_least", 0.75), whole, whole)
    assert level.cause is Cause.NOISE
    drop = rule("max_drop", 0.0)
    assert decide(drop, same_run(half), same_run(half)).cause is Cause.LOW_COVERAGE
    assert decide(drop, partial, partial).cause is Cause.PARTIAL_RUN


def test_two_runs_with_the_same_marks_are_two_runs() -> None:
    marks: Sequence[Mark] = [1.0] * 6 + [0.0] * 2
    other = dataclasses.replace(sheet(marks), run_id="r2")

    assert decide(rule("max_drop", 0.01), same_run(marks), other).cause is Cause.NOISE
    assert decide(rule("max_drop", 0.01), sheet(marks), sheet(marks)).cause is Cause.NOISE
