"""What models did not say: named, with the remedy that fits, and no stranger's words as ours."""

import pytest

from evalgate.domain.missing import Missing
from evalgate.report.missing_text import LONGEST, another_try_helps, missing_lines, missing_words
from run_files import manifest

LACK = Missing(
    candidate="new", by_model=True, cause="timeout", detail="500: down", cases=2, first=("q1", "q2")
)


def lines_of(cause: str, *, complete: bool = True, detail: str = "500: down") -> list[str]:
    """What is said of a candidate that lacks two answers, but for the last line."""
    run = manifest()
    who = run.candidate.model_copy(update={"complete": complete})
    lack = LACK.model_copy(update={"cause": cause, "detail": detail})
    *told, look = missing_lines(run.model_copy(update={"candidate": who}), [lack])
    assert look == f"look at one: evalgate show {run.run_id} q1"
    return told


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
    lack = LACK.model_copy(
        update={"judge": "tone", "cause": "judge_error", "detail": "x", "cases": 1002}
    )

    assert missing_words(lack) == (
        "new: no score by tone in 1,002 cases (judge error): q1, q2 and 1,000 more: x"
    )


def test_rare_reasons_are_one_line() -> None:
    """None of them speaks for the others."""
    lack = LACK.model_copy(update={"reasons": 35, "cases": 37})

    assert missing_words(lack) == (
        "new: no answer in 37 cases (35 other reasons): q1, q2 and 35 more"
    )


def test_a_reason_is_no_book_and_no_half_key() -> None:
    """Keys are taken out before the reason is cut."""
    key = "sk-live-0123456789abcdefghij"
    words = missing_words(LACK.model_copy(update={"detail": "x" * (LONGEST - 12) + f" {key}" * 9}))

    assert words.endswith("x [redacted]…")
    assert len(words.partition("q1, q2: ")[2]) == LONGEST


@pytest.mark.parametrize(
    ("judge", "by_model", "cause", "helps"),
    [
        ("", True, "timeout", True),
        ("", False, "unreachable", True),
        ("tone", True, "judge_error", True),
        ("tone", False, "judge_error", False),
        ("tone", True, "unparsable", False),
        ("", True, "not_recorded", False),
        ("", False, "not_recorded", False),
    ],
)
def test_another_try_helps_against_what_passes(
    judge: str, by_model: bool, cause: str, helps: bool
) -> None:
    """An endpoint may be up again; a file and a judge's own code stay what they are."""
    lack = LACK.model_copy(update={"judge": judge, "by_model": by_model, "cause": cause})

    assert another_try_helps([lack]) is helps


def test_another_try_does_not_mend_a_file() -> None:
    """Beside a file without lines a timeout is the smaller worry."""
    file = LACK.model_copy(update={"by_model": False, "cause": "not_recorded"})

    assert another_try_helps([LACK])
    assert not another_try_helps([LACK, file])
