"""One candidate over one evalset: answer, judge, keep; a bounded number of cases at once."""

import asyncio
import datetime as dt
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from evalgate.candidate.protocol import Candidate
from evalgate.domain.answer import Answer
from evalgate.domain.case import Case, Question
from evalgate.domain.run import Manifest
from evalgate.errors import BudgetEnded, Disagreement, Stopped, UserMistake
from evalgate.judge.protocol import Judge
from evalgate.pipeline.judging import has_failed, judge_case, prepared
from evalgate.pipeline.models import Models
from evalgate.pipeline.progress import Progress
from evalgate.report.going_on import how_to_go_on
from evalgate.results.writing import RunWriter, Took, letting_go

MOST_HELD = 1_000
"""So many answers may wait for judges that are not ready; MLflow's import takes seconds.

Only answers that are recorded wait: a stop would lose the others.
"""

TURN_S = 0.01
"""So long a worker that never waits may go on before the others, and Ctrl-C, have their turn."""


@dataclass(frozen=True, slots=True)
class Work:
    """Everything one run needs."""

    candidate: Candidate
    judges: Sequence[Judge]
    cases: Iterator[Case]
    total: int  # answers, as many for each case as the run has trials
    in_flight: int
    progress: Progress
    models: Models


class Begun(NamedTuple):
    """What the clock and the bill said when a run began."""

    moment: float
    spent_usd: float


async def evaluate(work: Work, writer: RunWriter) -> Manifest:
    """Run every case that the writer does not have yet; a stop keeps what was judged."""
    begun = Begun(time.monotonic(), work.models.spent_usd)
    with letting_go(writer):
        title = f"{writer.manifest.candidate.name} on {writer.manifest.evalset.ref}"
        work.progress.started(title, work.total, len(writer.done))
        try:
            ended = await _Workers(work, writer).all_cases()
        except (asyncio.CancelledError, KeyboardInterrupt):
            _close(work, writer, begun, "stopped")
            raise Stopped(how_to_go_on(writer.manifest, work.total)) from None
        except UserMistake:
            _close(work, writer, begun, "stopped")
            raise
        finally:
            work.progress.ended()
            try:
                await work.candidate.aclose()
            finally:
                await work.models.aclose()
        if ended is not None:
            manifest = _close(work, writer, begun, "stopped")
            raise BudgetEnded(f"{ended}; {how_to_go_on(manifest, work.total)}")
        _refuse_gaps(work, writer, begun)
        return _close(work, writer, begun, "finished")


def _refuse_gaps(work: Work, writer: RunWriter, begun: Begun) -> None:
    """Raise Disagreement, and leave the run unfinished, when not every case was judged.

    A task that is cancelled on its own ends without a word, and the case it held is lost.
    """
    if len(writer.done) == work.total:
        return
    manifest = _close(work, writer, begun, "stopped")
    what = "cases" if manifest.trials == 1 else "answers"
    raise Disagreement(
        f"{manifest.run_id} ended with {manifest.judged} of {work.total} {what} judged,"
        " and nobody stopped it"
    )


class Answered(NamedTuple):
    """A case with one of its answers."""

    case: Case
    answer: Answer
    trial: int


class _Workers:
    """`in_flight` of them draw from one stream, so that no more cases are held than that.

    Until the judges are ready, `MOST_HELD` answers beside those are collected for them.
    """

    def __init__(self, work: Work, writer: RunWriter) -> None:
        self._work = work
        self._writer = writer
        self._waiting = (
            (case, trial)
            for case in work.cases
            for trial in range(writer.manifest.trials)
            if (case.id, trial) not in writer.done
        )
        self._held: deque[Answered] = deque()
        self._let_in = 0.0
        self._most_held = MOST_HELD if work.candidate.identity.model else 0
        self._ended: list[BudgetEnded] = []

    async def all_cases(self) -> BudgetEnded | None:
        """Answer and judge; when nothing more may be spent, end what is under way and say why."""
        try:
            async with asyncio.TaskGroup() as group:
                ready = group.create_task(prepared(self._work.judges))
                for _ in range(self._work.in_flight):
                    group.create_task(self._worker(ready))
        except BaseExceptionGroup as failures:
            # the first failure is the one to tell; the others were cancelled because of it
            raise failures.exceptions[0] from None
        return self._ended[0] if self._ended else None

    async def _worker(self, ready: asyncio.Task[None]) -> None:
        try:
            while (answered := await self._next_answer(ready)) is not None:
                if ready.done() or len(self._held) >= self._most_held:
                    await self._judge(*answered)
                else:
                    self._held.append(answered)
                await self._let_others_in()
        except BudgetEnded as end:
            self._ended.append(end)

    async def _let_others_in(self) -> None:
        """Let Ctrl-C and the other workers in, even where no candidate and no judge ever waits.

        Not after each case: when many replies come at once, every next request would wait until
        all of them were looked at.
        """
        now = time.monotonic()
        if now - self._let_in >= TURN_S:
            self._let_in = now
            await asyncio.sleep(0)

    async def _next_answer(self, ready: asyncio.Task[None]) -> Answered | None:
        if self._held and ready.done():
            return self._held.popleft()
        if (waiting := next(self._waiting, None)) is not None:
            case, trial = waiting
            if (over := self._work.models.time_is_over()) is not None:
                raise BudgetEnded(over)
            answer = await self._work.candidate.answer(Question(case.id, case.inputs, trial))
            return Answered(case, answer, trial)
        if self._held:
            await asyncio.wait([ready])
        return self._held.popleft() if self._held else None

    async def _judge(self, case: Case, answer: Answer, trial: int) -> None:
        judged = await judge_case(case, answer, self._work.judges, trial)
        self._writer.append(judged)
        spent_usd = self._work.models.spent_usd
        self._work.progress.judged(failed=has_failed(judged), spent_usd=spent_usd)


def _close(
    work: Work, writer: RunWriter, begun: Begun, status: Literal["stopped", "finished"]
) -> Manifest:
    took = Took(time.monotonic() - begun.moment, work.models.spent_usd - begun.spent_usd)
    return writer.close(status, dt.datetime.now(dt.UTC), took)
