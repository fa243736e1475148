"""A word diff shows what changed, and only its own marks are marks."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.report.word_diff import word_changes, word_diff

MARK = re.compile(r"\[-(.*?)-\]|\{\+(.*?)\+\}")
texts = st.lists(
    st.sampled_from(
        [
            "a", "b", "[-", "-]", "{+", "+}", "[", "]", "-", "+", "{", "}", "-]]", "[[-", "\\",
            "[-x-]{+y+}", "\x1b[2J", "\n", "::error::", "##[error]", "##", "\u202e",
        ]
    ),
    max_size=9,
).map(" ".join)  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param("the red fox", "the blue fox", "the [-red-]{+blue+} fox", id="a word"),
        pytest.param("a b", "a b c", "a b {+c+}", id="something came"),
        pytest.param("a b c", "a c", "a [-b-] c", id="something went"),
        pytest.param("", "new", "{+new+}", id="there was nothing"),
        pytest.param("old", "", "[-old-]", id="there is nothing"),
        pytest.param("a  b\n", "a b", "a b", id="white space does not count"),
        pytest.param(
            " ".join("abcdefghijklmnopqrstuvwxyz") + " 1",
            " ".join("abcdefghijklmnopqrstuvwxyz") + " 2",
            "a b c d e f … u v w x y z [-1-]{+2+}",
            id="a long unchanged run is cut",
        ),
        pytest.param("x", "[-y-]", r"[-x-]{+[\-y-\]+}", id="a forged mark is none"),
        pytest.param("]", "}", r"[-\]-]{+\}+}", id="a bracket at a mark's edge"),
    ],
)
def test_changes_are_marked(before: str, after: str, expected: str) -> None:
    """The manner of `git diff --word-diff`."""
    assert word_diff(before, after) == expected


@given(texts, texts)
def test_the_marks_are_ours(before: str, after: str) -> None:
    """As many marks can be read as there are changes, whatever the texts contain."""
    changes = [stretch for stretch in word_changes(before, after) if stretch.kind != "same"]
    read = MARK.findall(word_diff(before, after))

    assert len(read) == len(changes)
    for (removed, added), change in zip(read, changes, strict=True):
        assert bool(removed) == (change.kind == "removed")
        assert bool(added) == (change.kind == "added")


@given(texts, texts)
def test_both_texts_can_be_read_from_the_changes(before: str, after: str) -> None:
    """No word is lost, none is invented."""
    changes = word_changes(before, after)

    assert [w for s in changes if s.kind != "added" for w in s.words] == before.split()
    assert [w for s in changes if s.kind != "removed" for w in s.words] == after.split()


def test_a_diff_of_long_answers_stays_short() -> None:
    """A hundred thousand words or one endless word do not fill the screen."""
    assert len(word_diff("a " * 100_000, "b " * 100_000)) < 1_000
    assert len(word_diff("x" * 100_000, "y" * 100_000)) < 1_000


def test_a_diff_shows_no_key() -> None:
    """An answer may have leaked one."""
    assert "a1B2" not in word_diff("none", "sk-" + "a1B2" * 8)
