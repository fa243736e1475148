"""Scales: which ranges make sense, and which scores they hold."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from evalgate.domain.scale import BINARY, MEASURED, Scale

SCALES = st.builds(
    lambda kind, low, width, better: Scale(kind=kind, low=low, high=low + width, better=better),
    st.sampled_from(["ordinal", "continuous"]),
    st.integers(-5, 5),
    st.integers(1, 9),
    st.sampled_from(["higher", "lower"]),
)


@pytest.mark.parametrize(
    ("facts", "fault"),
    [
        ({"kind": "binary", "high": 5}, "a binary scale is 0 or 1; leave out low and high"),
        ({"kind": "ordinal", "high": None}, "an ordinal scale needs low and high"),
        ({"kind": "ordinal", "low": 5, "high": 1}, "low 5 is not below high 1"),
        ({"kind": "continuous", "low": 1, "high": 1}, "low 1 is not below high 1"),
        ({"kind": "continuous", "high": float("inf")}, "Input should be a finite number"),
    ],
)
def test_a_range_that_makes_no_sense_is_refused(facts: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Scale.model_validate(facts)

    assert caught.value.errors()[0]["msg"].removeprefix("Value error, ") == fault


@given(scale=SCALES, score=st.floats(allow_nan=True, allow_infinity=True))
def test_a_scale_holds_only_finite_numbers_in_its_range(scale: Scale, score: float) -> None:
    assert scale.low is not None
    assert scale.high is not None
    inside = math.isfinite(score) and scale.low <= score <= scale.high
    whole = scale.kind == "continuous" or (math.isfinite(score) and score == int(score))

    assert scale.holds(score) == (inside and whole)


@given(scale=SCALES)
def test_a_scale_holds_both_its_ends(scale: Scale) -> None:
    assert scale.worst is not None
    assert scale.best is not None
    assert scale.holds(scale.worst)
    assert scale.holds(scale.best)
    assert (scale.worst < scale.best) == (scale.better == "higher")


@pytest.mark.parametrize("endless", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize(
    "scale",
    [BINARY, MEASURED, Scale(kind="continuous", low=None, high=None),
     Scale(kind="ordinal", low=1, high=5)],
    ids=str,
)  # fmt: skip
def test_no_scale_holds_nan_or_infinity(scale: Scale, endless: float) -> None:
    assert not scale.holds(endless)


@pytest.mark.parametrize(("score", "held"), [(0, True), (1, True), (0.5, False), (2, False)])
def test_a_binary_scale_holds_0_and_1(score: float, held: bool) -> None:
    assert BINARY.holds(score) is held


def test_a_measured_score_has_no_worst() -> None:
    assert (MEASURED.worst, MEASURED.best) == (None, 0.0)
    assert MEASURED.holds(1e9)
    assert not MEASURED.holds(-1)


@pytest.mark.parametrize(
    ("scale", "words"),
    [
        (BINARY, "binary, higher is better"),
        (Scale(kind="ordinal", low=1, high=5, better="lower"), "ordinal 1 to 5, lower is better"),
        (MEASURED, "continuous 0 to any, lower is better"),
        (Scale(kind="continuous", low=None, high=2), "continuous any to 2, higher is better"),
    ],
)
def test_a_scale_in_words(scale: Scale, words: str) -> None:
    assert str(scale) == words
