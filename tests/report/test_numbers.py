"""Numbers tell apart what differs."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from evalgate.report import numbers

finite = st.floats(min_value=-1e12, max_value=1e12, allow_nan=False)


@given(finite, finite)
def test_what_differs_looks_different(value: float, bound: float) -> None:
    """A failing number never looks equal to its threshold."""
    assume(value != bound)
    texts = numbers.shown_beside(value, bound)

    assert texts[0] != texts[1]


@given(st.floats(min_value=0, max_value=1), st.floats(min_value=0, max_value=1))
def test_shares_that_differ_look_different(share: float, bound: float) -> None:
    """A coverage below its minimum never looks like the minimum."""
    assume(share != bound)
    texts = numbers.percent_beside(share, bound)

    assert texts[0] != texts[1]


@given(st.floats(min_value=0, max_value=1, exclude_min=True, exclude_max=True))
def test_only_all_is_a_hundred_percent(share: float) -> None:
    """Almost all is not all, almost none is not none."""
    assert float(numbers.percent(share)[:-1]) not in (0.0, 100.0)


@pytest.mark.parametrize(
    ("value", "bound", "expected"),
    [
        pytest.param(0.6856, 0.7, ("0.6856", "0.7000"), id="four decimals are enough"),
        pytest.param(0.69996, 0.7, ("0.69996", "0.70000"), id="five are needed"),
        pytest.param(0.7, 0.7, ("0.7000", "0.7000"), id="equal numbers look equal"),
        pytest.param(
            0.7 + 2e-16, 0.7, ("0.7000000000000002", "0.7000000000000000"), id="a rounding error"
        ),
        pytest.param(0.00045, 0.0005, ("0.00045", "0.00050"), id="small ones keep two digits"),
        pytest.param(1234567.0, 1_000_000.0, ("1,234,567", "1,000,000"), id="tokens"),
        pytest.param(-0.0301, -0.03, ("-0.0301", "-0.0300"), id="differences"),
        pytest.param(2.5, 3.0, ("2.5000", "3.0000"), id="seconds"),
    ],
)
def test_both_have_as_many_digits_as_it_takes(
    value: float, bound: float, expected: tuple[str, str]
) -> None:
    """The number and its bound are written alike."""
    assert numbers.shown_beside(value, bound) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(numbers.signed(0.00678), "+0.0068", id="a gain"),
        pytest.param(numbers.signed(-0.09), "-0.0900", id="a loss"),
        pytest.param(numbers.signed(-0.0), "+0.0000", id="no difference"),
        pytest.param(numbers.signed_together((0.01,), -0.03), ("+0.0100", "-0.0300"), id="a pair"),
        pytest.param(numbers.number(0.25), "0.2500", id="a score"),
        pytest.param(numbers.mark(1.0), "1", id="a whole mark"),
        pytest.param(numbers.mark(0.5), "0.5000", id="a mark between"),
        pytest.param(numbers.marks_beside(1.0, 0.0), ("1", "0"), id="whole marks"),
        pytest.param(numbers.marks_beside(1.0, 0.99999), ("1.00000", "0.99999"), id="near one"),
        pytest.param(
            numbers.marks_beside(0.8333333, 0.8333334), ("0.8333333", "0.8333334"), id="hardly less"
        ),
        pytest.param(numbers.percent(0.98), "98.0%", id="percent"),
        pytest.param(numbers.percent(0.99999), "99.999%", id="almost all"),
        pytest.param(numbers.percent(1.0), "100.0%", id="all"),
        pytest.param(numbers.percent_beside(0.9499, 0.95), ("94.99%", "95.00%"), id="coverage"),
        pytest.param(numbers.count(100_000), "100,000", id="thousands"),
        pytest.param(numbers.count(1, "case"), "1 case", id="one case"),
        pytest.param(numbers.count(0, "case"), "0 cases", id="no cases"),
        pytest.param(numbers.duration(0.4121), "412 ms", id="milliseconds"),
        pytest.param(numbers.duration(3.21), "3.2 s", id="seconds"),
        pytest.param(numbers.duration(59.99), "1 min 00 s", id="almost a minute"),
        pytest.param(numbers.duration(125), "2 min 05 s", id="minutes"),
        pytest.param(numbers.duration(3725), "1 h 02 min", id="hours"),
        pytest.param(numbers.usd(1234.5), "$1,234.50", id="dollars"),
        pytest.param(numbers.usd(0.00042), "$0.00042", id="less than a cent"),
        pytest.param(numbers.usd(0.0), "$0.00", id="nothing"),
        pytest.param(numbers.probability(1e-9), "below 0.0001", id="hardly ever"),
        pytest.param(numbers.probability(0.031), "0.0310", id="a probability"),
    ],
)
def test_each_kind_of_number_has_its_form(text: object, expected: object) -> None:
    """The forms are the same in every report."""
    assert text == expected
