"""What was decided on a run stays beside it."""

import datetime as dt
from pathlib import Path

import pytest

from evalgate.domain.decision import Decision
from evalgate.domain.finding import Outcome, Verdict
from evalgate.results.past_verdicts import VERDICTS, first_verdict, last_verdict, remember_verdict
from report_facts import sheet


def decision(verdict: Verdict = Verdict.PASSED, suite: str = "q", code: int = 0) -> Decision:
    return Decision(
        suite=suite,
        suites=(suite,),
        evalset="e@v1",
        verdict=verdict,
        outcome=Outcome.GREEN,
        exit_code=code,
        rulings=(),
        rules=(),
        decided_on=dt.date(2026, 3, 20),
        candidate=sheet("new"),
        baseline=sheet("old"),
    )


def test_the_first_verdict_is_what_was_said_then(tmp_path: Path) -> None:
    """Later rules say something else; another suite says nothing of this one."""
    assert first_verdict(tmp_path, "q") is None
    remember_verdict(tmp_path, decision(suite="other"))
    remember_verdict(tmp_path, decision())
    remember_verdict(tmp_path, decision(Verdict.FAILED, code=1))

    said = first_verdict(tmp_path, "q")

    assert said is not None
    assert (said.verdict, said.exit_code, said.baseline) == (Verdict.PASSED, 0, "run-old")


def test_the_last_verdict_is_of_the_same_suite(tmp_path: Path) -> None:
    """What another suite said since is its own."""
    assert last_verdict(tmp_path, "q") is None
    remember_verdict(tmp_path, decision())
    remember_verdict(tmp_path, decision(Verdict.FAILED, code=1))
    remember_verdict(tmp_path, decision(suite="other"))

    said = last_verdict(tmp_path, "q")

    assert said is not None
    assert said.exit_code == 1


def test_a_verdict_that_stands_is_written_once(tmp_path: Path) -> None:
    for _ in range(3):
        remember_verdict(tmp_path, decision())

    assert len((tmp_path / VERDICTS).read_bytes().splitlines()) == 1


@pytest.mark.parametrize("torn", [b'{"suite": "q', b"\xff", b'{"suite": "q"}\n'])
def test_half_a_line_is_no_verdict_and_swallows_none(tmp_path: Path, torn: bytes) -> None:
    """A kill may leave half a line; the next verdict is whole."""
    (tmp_path / VERDICTS).write_bytes(torn)

    assert first_verdict(tmp_path, "q") is None
    remember_verdict(tmp_path, decision())

    assert first_verdict(tmp_path, "q") is not None
