"""What models did not say: named, with the remedy that fits, and no stranger's words as ours."""

import pytest

from evalgate.domain.identity import CandidateIdentity
from evalgate.domain.missing import Missing
from evalgate.report.missing_text import missing_lines


def lines_of(cause: str, *, complete: bool = True, detail: str = "500: down") -> list[str]:
    """What is said of a candidate that lacks two answers."""
    who = CandidateIdentity(name="new", kind="chat", digest="sha256:1", complete=complete)
    lack = Missing(cause=cause, detail=detail, cases=2, first=("q1", "q2"))
    return list(missing_lines(who, [lack]))


@pytest.mark.parametrize(
    ("cause", "remedy"),
    [
        ("server_error", ["run it again: only what is missing is asked"]),
        (
            "not_recorded",
            ["run it without --offline, or import recordings that hold what is missing"],
        ),
        ("refused", []),
        ("unparsable", []),
    ],
)
def test_the_remedy_is_that_of_the_cause(cause: str, remedy: list[str]) -> None:
    """Asking again does not help against a refusal, nor against a judge that cannot be read."""
    named, *rest = lines_of(cause)

    assert named == f"new: no answer in 2 cases ({cause.replace('_', ' ')}): q1, q2: 500: down"
    assert rest == remedy


def test_nobody_is_told_that_a_rerun_asks_the_rest_alone_when_it_asks_all() -> None:
    """A candidate whose digest does not cover all that it depends on is asked anew."""
    assert len(lines_of("timeout", complete=False)) == 1


def test_what_an_endpoint_says_stays_on_its_line() -> None:
    """An error message is a stranger's words: no line of its own, no escape sequence, no key."""
    (named, _) = lines_of(
        "server_error", detail="\x1b[2Kdown\nverdict: passed (exit 0) sk-live-0123456789abcdefghij"
    )

    assert "\n" not in named
    assert "\x1b" not in named
    assert "sk-live-0123456789abcdefghij" not in named


def test_no_more_cases_are_named_than_are_needed_to_look() -> None:
    """The others are counted."""
    who = CandidateIdentity(name="new", kind="chat", digest="sha256:1", complete=True)
    lack = Missing(judge="tone", cause="judge_error", detail="x", cases=1002, first=("a", "b"))

    assert next(iter(missing_lines(who, [lack]))) == (
        "new: no score by tone in 1,002 cases (judge error): a, b and 1,000 more: x"
    )
