"""One candidate over one evalset: answer, judge, keep; a bounded number of cases at once."""

import asyncio
import datetime as dt
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from evalgate.candidate.protocol import Candidate
from evalgate.domain.answer import Answer, NotProduced, Produced, Unanswered
from evalgate.domain.case import Case, Question
from evalgate.domain.judgement import Judgement, Scored
from evalgate.domain.run import JudgedCase, Manifest
from evalgate.errors import BudgetEnded, Disagreement, Stopped, UserMistake
from evalgate.evalset.reading import case_digests
from evalgate.judge.protocol import Judge
from evalgate.pipeline.models import Models
from evalgate.pipeline.progress import Progress
from evalgate.report.going_on import how_to_go_on
from evalgate.results.writing import RunWriter, Took, letting_go


@dataclass(frozen=True, slots=True)
class Work:
    """Everything one run needs."""

    candidate: Candidate
    judges: Sequence[Judge]
    cases: Iterator[Case]
    total: int
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
            ended = await _all_cases(work, writer)
        except (asyncio.CancelledError, KeyboardInterrupt):
            _close(work, writer, begun, "stopped")
            raise Stopped(how_to_go_on(writer.manifest, work.total)) from None
        except UserMistake:
            _close(work, writer, begun, "stopped")
            raise
        finally:
            work.progress.ended()
            await work.candidate.aclose()
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
    raise Disagreement(
        f"{manifest.run_id} ended with {manifest.judged} of {work.total} cases judged,"
        " and nobody stopped it"
    )


async def judge_case(case: Case, answer: Answer, judges: Sequence[Judge]) -> JudgedCase:
    """Have every judge score an answer; what was not produced is not judged."""
    judgements: dict[str, Judgement] = {}
    match answer:
        case Produced():
            for judge in judges:
                judgements[judge.name] = await judge.judge(case, answer)
        case NotProduced() | Unanswered():
            judgements = {judge.name: answer for judge in judges}
    inputs_digest, expected_digest = case_digests(case)
    return JudgedCase(
        id=case.id,
        inputs_digest=inputs_digest,
        expected_digest=expected_digest,
        slices=case.slices,
        cluster=case.cluster,
        answer=answer,
        judgements=judgements,
    )


async def _all_cases(work: Work, writer: RunWriter) -> BudgetEnded | None:
    """Let `in_flight` workers draw from one stream, so that no more cases are held than that.

    When nothing more may be spent, what is under way is brought to its end, and why is returned.
    """
    waiting = (case for case in work.cases if case.id not in writer.done)
    ended: list[BudgetEnded] = []

    async def worker() -> None:
        for case in waiting:
            try:
                answer = await work.candidate.answer(Question(case.id, case.inputs))
                judged = await judge_case(case, answer, work.judges)
            except BudgetEnded as end:
                ended.append(end)
                return
            writer.append(judged)
            work.progress.judged(failed=_has_failed(judged), spent_usd=work.models.spent_usd)
            # a candidate that never waits must still let Ctrl-C and the other workers in
            await asyncio.sleep(0)

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(work.in_flight):
                group.create_task(worker())
    except BaseExceptionGroup as failures:
        # the first failure is the one to tell; the others were cancelled because of it
        raise failures.exceptions[0] from None
    return ended[0] if ended else None


def _has_failed(judged: JudgedCase) -> bool:
    return any(not isinstance(judgement, Scored) for judgement in judged.judgements.values())


def _close(
    work: Work, writer: RunWriter, begun: Begun, status: Literal["stopped", "finished"]
) -> Manifest:
    took = Took(time.monotonic() - begun.moment, work.models.spent_usd - begun.spent_usd)
    return writer.close(status, dt.datetime.now(dt.UTC), took)
