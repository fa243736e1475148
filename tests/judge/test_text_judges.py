"""exact_match, contains, regex: tables."""

from typing import Any

import pytest

from evalgate.domain.judgement import Scored
from evalgate.errors import UserMistake


@pytest.mark.parametrize(
    ("answer", "expected", "score"),
    [
        ("The  Beatles!", "beatles", 1),
        ("Beatles, the", ["Stones", "the Beatles"], 1),
        ("Beatles album", "Beatles", 0),
        ("42.", 42, 1),
        ("3.5", 3.5, 1),
        ("theatre", "atre", 0),
        ("A", "a", 1),
        ("A.", "A", 1),
        ("the", "A", 0),
        ("!", "A", 0),
        ("B", "A", 0),
        ("é", "e", 0),
    ],
)
def test_exact_match_as_squad(
    make_judge: Any, ask: Any, answer: str, expected: Any, score: float
) -> None:
    """Case, punctuation, articles and white space are ignored, but never the whole answer."""
    assert ask(make_judge(kind="exact_match"), answer, expected).score == score


@pytest.mark.parametrize(
    ("answer", "score"), [("Paris", 1), ("paris", 0), ("Paris ", 0), ("Paris.", 0)]
)
def test_exact_match_as_it_is(make_judge: Any, ask: Any, answer: str, score: float) -> None:
    """Without normalising every character counts."""
    judge = make_judge(kind="exact_match", normalise="none")

    assert ask(judge, answer, "Paris").score == score


def test_a_key_of_expected(make_judge: Any, ask: Any) -> None:
    """One case may hold what several judges expect."""
    judge = make_judge(kind="exact_match", expected_key="city")

    assert ask(judge, "Paris", {"city": ["Paris"], "year": 1900}).score == 1
    assert ask(judge, "Paris", {"year": 1900}).detail == "`expected` has no key 'city'"
    assert ask(judge, "Paris", "Paris").detail == "`expected` is a text, and expected_key is 'city'"


@pytest.mark.parametrize(
    ("fields", "answer", "score"),
    [
        ({"texts": ["yes", "no"]}, "No way", 1),
        ({"texts": ["yes", "no"]}, "maybe", 0),
        ({"texts": ["yes", "no"], "all": True}, "yes", 0),
        ({"texts": ["yes", "no"], "all": True}, "yes and no", 1),
        ({"texts": ["Yes"], "ignore_case": False}, "yes", 0),
        ({"texts": ["straße"]}, "STRASSE", 1),
        ({}, "it is in Paris", 1),
        ({"all": True}, "it is in Paris", 0),
    ],
)
def test_contains(
    make_judge: Any, ask: Any, fields: dict[str, Any], answer: str, score: float
) -> None:
    """One text or all of them, in any case unless it matters; `expected` without texts."""
    assert ask(make_judge(kind="contains", **fields), answer, ["paris", "lyon"]).score == score


def test_an_empty_text_is_contained_in_everything(make_judge: Any) -> None:
    """A check that cannot fail is refused."""
    with pytest.raises(UserMistake, match="an empty text is contained in every answer"):
        make_judge(kind="contains", texts=["a", ""])


@pytest.mark.parametrize(
    ("absent", "answer", "judgement"),
    [
        (False, "call 555-1234", Scored(score=1, reason="found '555-1234'")),
        (False, "call me", Scored(score=0, reason="not found")),
        (True, "call 555-1234", Scored(score=0, reason="found '555-1234'")),
        (True, "call me", Scored(score=1, reason="not found")),
    ],
)
def test_regex(make_judge: Any, ask: Any, absent: bool, answer: str, judgement: Scored) -> None:
    """Found or absent, and what was found."""
    judge = make_judge(kind="regex", pattern=r"\d{3}-\d{4}", absent=absent)

    assert ask(judge, answer) == judgement


def test_a_bad_pattern_names_the_judges_file(make_judge: Any) -> None:
    """The fault is the file's, not the answer's."""
    with pytest.raises(UserMistake) as caught:
        make_judge(kind="regex", pattern="(")

    assert str(caught.value) == (
        "judges/mine/judge.yaml: pattern: is not a regular expression: "
        "missing ), unterminated subpattern at position 0"
    )
