"""What a number of cases can show."""

import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.domain.finding import Cause
from evalgate.domain.rule import Rule
from evalgate.domain.scale import BINARY, MEASURED, Scale
from evalgate.domain.sheet import Mark
from evalgate.gate.deciding import decide
from evalgate.gate.extent import Extent
from evalgate.gate.family import correct_failures
from evalgate.gate.power.detecting import Demand, cases_needed, demand_of, detectable
from evalgate.gate.power.foresight import foresee
from evalgate.gate.power.setting import family_size
from evalgate.gate.spread import paired_spread, proportion_spread
from evalgate.report.foresight_text import foresight_words
from gate_sheets import OPEN, STARS, rule, sheet


@pytest.mark.parametrize(
    ("cases", "flip", "smallest"),
    # normal approximation, alpha 0.05 one-sided, power 0.8
    [(20, 0.05, 0.124), (50, 0.10, 0.111), (100, 0.10, 0.079), (200, 0.20, 0.079),
     (500, 0.05, 0.025), (1000, 0.10, 0.025)],
)  # fmt: skip
def test_the_smallest_change_that_so_many_cases_find(
    cases: int, flip: float, smallest: float
) -> None:
    assert detectable(Demand(0.05), math.sqrt(flip), cases) == pytest.approx(smallest, abs=6e-4)


@pytest.mark.parametrize(
    ("margin", "flip", "cases"),
    # 6.18 times the flip rate by the square of the margin
    [(0.02, 0.05, 773), (0.02, 0.10, 1546), (0.05, 0.05, 124), (0.05, 0.10, 248),
     (0.05, 0.20, 495), (0.10, 0.10, 62), (0.10, 0.20, 124)],
)  # fmt: skip
def test_how_many_cases_find_a_change(margin: float, flip: float, cases: int) -> None:
    assert cases_needed(0.05, math.sqrt(flip), margin) == pytest.approx(cases, abs=1)


@given(
    spread=st.floats(0.01, 1),
    near=st.floats(0.001, 0.5),
    further=st.floats(1.0, 10),
    alpha=st.sampled_from([0.01, 0.05, 0.2]),
)
def test_the_nearer_the_more_cases(
    spread: float, near: float, further: float, alpha: float
) -> None:
    assert cases_needed(alpha, spread, near) >= cases_needed(alpha, spread, near * further)
    assert cases_needed(alpha / 2, spread, near) >= cases_needed(alpha, spread, near)


@given(spread=st.floats(0.05, 1), distance=st.floats(0.01, 1), alpha=st.sampled_from([0.01, 0.05]))
def test_so_many_cases_find_what_they_are_for(spread: float, distance: float, alpha: float) -> None:
    """The two questions are one: n cases detect what needs n cases."""
    found = detectable(Demand(alpha), spread, cases_needed(alpha, spread, distance))

    assert found is not None
    assert found <= distance + 1e-9


def test_so_few_cases_find_nothing() -> None:
    """A change that is larger than from none to all does not exist."""
    assert detectable(Demand(0.05), 0.5, 1) is None


def test_what_was_not_seen_is_not_impossible() -> None:
    assert proportion_spread(1.0, 20) == pytest.approx(math.sqrt(21) / 22)
    assert proportion_spread(0.0, 20) == pytest.approx(math.sqrt(21) / 22)
    assert paired_spread(0, 20) == math.sqrt(1 / 20)


def undecided(right: int, cases: int, limit: float) -> int | None:
    marks: Sequence[Mark] = [1.0] * right + [0.0] * (cases - right)
    return decide(rule("at_least", limit), sheet(marks)).more_cases


def test_a_noisy_finding_says_how_many_more_cases_decide_it() -> None:
    """9 of 10 against 0.85: (2.486 * 0.3571 / 0.05) ** 2 = 315.3, so 306 more."""
    assert undecided(9, 10, 0.85) == 306
    assert undecided(9, 10, 0.80) is not None
    assert (undecided(9, 10, 0.80) or 0) < 306
    assert undecided(9, 10, 0.9) is None, "no number of cases tells equal from equal"


def test_a_decided_finding_needs_no_more_cases() -> None:
    assert undecided(50, 50, 0.5) is None


def test_a_score_without_a_method_has_no_outlook() -> None:
    finding = decide(rule("at_least", 2), sheet([3.0] * 20, OPEN))

    assert (finding.detectable, finding.more_cases) == (None, None)


def test_a_mean_knows_its_outlook_from_how_its_scores_varied() -> None:
    """50 threes and 50 fours: the standard deviation of one case is 0.5025."""
    finding = decide(rule("at_least", 3.45), sheet([3.0, 4.0] * 50, STARS))

    assert finding.detectable == pytest.approx(2.4865 * 0.5025 / 10, abs=1e-4)
    assert finding.more_cases == math.ceil((2.48648 * 0.50252 / 0.05) ** 2) - 100


def test_a_mean_detects_nothing_wider_than_its_scale() -> None:
    """One case finds no change of 4 stars; on a scale without ends nobody knows what is wide."""
    few = decide(rule("at_least", 3), sheet([5.0], STARS))
    endless = decide(rule("at_least", 0), sheet([-40.0, 40.0] * 20, OPEN))

    assert few.detectable is None
    assert (endless.detectable or 0) > 4


@pytest.mark.parametrize(("fail", "distance"), [("significant", 4 / 100), ("strict", 1 / 100)])
def test_beyond_the_margin_the_way_to_a_failure_counts(fail: str, distance: float) -> None:
    """Two wins, six losses: -0.04. Significance asks for below 0, `strict` for below -0.03."""
    ours: Sequence[Mark] = [1.0] * 2 + [0.0] * 6 + [1.0] * 92
    before: Sequence[Mark] = [0.0] * 2 + [1.0] * 6 + [1.0] * 92

    finding = decide(rule("max_drop", 0.03, fail=fail), sheet(ours), sheet(before))

    needed = cases_needed(0.05, math.sqrt(8 / 100), distance)
    assert finding.more_cases == pytest.approx(needed - 100, abs=1)


@pytest.mark.parametrize(
    ("held", "scale", "cases", "smallest", "note"),
    [
        (rule("at_least", 0.5), BINARY, 100, 0.1243, ""),
        (rule("max_drop", 0.1), BINARY, 100, 0.1266, "if 10% of the cases change sides"),
        (rule("max_drop", 0.05), BINARY, 100, 0.0786,
         "if 10% of the cases change sides: often undecided with this margin"),
        (rule("at_least", 3), STARS, 100, 0.2486, "if scores vary by 1.0000"),
        (rule("max_drop", 0.1), STARS, 100, 0.1658,
         "if scores vary by 0.6667: often undecided with this margin"),
        (rule("max_drop", "5%"), STARS, 100, None,
         "known after a run: it depends on how much the scores vary"),
        (rule("at_most", 3), MEASURED, 30, None,
         "known after a run: it depends on how much the scores vary"),
        (rule("at_most", 3), MEASURED, 29, None,
         "always undecided: 29 cases are too few on a scale without ends"),
        (rule("at_most", 9, stat="total"), STARS, 100, None,
         "a fact of the run, without an interval"),
        (rule("at_least", 0.5, min_cases=30), BINARY, 29, None,
         "always undecided: 29 cases, min_cases is 30"),
    ],
)  # fmt: skip
def test_what_a_rule_will_be_able_to_see(
    held: Rule, scale: Scale, cases: int, smallest: float | None, note: str
) -> None:
    foreseen = foresee(held, scale, Extent(cases))

    assert foresight_words(foreseen) == note
    assert foreseen.detectable == (smallest and pytest.approx(smallest, abs=1e-4))


@pytest.mark.parametrize(
    ("severity", "among", "smallest"),
    [("block", 1, 0.0786), ("block", 6, 0.1024), ("warn", 6, 0.0786)],
)
def test_among_many_rules_a_failure_must_be_larger_to_be_found(
    severity: str, among: int, smallest: float
) -> None:
    """Holm asks for 0.05 / 6 of six rules that can block: (2.394 + 0.842) sqrt(0.1 / 100)."""
    held = rule("max_drop", 0.05, severity=severity)

    foreseen = foresee(held, BINARY, Extent(100), among)

    assert foreseen.detectable == pytest.approx(smallest, abs=1e-4)
    assert foreseen.needed == 248, "it passes at its own alpha"


@pytest.mark.parametrize(
    ("held", "smallest"),
    [
        (rule("max_drop", 0.01), 0.0786),
        (rule("max_drop", 0.06), 0.0866),
        (rule("max_drop", 0.06, fail="strict"), 0.1386),
        (rule("min_gain", 0.06), 0.0786),
        (rule("max_drop", "6%"), 0.0786),
        (rule("at_least", 0.06), 0.0786),
    ],
    ids=str,
)
def test_a_drop_must_be_beyond_chance_and_beyond_the_margin(held: Rule, smallest: float) -> None:
    """The estimate of a drop of 0.06 is beyond it every second time, so 0.842 errors are added."""
    found = detectable(demand_of(held), math.sqrt(0.1), 100)

    assert found == pytest.approx(smallest, abs=1e-4)


def test_a_family_counts_what_can_block_and_rests_on_a_test() -> None:
    """As many as Holm's correction will count when every rule has evidence."""
    held = [
        (rule("at_least", 0.5), BINARY),
        (rule("max_drop", 0.1, slice={"topic": "a"}), BINARY),
        (rule("at_least", 4, stat="rate", pass_at=3), STARS),
        (rule("at_most", 4, stat="p95"), STARS),
        (rule("at_least", 0.5, severity="warn"), BINARY),
        (rule("at_least", 3), STARS),
        (rule("at_most", 9, stat="total"), STARS),
        (rule("max_drop", "5%"), BINARY),
    ]

    assert family_size(held) == 6
    assert family_size([]) == 1


def test_findings_say_what_their_family_lets_them_detect() -> None:
    """Of two rules the one headed for failing needs more cases, the one headed for passing not."""
    marks: Sequence[Mark] = [1.0] * 9 + [0.0]
    low, high = rule("at_least", 0.85), rule("at_least", 0.95, stat="rate", pass_at=1)
    alone = [correct_failures([decide(held, sheet(marks))], ())[0] for held in (low, high)]

    both = correct_failures([decide(held, sheet(marks)) for held in (low, high)], ())

    assert [finding.cause for finding in both] == [Cause.NOISE, Cause.NOISE]
    assert both[0].more_cases == alone[0].more_cases == 306
    assert (both[1].more_cases or 0) > (alone[1].more_cases or 0) > 0
    for one, other in zip(alone, both, strict=True):
        assert (other.detectable or 1) > (one.detectable or 1)


def test_a_failure_that_does_not_survive_says_how_many_more_cases_it_needs() -> None:
    """Three losses of 100 fail alone, not among two: 0.05 / 2 asks for some more cases."""
    before: Sequence[Mark] = [1.0] * 100
    ours: Sequence[Mark] = [0.0] * 3 + [1.0] * 97
    held = [decide(rule("max_drop", 0.02), sheet(ours), sheet(before))] * 2

    corrected = correct_failures(held, ())

    assert held[0].more_cases is None
    needed = cases_needed(0.025, math.sqrt(3 / 100), 0.03)
    assert {finding.more_cases for finding in corrected} == {needed - 100}
