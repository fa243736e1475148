"""The distributions: closed forms, scipy as oracle, and what must hold for all shapes."""

import math

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from scipy import special

from evalgate.gate.distributions import beta_cdf, beta_quantile, t_cdf, t_quantile

CLOSE = 1e-11  # relative
NEAR_0 = 1e-9  # scipy's own error of Student's t there, which a closed form shows
SHAPES = st.floats(-3.0, 6.0).map(lambda power: float(10**power))
FREEDOMS = st.floats(0.0, 6.0).map(lambda power: round(10**power))
LOW = st.floats(-12.0, -0.31).map(lambda power: float(10**power))
CHANCES = LOW | LOW.map(lambda chance: 1.0 - chance)


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

    near_0 = NEAR_0 if abs(value) < 1e-3 else 0.0
    assert t_cdf(value, freedom) == pytest.approx(theirs, rel=CLOSE, abs=near_0)


@given(freedom=FREEDOMS, p=CHANCES)
@example(freedom=1, p=1e-12)
@example(freedom=1_000_000, p=0.4999999)
def test_its_quantiles_are_scipys_too(freedom: int, p: float) -> None:
    theirs = float(special.stdtrit(freedom, p))

    assert t_quantile(p, freedom) == pytest.approx(theirs, rel=CLOSE, abs=NEAR_0)


@given(value=st.floats(-1e-3, 1e-3))
def test_students_distribution_near_0_is_cauchys_with_one_degree(value: float) -> None:
    assert t_cdf(value, 1) == pytest.approx(0.5 + math.atan(value) / math.pi, rel=1e-15)


@given(p=LOW, shape=SHAPES)
def test_closed_forms(p: float, shape: float) -> None:
    """Student's t with one degree of freedom is Cauchy's; a shape of 1 leaves a power."""
    assert t_quantile(p, 1) == pytest.approx(-1 / math.tan(math.pi * p), rel=1e-12)
    assert beta_cdf(p, shape, 1.0) == p**shape
    assert beta_quantile(p, shape, 1.0) == p ** (1 / shape)
    assert beta_cdf(p, 1.0, shape) == pytest.approx(-math.expm1(shape * math.log1p(-p)), rel=1e-12)
    assume(shape > 0.01)  # below, the value is 1 but for what a float has no digits for
    assert beta_quantile(p, 1.0, shape) == pytest.approx(
        -math.expm1(math.log1p(-p) / shape), rel=1e-12
    )


@given(power=st.floats(-15.0, -3.0), p=st.floats(0.05, 0.95))
@example(power=math.log10(0.31046425487110874) - 15, p=0.7427895)
def test_a_shape_next_to_nothing_is_not_lost(power: float, p: float) -> None:
    """Clusters may shrink a count to that; what is left is nearly certain, and never more."""
    assert beta_cdf(p, 10**power, 1.5) == pytest.approx(
        float(special.betainc(10**power, 1.5, p)), rel=1e-13
    )
    assert beta_cdf(p, 10**power, 1.5) <= 1.0


@given(a=SHAPES, b=SHAPES, p=LOW)
def test_a_quantile_has_its_probability_below_it(a: float, b: float, p: float) -> None:
    value = beta_quantile(p, a, b)
    assume(1e-200 < value < 0.5)  # nearer to 1 a float cannot tell values apart

    assert beta_cdf(value, a, b) == pytest.approx(p, rel=1e-9)


@given(freedom=FREEDOMS, p=LOW)
def test_students_t_is_symmetrical(freedom: int, p: float) -> None:
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


@pytest.mark.parametrize("shapes", [(0.0, 1.0), (1.0, 0.0), (-1.0, 2.0), (math.nan, 1.0)])
def test_where_there_is_no_distribution_there_is_no_answer(shapes: tuple[float, float]) -> None:
    """A number would look like a verdict."""
    with pytest.raises(ValueError, match=r"no beta distribution has the shapes"):
        beta_cdf(0.5, *shapes)
    with pytest.raises(ValueError, match=r"no beta distribution has the shapes"):
        beta_quantile(0.05, *shapes)


@pytest.mark.parametrize("freedom", [0, -1, math.nan])
def test_students_t_wants_a_degree_of_freedom(freedom: float) -> None:
    with pytest.raises(ValueError, match=r"no beta distribution has the shapes"):
        t_cdf(-2.0, freedom)
    with pytest.raises(ValueError, match=r"no beta distribution has the shapes"):
        t_quantile(0.05, freedom)


def test_what_is_no_number_stays_none_and_does_not_go_on_for_ever() -> None:
    assert math.isnan(beta_cdf(math.nan, 2.0, 3.0))
    assert math.isnan(beta_quantile(math.nan, 2.0, 3.0))
    assert math.isnan(t_cdf(math.nan, 5))
    assert math.isnan(t_quantile(math.nan, 5))
