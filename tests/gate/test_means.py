"""Bounds of means: other people's figures, scipy as oracle, and what must hold for all numbers."""

import math
from random import Random
from typing import Literal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import ttest_1samp

from evalgate.domain.finding import NoMethod
from evalgate.gate.choosing import Measured, method_for
from evalgate.gate.intervals import clopper_pearson
from evalgate.gate.limit import Ends
from evalgate.gate.means import (
    Tail,
    different,
    lower_bound,
    p_above,
    tail_of,
    worst_row,
)
from evalgate.gate.methods import Mean
from evalgate.gate.spread import FEWEST_CASES

ALPHAS = st.sampled_from([0.01, 0.05, 0.1, 0.25, 0.45])
STARS_APART, OPEN_ENDS = Ends(-4.0, 4.0), Ends(None, None)

# chatgpt against llama2-13b on 80 questions of MT-Bench, the first of GPT-4's three gradings
# (prometheus-eval, Apache-2.0): how often each difference in stars occurred
MT_BENCH = [-3.0] + [-2.0] * 2 + [-1.0] * 15 + [0.0] * 30 + [1.0] * 21 + [2.0] * 7 + [3.0] * 4
# 30 differences in stars: mean -0.2333, standard deviation 0.8172, skewed to the left
SKEWED = [0.0, 0, -1, 0, 1, -2, 0, 0, -1, 0, 0, 1, 0, -1, 0,
          0, 0, -3, 0, 0, 1, 0, 0, -1, 0, 0, 0, 0, -1, 0]  # fmt: skip


def mean_of(numbers: list[float], ends: Ends = STARS_APART) -> Mean:
    method = method_for(Measured("general", numbers, ends))
    assert isinstance(method, Mean)
    return method


def student(numbers: list[float]) -> Tail:
    return tail_of(numbers)._replace(skew=0.0)


STARS = st.integers(-4, 4).map(float)
VARIED = st.lists(STARS, min_size=30, max_size=80).filter(
    lambda numbers: different([[n] for n in numbers], STARS_APART) >= 10
)
ANY = st.lists(STARS, min_size=1, max_size=60)


def test_student_bounds_are_those_of_a_published_comparison() -> None:
    """Two-sided 95 % of the 80 differences, worked out with scipy by whoever kept the answers."""
    tail = student(MT_BENCH)

    assert (len(MT_BENCH), tail.centre) == (80, 0.3125)
    assert tail.error == pytest.approx(0.1314401125)
    assert lower_bound(tail, 0.025) == pytest.approx(0.0508750005)
    assert -lower_bound(tail.mirrored(), 0.025) == pytest.approx(0.5741249995)


def test_skewed_numbers_have_halls_bound_where_it_is_the_wider_one() -> None:
    """Figures of an independent prototype: Student [-0.486842, 0.020176], Hall from -0.550498."""
    tail = student(SKEWED)
    bounds = mean_of(SKEWED).bounds(0.05)

    assert lower_bound(tail, 0.05) == pytest.approx(-0.486842, abs=1e-6)
    assert bounds.upper == pytest.approx(0.020176, abs=1e-6)
    assert bounds.lower == pytest.approx(-0.550498, abs=1e-6)


def test_a_worst_row_is_one_more_case_at_the_end_of_the_scale() -> None:
    """Figures of an independent prototype, with 4 as the end."""
    assert lower_bound(worst_row(SKEWED, -4), 0.05) == pytest.approx(-0.675023, abs=1e-6)
    mirrored = worst_row([-number for number in SKEWED], -4)
    assert -lower_bound(mirrored, 0.05) == pytest.approx(0.240433, abs=1e-6)


def test_a_worst_row_is_near_clopper_and_pearson_on_two_values() -> None:
    """It is the normal form of a bound (Gaffke's) that is theirs where there are two values."""
    right = [1.0] * 45 + [0.0] * 5

    row = lower_bound(worst_row(right, 0.0), 0.05)

    assert row == pytest.approx(clopper_pearson(45, 50, 0.05).lower, abs=6e-3)


@given(numbers=VARIED, alpha=ALPHAS)
def test_student_bounds_agree_with_scipy(numbers: list[float], alpha: float) -> None:
    tail = student(numbers)

    sides: list[tuple[float, Literal["greater", "less"], int]] = [
        (lower_bound(tail, alpha), "greater", 0),
        (-lower_bound(tail.mirrored(), alpha), "less", 1),
    ]
    for ours, alternative, side in sides:
        tested = ttest_1samp(numbers, 0, alternative=alternative)
        theirs = tested.confidence_interval(1 - alpha)[side]
        assert ours == pytest.approx(theirs, abs=1e-9)


@given(numbers=VARIED, number=st.integers(-8, 8).map(lambda halves: halves / 2))
def test_student_p_values_agree_with_scipy(numbers: list[float], number: float) -> None:
    theirs = ttest_1samp(numbers, number, alternative="greater").pvalue

    assert p_above(student(numbers), number) == pytest.approx(theirs, abs=1e-9)


@given(numbers=ANY, alpha=ALPHAS, number=st.integers(-20, 20).map(lambda fifths: fifths / 5))
def test_a_p_value_is_small_exactly_when_the_bound_excludes(
    numbers: list[float], alpha: float, number: float
) -> None:
    """Holm works on p-values and the verdict on bounds: they must say the same."""
    mean = mean_of(numbers)
    bounds = mean.bounds(alpha)
    assume(min(abs(bounds.lower - number), abs(bounds.upper - number)) > 1e-9)

    assert (bounds.upper < number) == (mean.p_as_low(number) < alpha)
    assert (bounds.lower > number) == (mean.p_as_high(number) < alpha)


@given(numbers=ANY, alpha=ALPHAS)
def test_bounds_hold_the_estimate_stay_on_the_scale_and_widen(
    numbers: list[float], alpha: float
) -> None:
    mean = mean_of(numbers)
    bounds, wider = mean.bounds(alpha), mean.bounds(alpha / 2)

    assert -4 <= wider.lower <= bounds.lower <= mean.estimate
    assert mean.estimate <= bounds.upper <= wider.upper <= 4


@given(numbers=ANY, alpha=ALPHAS, seed=st.integers(0, 9))
def test_the_order_of_numbers_does_not_matter(
    numbers: list[float], alpha: float, seed: int
) -> None:
    turned = Random(seed).sample(numbers, len(numbers))

    assert mean_of(turned) == mean_of(numbers)
    assert mean_of(turned).bounds(alpha) == mean_of(numbers).bounds(alpha)


@given(numbers=ANY, alpha=ALPHAS)
def test_swapping_the_sides_mirrors_the_bounds(numbers: list[float], alpha: float) -> None:
    here = mean_of(numbers).bounds(alpha)
    there = mean_of([-number for number in numbers]).bounds(alpha)

    assert here.lower == pytest.approx(-there.upper, abs=1e-9)
    assert here.upper == pytest.approx(-there.lower, abs=1e-9)


@given(numbers=VARIED, alpha=ALPHAS, by=st.integers(-8, 8).map(lambda eighths: eighths / 8))
def test_bounds_move_with_all_the_numbers(numbers: list[float], alpha: float, by: float) -> None:
    """A candidate that is better in every case by the same has bounds that are, too."""
    here = mean_of(numbers, OPEN_ENDS).bounds(alpha)
    there = mean_of([number + by for number in numbers], OPEN_ENDS).bounds(alpha)

    assert there.lower - here.lower == pytest.approx(by, abs=1e-6)
    assert there.upper - here.upper == pytest.approx(by, abs=1e-6)


@given(numbers=ANY, where=st.integers(0, 59), alpha=ALPHAS)
def test_a_case_that_breaks_lowers_the_estimate_below_a_bound_that_excluded(
    numbers: list[float], where: int, alpha: float
) -> None:
    """What the upper bound kept below a limit, the lower bound does not lift to it."""
    where %= len(numbers)
    broken = [*numbers[:where], -4.0, *numbers[where + 1 :]]

    assert mean_of(broken).bounds(alpha).lower <= mean_of(numbers).bounds(alpha).upper
    assert mean_of(broken).estimate <= mean_of(numbers).estimate


@pytest.mark.parametrize(
    ("numbers", "ends", "name"),
    [
        ([0.0, 1.0] * 15, STARS_APART, "Student and Hall"),
        ([0.0, 1.0] * 15, OPEN_ENDS, "Student and Hall"),
        ([0.0] * 20 + [1.0] * 10, STARS_APART, "Student and Hall"),
        ([0.0, 1.0] * 14, STARS_APART, "Student with a worst row"),
        ([0.0] * 90 + [1.0] * 9, STARS_APART, "Student with a worst row"),
        ([2.0] * 99, STARS_APART, "Student with a worst row"),
        ([0.0, 1.0] * 14, OPEN_ENDS, NoMethod.ENDLESS_FEW_CASES),
        ([0.0] * 90 + [1.0] * 9, Ends(0.0, None), NoMethod.ENDLESS_FEW_CASES_DIFFER),
        ([0.0] * 99, OPEN_ENDS, NoMethod.ENDLESS_FEW_CASES_DIFFER),
        # equal but for how floats are rounded
        ([0.1 + 0.2, 0.3] * 40, OPEN_ENDS, NoMethod.ENDLESS_FEW_CASES_DIFFER),
        ([1e-6, 2e-6] * 20, OPEN_ENDS, "Student and Hall"),
    ],
)  # fmt: skip
def test_which_method_bounds_a_mean(numbers: list[float], ends: Ends, name: str) -> None:
    method = method_for(Measured("general", numbers, ends))

    assert (method if isinstance(method, NoMethod) else method.name) == name


@pytest.mark.parametrize("cases", [1, 5, FEWEST_CASES, 500])
def test_no_variance_is_not_certainty(cases: int) -> None:
    """Equal scores in every case leave room for what was not seen; less, the more cases."""
    bounds = mean_of([0.0] * cases).bounds(0.05)

    assert bounds.lower < 0 < bounds.upper
    more = mean_of([0.0] * 2 * cases).bounds(0.05)
    assert bounds.lower <= more.lower
    assert more.upper <= bounds.upper


def test_scores_at_the_end_of_the_scale_have_no_room_beyond() -> None:
    best = mean_of([4.0] * 40)

    bounds = best.bounds(0.05)
    assert (bounds.upper, best.p_as_low(4.0), best.p_as_low(4.1)) == (4.0, 1.0, 0.0)
    assert bounds.lower < 4
    assert (best.p_as_high(-4.1), best.p_as_high(4.0) > 0.05) == (0.0, True)


@pytest.mark.parametrize(("cases", "worst"), [(30, 0.075), (100, 0.065)])
def test_skewed_losses_seldom_deceive_the_bound(cases: int, worst: float) -> None:
    """Many light losses, few heavy ones: Student's bound alone errs far more often."""
    chance, pairs = Random(f"skewed {cases}"), 1500
    drawn = [[-chance.expovariate(1.0) for _ in range(cases)] for _ in range(pairs)]

    ours = sum(mean_of(n, OPEN_ENDS).bounds(0.05).lower > -1 for n in drawn) / pairs
    plain = sum(lower_bound(student(n), 0.05) > -1 for n in drawn) / pairs

    assert ours <= worst + 3 * math.sqrt(0.05 * 0.95 / pairs)
    assert ours < plain
