"""While a judge is made ready, answers go on; never so many that memory grows with the cases."""

import asyncio
from pathlib import Path

import pytest

from evalgate.domain.answer import Answer, Produced
from evalgate.domain.case import Case, Question
from evalgate.domain.identity import CandidateIdentity
from evalgate.domain.judgement import Scored
from evalgate.domain.provider import Budget
from evalgate.domain.scale import BINARY
from evalgate.domain.specs import Gates
from evalgate.errors import ServiceFailed
from evalgate.pipeline.evaluating import MOST_HELD, Work, evaluate
from evalgate.pipeline.models import Asking, Models
from evalgate.pipeline.progress import Unwatched
from evalgate.results.reading import open_run
from evalgate.results.writing import RunWriter
from run_files import manifest

IN_FLIGHT = 4


class Counting:
    """Answers, and says when it has given `goal` answers."""

    def __init__(self, goal: int, model: str = "m:/one") -> None:
        kind = "chat" if model else "python"
        self.identity = CandidateIdentity(
            name="c", kind=kind, digest="d", complete=True, model=model
        )
        self.answered = 0
        self.reached = asyncio.Event()
        self._goal = goal

    async def answer(self, question: Question) -> Answer:
        """Answer one question."""
        await asyncio.sleep(0)
        self.answered += 1
        if self.answered == self._goal:
            self.reached.set()
        return Produced(text=question.case_id)

    async def aclose(self) -> None:
        """There is nothing to let go of."""


class Late:
    """A judge that is ready when `until` is set; it sets `asked` when it is asked."""

    name, scale, digest = "late", BINARY, "d"

    def __init__(self, until: asyncio.Event, asked: asyncio.Event) -> None:
        self._until = until
        self.asked = asked
        self.judged: list[str] = []

    async def prepare(self) -> None:
        """Wait."""
        await self._until.wait()

    async def judge(self, case: Case, answer: Produced) -> Scored:
        """Judge, once it is ready."""
        self.asked.set()
        await self._until.wait()
        assert answer.text == case.id
        self.judged.append(case.id)
        return Scored(score=1, reason="")


class Broken(Late):
    """A judge that cannot be made ready."""

    async def prepare(self) -> None:
        """Fail."""
        raise ServiceFailed("MLflow's interpreter ended")


def no_gates() -> Gates:
    """Gates without a budget; nobody is asked here."""
    return Gates.model_construct(schema_version=1, providers={}, budget=Budget(), suites={})


async def run_of(folder: Path, candidate: Counting, judge: Late, count: int) -> None:
    """Evaluate so many cases into a folder."""
    cases = iter([Case(id=f"c{number}", inputs={}) for number in range(count)])
    nobody = Models(Path(), {}, Asking(), no_gates)
    work = Work(candidate, [judge], cases, count, IN_FLIGHT, Unwatched(), nobody)
    async with asyncio.timeout(30):  # instead of for ever, when nobody goes on
        await evaluate(work, RunWriter(folder, manifest()))


def test_answers_go_on_while_a_judge_is_not_ready(tmp_path: Path) -> None:
    """It becomes ready only after more answers than there are workers; then it judges them all."""

    async def late() -> Late:
        candidate = Counting(goal=3 * IN_FLIGHT)
        judge = Late(candidate.reached, asyncio.Event())
        await run_of(tmp_path / "r1", candidate, judge, 5 * IN_FLIGHT)
        return judge

    judge = asyncio.run(late())

    assert sorted(judge.judged) == sorted(f"c{number}" for number in range(5 * IN_FLIGHT))
    assert open_run(tmp_path / "r1").manifest.judged == 5 * IN_FLIGHT


def test_a_judge_may_become_ready_after_the_last_answer(tmp_path: Path) -> None:
    """Then all are judged in the end."""

    async def late() -> None:
        candidate = Counting(goal=7)
        await run_of(tmp_path / "r1", candidate, Late(candidate.reached, asyncio.Event()), 7)

    asyncio.run(late())

    assert open_run(tmp_path / "r1").manifest.judged == 7


def test_only_so_many_answers_wait_for_a_judge(tmp_path: Path) -> None:
    """It is ready when somebody waits for it: until then a bounded number of cases was answered."""
    answered: list[int] = []

    async def late() -> None:
        asked = asyncio.Event()
        candidate = Counting(goal=0)
        judge = Late(asked, asked)

        async def look() -> None:
            await asked.wait()
            answered.append(candidate.answered)

        looking = asyncio.create_task(look())
        await run_of(tmp_path / "r1", candidate, judge, MOST_HELD + 50)
        await looking

    asyncio.run(late())

    assert MOST_HELD < answered[0] <= MOST_HELD + IN_FLIGHT


def test_answers_that_a_stop_would_lose_do_not_wait(tmp_path: Path) -> None:
    """Only a model's replies are recorded: of a function no more is asked than is in flight."""
    answered: list[int] = []

    async def late() -> None:
        asked = asyncio.Event()
        candidate = Counting(goal=0, model="")

        async def look() -> None:
            await asked.wait()
            answered.append(candidate.answered)

        looking = asyncio.create_task(look())
        await run_of(tmp_path / "r1", candidate, Late(asked, asked), 50)
        await looking

    asyncio.run(late())

    assert 0 < answered[0] <= IN_FLIGHT


def test_a_judge_that_cannot_be_made_ready_ends_the_run(tmp_path: Path) -> None:
    """With its own words, also when every case was answered meanwhile."""

    async def broken() -> None:
        never = asyncio.Event()
        await run_of(tmp_path / "r1", Counting(goal=0), Broken(never, never), 3)

    with pytest.raises(ServiceFailed, match="MLflow's interpreter ended"):
        asyncio.run(broken())

    assert open_run(tmp_path / "r1").manifest.status != "finished"
