"""A run is finished when every case was judged, and not otherwise."""

import asyncio
from pathlib import Path

import pytest

from evalgate.domain.answer import Answer, Produced
from evalgate.domain.case import Case, Question
from evalgate.domain.identity import CandidateIdentity
from evalgate.domain.provider import Budget
from evalgate.domain.specs import Gates
from evalgate.errors import Disagreement
from evalgate.pipeline.evaluating import Work, evaluate
from evalgate.pipeline.models import Asking, Models
from evalgate.pipeline.progress import Unwatched
from evalgate.results.reading import open_run
from evalgate.results.writing import RunWriter
from run_files import manifest


class LosingTheThird:
    """Answers, but at the third question the task that asks is cancelled."""

    identity = CandidateIdentity(name="c", kind="python", digest="d", complete=True)

    async def answer(self, question: Question) -> Answer:
        """Answer one question."""
        if question.case_id == "c3":
            raise asyncio.CancelledError
        return Produced(text="yes")

    async def aclose(self) -> None:
        """There is nothing to let go of."""


def work(count: int, total: int, in_flight: int = 2) -> Work:
    """So many cases, where `total` were counted."""
    cases = iter([Case(id=f"c{number}", inputs={}) for number in range(1, count + 1)])
    nobody = Models(Path(), {}, Asking(), no_gates)
    return Work(LosingTheThird(), [], cases, total, in_flight, Unwatched(), nobody)


def no_gates() -> Gates:
    """Gates without a budget; nobody is asked here."""
    return Gates.model_construct(schema_version=1, providers={}, budget=Budget(), suites={})


def run_of(folder: Path, of: Work) -> None:
    """Evaluate into a folder."""
    asyncio.run(evaluate(of, RunWriter(folder, manifest())))


@pytest.mark.parametrize("in_flight", [1, 2, 9])
def test_a_task_that_was_cancelled_on_its_own_is_missed(tmp_path: Path, in_flight: int) -> None:
    """The case that it held is lost without a word: that run is not finished."""
    with pytest.raises(Disagreement, match=r"^r1 ended with \d of 5 cases judged, and nobody"):
        run_of(tmp_path / "r1", work(5, 5, in_flight))

    run = open_run(tmp_path / "r1")
    assert run.manifest.status == "stopped"
    assert run.manifest.judged == sum(1 for _ in run.cases()) < 5
    assert run.partial() == "unfinished (stopped)"


@pytest.mark.parametrize("total", [1, 3])
def test_a_run_of_another_number_of_cases_than_was_counted(tmp_path: Path, total: int) -> None:
    """Neither too few nor too many."""
    with pytest.raises(Disagreement, match=rf"2 of {total} cases"):
        run_of(tmp_path / "r1", work(2, total))

    assert open_run(tmp_path / "r1").manifest.status == "stopped"


def test_every_case_was_judged(tmp_path: Path) -> None:
    """Then the run is finished."""
    run_of(tmp_path / "r1", work(2, 2))

    assert open_run(tmp_path / "r1").manifest.status == "finished"
