"""The distributions: closed forms, scipy as oracle, and what must hold for all shapes."""

import math

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from scipy import special

from evalgate.gate.distributions import beta_cdf, beta_quantile, t_cdf, t_quantile

CLOSE = 1e-11  # relative; scipy itself is wrong by some 1e-12 in far tails of skewed shapes
SHAPES = st.floats(-1.0, 6.0).map(lambda power: float(10**power))
FREEDOMS = st.floats(0.0, 6.0).map(lambda power: round(10**power))
CHANCES = st.floats(-12.0, -1e-9).map(lambda power: float(10**power))


@given(a=SHAPES, b=SHAPES, away=st.floats(-6.0, 6.0))
def test_the_beta_distribution_is_scipys(a: float, b: float, away: float) -> None:
    """From six standard deviations below the middle to six above, where all decisions are made."""
    middle = a / (a + b)
    value = middle + away * math.sqrt(middle * (1 - middle) / (a + b + 1))
    assume(0.0 < value < 1.0)
    theirs = float(special.betainc(a, b, value))
    assume(theirs > 1e-200)

    assert beta_cdf(value, a, b) == pytest.approx(theirs, rel=CLOSE)


@given(a=SHAPES, b=SHAPES, p=CHANCES)
@example(a=0.02, b=4462.0, p=0.55)
@example(a=150_000.0, b=78_000.0, p=0.42)
@example(a=0.1, b=1e6, p=0.9999)
def test_its_quantiles_are_scipys(a: float, b: float, p: float) -> None:
    """Those of a probability near 1 too, which an upper bound asks for."""
    theirs = float(special.betaincinv(a, b, p))
    assume(theirs > 1e-200)

    assert beta_quantile(p, a, b) == pytest.approx(theirs, rel=CLOSE)


@given(freedom=FREEDOMS, value=st.floats(-30.0, 30.0))
@example(freedom=222_290, value=-1.911623733317985)
def test_students_distribution_is_scipys(freedom: int, value: float) -> None:
    theirs = float(special.stdtr(freedom, value))
    assume(theirs > 1e-200)

    assert t_cdf(value, freedom) == pytest.approx(theirs, rel=CLOSE)


@given(freedom=FREEDOMS, p=CHANCES)
@example(freedom=1, p=1e-12)
@example(freedom=1_000_000, p=0.4999999)
def test_its_quantiles_are_scipys_too(freedom: int, p: float) -> None:
    assert t_quantile(p, freedom) == pytest.approx(
        float(special.stdtrit(freedom, p)), rel=CLOSE, abs=1e-15
    )


@given(p=CHANCES, shape=SHAPES)
def test_closed_forms(p: float, shape: float) -> None:
    """Student's t with one degree of freedom is Cauchy's; a shape of 1 leaves a power."""
    low = p / 2  # the tangent is not exact near the other end
    assert t_quantile(low, 1) == pytest.approx(-1 / math.tan(math.pi * low), rel=1e-12)
    assert beta_cdf(p, shape, 1.0) == pytest.approx(p**shape, rel=1e-11, abs=1e-290)
    assert beta_quantile(p, 1.0, shape) == pytest.approx(
        -math.expm1(math.log1p(-p) / shape), rel=1e-12
    )


@given(a=SHAPES, b=SHAPES, p=CHANCES)
def test_a_quantile_has_its_probability_below_it(a: float, b: float, p: float) -> None:
    value = beta_quantile(p, a, b)
    assume(1e-200 < value < 0.5)  # nearer to 1 a float cannot tell values apart

    assert beta_cdf(value, a, b) == pytest.approx(p, rel=1e-9)


@given(freedom=FREEDOMS, p=CHANCES)
def test_students_t_is_symmetrical(freedom: int, p: float) -> None:
    assume(p < 0.5)
    value = t_quantile(p, freedom)

    assert value < 0
    assert t_cdf(value, freedom) == pytest.approx(p, rel=1e-11)
    assert t_cdf(-value, freedom) == pytest.approx(1 - p, rel=1e-12)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        pytest.param(beta_cdf(0.0, 2, 3), 0.0, id="nothing is below 0"),
        pytest.param(beta_cdf(1.0, 2, 3), 1.0, id="all is below 1"),
        pytest.param(beta_cdf(5e-324, 0.1, 3), 0.0, id="as good as 0"),
        pytest.param(beta_quantile(0.0, 2, 3), 0.0, id="the least value"),
        pytest.param(beta_quantile(1.0, 2, 3), 1.0, id="the largest value"),
        pytest.param(beta_quantile(1e-12, 0.001, 1e5), 0.0, id="too small for a float"),
        pytest.param(beta_quantile(0.5, 3, 3), 0.5, id="the middle"),
        pytest.param(t_quantile(0.5, 7), 0.0, id="Student's middle"),
        pytest.param(t_quantile(0.0, 7), -math.inf, id="Student's least"),
        pytest.param(t_quantile(1.0, 7), math.inf, id="Student's largest"),
        pytest.param(t_cdf(0.0, 7), 0.5, id="half of it is below 0"),
        pytest.param(t_cdf(-math.inf, 7), 0.0, id="nothing is below all"),
        pytest.param(t_cdf(math.inf, 7), 1.0, id="all is below all"),
        pytest.param(t_cdf(-1e200, 1), 0.0, id="its square is no float"),
    ],
)
def test_the_ends_are_exact(found: float, expected: float) -> None:
    assert found == pytest.approx(expected, rel=1e-14, abs=1e-290)
