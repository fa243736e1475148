"""numeric: which number is read, and when it is the expected one."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.domain.judgement import Scored, Unscored
from evalgate.errors import UserMistake
from evalgate.judge.number import exact_number, last_number_text


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("The answer is 42.", "42"),
        ("first 1, then 2", "2"),
        ("1,234,567 people", "1,234,567"),
        ("one of 1,2,3", "3"),
        ("12,3456", "3456"),
        ("-5 degrees", "-5"),
        ("3-4", "4"),
        ("\N{MINUS SIGN}7", "\N{MINUS SIGN}7"),
        ("about .5", ".5"),
        ("6.02e23 atoms", "6.02e23"),
        ("$3.50", "3.50"),
        ("none", None),
        ("", None),
    ],
)
def test_the_last_number_is_read(text: str, number: str | None) -> None:
    """People end with the answer; commas belong to a number where they separate thousands."""
    assert last_number_text(text) == number


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9))
def test_a_number_is_read_as_it_is_written(number: Decimal) -> None:
    """Nothing is rounded."""
    assert exact_number(f"{number:,f}") == number


@pytest.mark.parametrize("text", ["nan", "inf", "1e999", "1_000", "1,2", "0x10", "", "5 eggs", "٣"])
def test_not_a_number(text: str) -> None:
    """What Python's float would take, or a guess, is refused."""
    assert exact_number(text) is None


@pytest.mark.parametrize(
    ("fields", "said", "score"),
    [
        ({}, ("65,960", "65960"), 1),
        ({}, ("41", [40, 41]), 1),
        ({}, ("41.5", 41), 0),
        ({"tolerance": 0.1}, ("0.4", 0.3), 1),
        ({"tolerance": 0.1}, ("0.41", 0.3), 0),
        ({"tolerance": 0.01, "relative": True}, ("-101", -100), 1),
        ({"tolerance": 0.01, "relative": True}, ("101.1", 100), 0),
        ({"extract": "A: (.*)"}, ("A: 3 A: 4", "3 A: 4"), None),
        ({"extract": r"A: (\S+)"}, ("A: 3 A: 4, so 9", 4), 0),
        ({"extract": r"A: (\d+)"}, ("A: 3 A: 4, so 9", 4), 1),
        ({"extract": r"A: (\d+)|B"}, ("A: 4 B", 4), 0),
        ({}, ("four", 4), 0),
        ({}, ("4", "four"), None),
        ({}, ("4", True), None),
        ({}, ("4", None), None),
        ({}, ("4", {"n": 4}), None),
        ({"expected_key": "n"}, ("4", {"n": 4}), 1),
        ({}, ("4", 10**400), None),
    ],
)
def test_numeric(
    make_judge: Any, ask: Any, fields: dict[str, Any], said: tuple[str, Any], score: float | None
) -> None:
    """An answer without the number is wrong; an `expected` without one is our fault."""
    judgement = ask(make_judge(kind="numeric", **fields), *said)

    assert isinstance(judgement, Unscored) if score is None else judgement.score == score


def test_the_reason_says_what_was_read(make_judge: Any, ask: Any) -> None:
    """A reader sees why."""
    judge = make_judge(kind="numeric", extract="= (.*)")

    assert ask(judge, "= 1/5", 5) == Scored(score=0, reason="'1/5' is not a number")
    assert ask(judge, "5", 5) == Scored(score=0, reason="there is no number in the answer")
    assert ask(judge, "= 5", 5) == Scored(score=1, reason="the answer's number is '5'")


def test_extract_needs_a_group(make_judge: Any) -> None:
    """Without a group nothing would ever be read."""
    with pytest.raises(UserMistake, match=r"extract: has no group \(put the number in parenth"):
        make_judge(kind="numeric", extract=r"\d+")
