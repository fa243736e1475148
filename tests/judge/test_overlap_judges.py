"""token_f1, rouge_l, levenshtein: against their references."""

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from evalgate.domain.judgement import Unscored
from evalgate.judge.overlap import levenshtein, rouge_l, token_f1

words = st.lists(st.sampled_from(["a", "cat", "Sat", "on", "the", "mat.", "é", "x-1"]), max_size=12)
texts = words.map(" ".join) | st.text(max_size=20)


@pytest.fixture(scope="module")
def oracle() -> Any:
    """The published package; importing it takes ten seconds, so only the slow test does."""
    from rouge_score.rouge_scorer import RougeScorer

    return RougeScorer(["rougeL"], use_stemmer=False)


@pytest.mark.slow
@given(expected=texts, answer=texts)
def test_rouge_l_is_the_rouge_score_packages(oracle: Any, expected: str, answer: str) -> None:
    """The published package gives the same figure."""
    ours = rouge_l(expected, answer)
    assume(ours is not None)

    assert ours == pytest.approx(oracle.score(expected, answer)["rougeL"].fmeasure, abs=1e-12)


@pytest.mark.parametrize(
    ("expected", "answer", "f1"),
    [
        ("the cat sat", "a cat sat!", 1),
        ("cat sat", "cat", 2 / 3),
        ("cat cat", "cat", 2 / 3),
        ("cat", "dog", 0),
        ("A", "a", 1),
        ("A", "the", 0),
    ],
)
def test_token_f1(expected: str, answer: str, f1: float) -> None:
    """Words are counted as often as both texts have them."""
    assert token_f1(expected, answer) == pytest.approx(f1)


@pytest.mark.parametrize(
    ("expected", "answer", "f1"),
    [("a b c", "a c", 0.8), ("the cat", "cat the", 0.5), ("x-1", "X 1!", 1), ("cat", "é", 0)],
)
def test_rouge_l(expected: str, answer: str, f1: float) -> None:
    """Order counts, articles count, case and punctuation do not."""
    assert rouge_l(expected, answer) == pytest.approx(f1)


@pytest.mark.parametrize(
    ("expected", "answer", "share"),
    [("kitten", "sitting", 1 - 3 / 7), ("abc", "abc", 1), ("abc", "xyz", 0), ("a", "ab", 0.5)],
)
def test_levenshtein(expected: str, answer: str, share: float) -> None:
    """Edits are a share of the longer text."""
    assert levenshtein(expected, answer) == pytest.approx(share)


@given(one=texts, other=texts)
def test_overlap_is_symmetric_and_whole_with_itself(one: str, other: str) -> None:
    """Order does not matter, and nothing is nearer than the same text."""
    assert token_f1(one, other) == pytest.approx(token_f1(other, one))
    assert levenshtein(one, other) == pytest.approx(levenshtein(other, one))
    assert levenshtein(one, one) == 1


@pytest.mark.parametrize("kind", ["token_f1", "rouge_l", "levenshtein"])
def test_the_best_acceptable_text_counts(make_judge: Any, ask: Any, kind: str) -> None:
    """One good match is enough, wherever it stands in the list."""
    judgement = ask(make_judge(kind=kind), "red fox", ["blue whale", "red fox", "grey owl"])

    assert (judgement.score, judgement.reason) == (1, "nearest to 'red fox'")


def test_rouge_does_not_score_what_it_cannot_see(make_judge: Any, ask: Any) -> None:
    """A text without a-z and 0-9 would get 0 for ever, and a worse answer would look the same."""
    judge = make_judge(kind="rouge_l")

    assert isinstance(ask(judge, "東京", "東京"), Unscored)
    assert ask(judge, "Tokyo", ["東京", "Tokyo"]).score == 1
