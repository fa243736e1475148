"""Evidence that is hardly any: one case, ties, no variance, nothing at all, two clusters."""

import datetime as dt
import math
from collections.abc import Sequence
from typing import NamedTuple

import pytest

from evalgate.domain.finding import Cause, Finding, Verdict
from evalgate.domain.scale import BINARY, Scale
from evalgate.domain.sheet import Mark, Scoresheet
from evalgate.errors import ExitCode
from evalgate.gate.ruling import Sheets, Verdicts, rule_on
from gate_sheets import GONE, SHARE, SILENT, STARS, UNREAD, rule, sheet

TODAY = dt.date(2026, 11, 21)
TWO_CLUSTERS = ["a"] * 25 + ["b"] * 25
PASSED, FAILED, UNDECIDED = Verdict
DROP, LEVEL, GAIN, PERCENT = "max_drop", "at_least", "min_gain", "max_drop in percent"
BOUNDS = (DROP, LEVEL, GAIN, PERCENT)


class Ends(NamedTuple):
    """A scale with its two ends, and a score that is not the worst."""

    scale: Scale
    low: float
    high: float
    good: float


ALL_SCALES = [
    pytest.param(Ends(BINARY, 0.0, 1.0, 1.0), id="binary"),
    pytest.param(Ends(STARS, 1.0, 5.0, 4.0), id="stars"),
    pytest.param(Ends(SHARE, 0.0, 1.0, 0.75), id="share"),
]


def held(
    of: Ends,
    bound: str,
    ours: Sequence[Mark],
    before: Sequence[Mark],
    clusters: Sequence[str | None] = (),
) -> Verdicts:
    """Both runs held against one rule: a margin of 5 % of the scale, a threshold in its middle."""
    kind, percent, _ = bound.partition(" in ")
    number = (of.low + of.high) / 2 if kind == LEVEL else 0.05 * (of.high - of.low)
    new, old = (sheet(marks, of.scale, clusters=clusters) for marks in (ours, before))
    return rule_on([rule(kind, "5%" if percent else number)], Sheets(new, old), (), TODAY)


def only(said: Verdicts) -> Finding:
    """The one rule's finding."""
    return said.rulings[0].finding


@pytest.mark.parametrize("bound", BOUNDS)
@pytest.mark.parametrize("of", ALL_SCALES)
def test_one_case_decides_nothing(of: Ends, bound: str) -> None:
    """Neither the best case nor the worst one: anything could have been the second."""
    for ours, before in ((of.good, of.good), (of.low, of.high), (of.high, of.good)):
        finding = only(held(of, bound, [ours], [before]))

        assert (finding.verdict, finding.cause) == (UNDECIDED, Cause.NOISE)


@pytest.mark.parametrize(
    ("bound", "few", "many"),
    [(DROP, UNDECIDED, PASSED), (PERCENT, UNDECIDED, PASSED), (GAIN, UNDECIDED, FAILED)],
)
@pytest.mark.parametrize("of", ALL_SCALES)
def test_ties_alone_are_evidence_of_no_change_only_where_there_are_many(
    of: Ends, bound: str, few: Verdict, many: Verdict
) -> None:
    """No variance is not certainty: 20 equal pairs leave a margin of 5 % open, 200 do not."""
    assert only(held(of, bound, [of.good] * 20, [of.good] * 20)).verdict is few
    assert only(held(of, bound, [of.good] * 200, [of.good] * 200)).verdict is many


@pytest.mark.parametrize("bound", BOUNDS)
@pytest.mark.parametrize("of", ALL_SCALES)
def test_the_same_drop_in_every_case_fails(of: Ends, bound: str) -> None:
    """Zero variance of a difference that is not zero."""
    said = held(of, bound, [of.low] * 20, [of.high] * 20)

    assert (only(said).verdict, said.exit_code) == (FAILED, ExitCode.FAILED)


@pytest.mark.parametrize("bound", BOUNDS)
@pytest.mark.parametrize("absence", [UNREAD, SILENT])
@pytest.mark.parametrize("of", ALL_SCALES)
def test_nothing_scored_is_a_fault_of_the_run(of: Ends, absence: Mark, bound: str) -> None:
    """Whether the candidate's scores are missing or both runs'."""
    for before in (of.good, absence):
        said = held(of, bound, [absence] * 50, [before] * 50)

        assert (only(said).verdict, only(said).cause) == (UNDECIDED, Cause.LOW_COVERAGE)
        assert said.exit_code is ExitCode.SERVICE


@pytest.mark.parametrize("bound", [DROP, GAIN, PERCENT])
@pytest.mark.parametrize("of", ALL_SCALES)
def test_a_baseline_without_any_score_is_one_too(of: Ends, bound: str) -> None:
    """A threshold needs no baseline; whatever compares does."""
    said = held(of, bound, [of.good] * 50, [SILENT] * 50)

    assert (only(said).cause, said.exit_code) == (Cause.LOW_COVERAGE, ExitCode.SERVICE)


@pytest.mark.parametrize("bound", BOUNDS)
@pytest.mark.parametrize("of", ALL_SCALES)
def test_no_answer_at_all_is_the_worst_score_in_every_case(of: Ends, bound: str) -> None:
    """The candidate's own fault, so it fails."""
    assert only(held(of, bound, [GONE] * 50, [of.good] * 50)).verdict is FAILED


@pytest.mark.parametrize("bound", BOUNDS)
@pytest.mark.parametrize("of", ALL_SCALES)
def test_two_clusters_are_two_observations(of: Ends, bound: str) -> None:
    """Fifty cases in two documents say next to nothing, whatever their scores."""
    for ours in (of.low, of.good, of.high):
        said = held(of, bound, [ours] * 50, [of.good] * 50, TWO_CLUSTERS)

        assert (only(said).verdict, only(said).cause) == (UNDECIDED, Cause.NO_INTERVAL)
        assert said.exit_code is ExitCode.UNDECIDED


@pytest.mark.parametrize("bound", BOUNDS)
@pytest.mark.parametrize("of", ALL_SCALES)
def test_scores_at_both_ends_of_the_scale_have_bounds_on_it(of: Ends, bound: str) -> None:
    """Every case at one end, in the other run at the other: as much variance as there can be."""
    finding = only(held(of, bound, [of.low, of.high] * 50, [of.high, of.low] * 50))

    assert (finding.verdict, finding.cause) == (UNDECIDED, Cause.NOISE)
    seen = finding.observed
    assert seen is not None
    assert seen.lower is not None
    assert seen.upper is not None
    width = of.high - of.low
    assert seen.lower < seen.estimate < seen.upper
    assert seen.upper - seen.lower < width
    assert all(map(math.isfinite, (seen.lower, seen.estimate, seen.upper)))


@pytest.mark.parametrize("bound", [DROP, GAIN, PERCENT])
def test_a_baseline_with_other_ids_has_nothing_to_compare(bound: str) -> None:
    """No case is in both runs, so that none is held against another."""
    kind, percent, _ = bound.partition(" in ")
    ours, before = sheet([1.0] * 100), sheet([0.0] * 200)
    before = Scoresheet(dict(list(before.cases.items())[100:]), before.columns)

    said = rule_on([rule(kind, "5%" if percent else 0.05)], Sheets(ours, before), (), TODAY)

    assert (only(said).verdict, only(said).cause) == (UNDECIDED, Cause.TOO_FEW_CASES)
    assert only(said).counts.cases == 0
    assert said.exit_code is ExitCode.UNDECIDED
