"""One answer of a case before all judges."""

import asyncio
from collections.abc import Sequence

from evalgate.domain.answer import Answer, NotProduced, Produced, Unanswered
from evalgate.domain.case import Case
from evalgate.domain.judgement import Judgement, Scored
from evalgate.domain.run import JudgedCase
from evalgate.evalset.reading import case_digests
from evalgate.judge.protocol import Judge, PreparedJudge


async def judge_case(
    case: Case, answer: Answer, judges: Sequence[Judge], trial: int = 0
) -> JudgedCase:
    """Have every judge score an answer; what was not produced is not judged.

    A judge is not told the trial. One that asks a model is asked once about two equal answers to a
    case: trials show how much the candidate varies, and whatever the judge's own mood adds stays
    in the case's mean, where the bounds, which are over cases, see it.
    """
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
        trial=trial,
        inputs_digest=inputs_digest,
        expected_digest=expected_digest,
        slices=case.slices,
        cluster=case.cluster,
        answer=answer,
        judgements=judgements,
    )


async def prepared(judges: Sequence[Judge]) -> None:
    """Return when all judges can judge; they are asked at once, as MLflow makes one by one."""
    await asyncio.gather(*(each.prepare() for each in judges if isinstance(each, PreparedJudge)))


def has_failed(judged: JudgedCase) -> bool:
    """True when any judge gave no score."""
    return any(not isinstance(judgement, Scored) for judgement in judged.judgements.values())
