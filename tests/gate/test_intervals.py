"""The bounds: published figures, other libraries as oracles, and exact error rates."""

import math
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, binomtest

from evalgate.gate.distributions import NORMAL
from evalgate.gate.intervals import (
    clopper_pearson,
    normal_p,
    p_at_least,
    p_at_most,
    tango,
    tango_statistic,
)

ALPHAS = st.sampled_from([0.01, 0.05, 0.1, 0.25])


@st.composite
def proportions(draw: st.DrawFn) -> tuple[int, int]:
    cases = draw(st.integers(1, 300))
    return draw(st.integers(0, cases)), cases


@st.composite
def pairs(draw: st.DrawFn) -> tuple[int, int, int]:
    cases = draw(st.integers(1, 200))
    wins = draw(st.integers(0, cases))
    return wins, draw(st.integers(0, cases - wins)), cases


@pytest.mark.parametrize(
    ("wins", "losses", "cases", "alpha", "lower", "upper", "digits"),
    [
        # figures that others published
        pytest.param(60, 20, 1000, 0.025, 0.0231, 0.0584, 4, id="PropCIs"),
        pytest.param(1, 7, 21, 0.025, -0.5172, -0.0260, 4, id="Fagerland 2014, AHR"),
        pytest.param(0, 1, 44, 0.05, -0.096, None, 3, id="Tango 1998, section 6.1"),
        # figures of an independent prototype with scipy's brentq
        pytest.param(48, 41, 549, 0.05, -0.01569, 0.04138, 5, id="48 and 41 of 549"),
        pytest.param(4, 12, 100, 0.05, -0.150416, -0.015385, 6, id="4 and 12 of 100"),
        pytest.param(0, 0, 20, 0.05, -0.1192, 0.1192, 4, id="20 ties"),
        pytest.param(0, 0, 50, 0.05, -0.0513, 0.0513, 4, id="50 ties"),
    ],
)
def test_tango_bounds_are_the_published_ones(
    *,
    wins: int,
    losses: int,
    cases: int,
    alpha: float,
    lower: float,
    upper: float | None,
    digits: int,
) -> None:
    bounds = tango(wins, losses, cases, alpha)

    assert round(bounds.lower, digits) == lower
    assert upper is None or round(bounds.upper, digits) == upper


def test_the_score_statistic_is_the_published_one() -> None:
    """Tango 1998, section 6.1, and McNemar's z where the difference is 0."""
    statistic = tango_statistic(0, 1, 44, -0.1)

    assert round(statistic, 3) == 1.709
    assert round(1 - normal_p(statistic), 3) == 0.044
    assert tango_statistic(4, 12, 100, 0.0) == pytest.approx((4 - 12) / math.sqrt(16))


def test_a_statistic_without_variance_is_nought_or_endless() -> None:
    assert tango_statistic(0, 0, 20, 0.0) == 0.0
    assert tango_statistic(0, 5, 5, -1.0) == 0.0
    assert tango_statistic(5, 0, 5, -1.0) == math.inf
    assert (normal_p(math.inf), normal_p(-math.inf)) == (1.0, 0.0)


@pytest.mark.parametrize(
    ("successes", "cases", "alpha", "lower", "upper"),
    [
        pytest.param(45, 50, 0.025, 0.781865, 0.966725, id="45 of 50, two-sided 95 %"),
        pytest.param(45, 50, 0.05, 0.801167, None, id="45 of 50, one-sided"),
        pytest.param(20, 20, 0.05, 0.860892, 1.0, id="20 of 20: 0.05 ** (1/20)"),
        pytest.param(0, 20, 0.05, 0.0, 0.139108, id="0 of 20"),
    ],
)
def test_clopper_pearson_bounds_are_the_published_ones(
    successes: int, cases: int, alpha: float, lower: float, upper: float | None
) -> None:
    bounds = clopper_pearson(successes, cases, alpha)

    assert bounds.lower == pytest.approx(lower, abs=1e-6)
    assert upper is None or bounds.upper == pytest.approx(upper, abs=1e-6)


@given(counted=proportions(), alpha=ALPHAS)
def test_clopper_pearson_agrees_with_scipy(counted: tuple[int, int], alpha: float) -> None:
    successes, cases = counted

    bounds = clopper_pearson(successes, cases, alpha)

    sides: list[tuple[float, Literal["greater", "less"], int]] = [
        (bounds.lower, "greater", 0),
        (bounds.upper, "less", 1),
    ]
    for ours, alternative, side in sides:
        tested = binomtest(successes, cases, alternative=alternative)
        theirs = tested.proportion_ci(confidence_level=1 - alpha, method="exact")
        assert ours == pytest.approx(theirs[side], abs=1e-9)


@given(counted=proportions(), chance=st.sampled_from([0.0, 0.05, 0.5, 0.8, 1.0]))
def test_p_values_agree_with_scipy(counted: tuple[int, int], chance: float) -> None:
    successes, cases = counted

    few = binomtest(successes, cases, chance, alternative="less").pvalue
    many = binomtest(successes, cases, chance, alternative="greater").pvalue

    assert p_at_most(successes, cases, chance) == pytest.approx(few, abs=1e-9)
    assert p_at_least(successes, cases, chance) == pytest.approx(many, abs=1e-9)


@given(counted=proportions(), alpha=ALPHAS, chance=st.sampled_from([0.05, 0.5, 0.8, 0.95]))
def test_a_p_value_is_small_exactly_when_the_bound_excludes(
    counted: tuple[int, int], alpha: float, chance: float
) -> None:
    """Holm works on p-values and the verdict on bounds: they must say the same."""
    bounds = clopper_pearson(*counted, alpha)

    assert (bounds.upper < chance) == (p_at_most(*counted, chance) < alpha)
    assert (bounds.lower > chance) == (p_at_least(*counted, chance) < alpha)


@pytest.mark.parametrize("cases", [1, 5, 20, 50, 100])
@pytest.mark.parametrize("chance", [0.5, 0.8, 0.9, 0.95, 0.99])
def test_clopper_pearson_is_never_wrong_more_often_than_alpha(cases: int, chance: float) -> None:
    """Enumerated, not simulated: every outcome with its probability."""
    bounds = [clopper_pearson(successes, cases, 0.05) for successes in range(cases + 1)]
    weights = [float(binom.pmf(successes, cases, chance)) for successes in range(cases + 1)]

    too_high = sum(w for b, w in zip(bounds, weights, strict=True) if b.lower > chance)
    too_low = sum(w for b, w in zip(bounds, weights, strict=True) if b.upper < chance)

    assert max(too_high, too_low) <= 0.05 + 1e-12


@given(counted=proportions(), alpha=ALPHAS)
def test_proportion_bounds_hold_the_estimate_and_widen(
    counted: tuple[int, int], alpha: float
) -> None:
    successes, cases = counted
    bounds, wider = clopper_pearson(*counted, alpha), clopper_pearson(*counted, alpha / 2)

    assert 0 <= wider.lower <= bounds.lower <= successes / cases
    assert successes / cases <= bounds.upper <= wider.upper <= 1
    if successes < cases:
        more = clopper_pearson(successes + 1, cases, alpha)
        assert more.lower > bounds.lower
        assert more.upper > bounds.upper or bounds.upper == 1


@given(counted=pairs(), alpha=ALPHAS)
def test_paired_bounds_hold_the_estimate_and_widen(
    counted: tuple[int, int, int], alpha: float
) -> None:
    wins, losses, cases = counted
    bounds, wider = tango(*counted, alpha), tango(*counted, alpha / 2)

    assert -1 <= wider.lower <= bounds.lower <= (wins - losses) / cases
    assert (wins - losses) / cases <= bounds.upper <= wider.upper <= 1


@given(counted=pairs(), alpha=ALPHAS)
def test_paired_bounds_rise_with_wins_and_fall_with_losses(
    counted: tuple[int, int, int], alpha: float
) -> None:
    wins, losses, cases = counted
    here = tango(wins, losses, cases, alpha)

    if wins + losses < cases:
        better, worse = tango(wins + 1, losses, cases, alpha), tango(wins, losses + 1, cases, alpha)
        assert worse.lower <= here.lower <= better.lower
        assert worse.upper <= here.upper <= better.upper
    if losses:
        turned = tango(wins + 1, losses - 1, cases, alpha)
        assert here.lower <= turned.lower
        assert here.upper <= turned.upper


@given(counted=pairs(), alpha=ALPHAS)
def test_a_paired_bound_inverts_the_statistic(counted: tuple[int, int, int], alpha: float) -> None:
    """At a bound the score statistic is the quantile, unless the bound is the end of the range."""
    z = NORMAL.inv_cdf(1 - alpha)
    bounds = tango(*counted, alpha)

    if bounds.lower > -1 + 1e-6:
        assert tango_statistic(*counted, bounds.lower) == pytest.approx(z, abs=1e-5)
    if bounds.upper < 1 - 1e-6:
        assert tango_statistic(*counted, bounds.upper) == pytest.approx(-z, abs=1e-5)


@given(counted=pairs(), alpha=ALPHAS)
def test_swapping_the_sides_mirrors_the_paired_bounds(
    counted: tuple[int, int, int], alpha: float
) -> None:
    wins, losses, cases = counted
    here, there = tango(wins, losses, cases, alpha), tango(losses, wins, cases, alpha)

    assert here.lower == pytest.approx(-there.upper, abs=1e-9)
    assert here.upper == pytest.approx(-there.lower, abs=1e-9)


@pytest.mark.parametrize(
    ("cases", "alpha", "meets"),
    [
        (2, 0.01, 0.9),
        (1, 0.1, 0.9),
        (3, 0.001, 0.9),
        (2, 0.25, 0.5),
        (4, 0.0625, 0.5),
        (3, 0.125, 0.5),
        (5, 0.03125, 0.5),
        (4, 0.0001, 0.9),
        (1, 0.05, 0.95),
    ],
)
def test_bounds_of_nothing_but_failures_meet_a_threshold_to_the_last_digit(
    cases: int, alpha: float, meets: float
) -> None:
    """A digit less would call a rule failed that is undecided."""
    assert clopper_pearson(0, cases, alpha).upper == meets
    assert clopper_pearson(cases, cases, alpha).lower == alpha ** (1 / cases)
