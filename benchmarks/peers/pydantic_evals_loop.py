"""The same work with pydantic-evals: a task on AsyncOpenAI, scored by its LLMJudge."""

# what it imports is in an environment of its own:
# mypy: ignore-errors

import asyncio
import json
import sys
from pathlib import Path

from openai import AsyncOpenAI
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider
from pydantic_evals import Case, Dataset
from pydantic_evals.evaluators import LLMJudge
from pydantic_evals.reporting import ReportCase


def main() -> None:
    """Do the work and write what came out."""
    path, base_url, in_flight, out = sys.argv[1:5]
    lines = [json.loads(line) for line in Path(path).read_text().splitlines()]
    client = AsyncOpenAI(base_url=base_url, api_key="none")

    async def answered(question: str) -> str:
        reply = await client.chat.completions.create(
            model="candidate", messages=[{"role": "user", "content": question}], temperature=0
        )
        return reply.choices[0].message.content

    provider = OpenAIProvider(base_url=base_url, api_key="none")
    judge = LLMJudge(
        rubric="The output gives the value that is expected. Score it from 1 to 5.",
        model=OpenAIChatModel("judge", provider=provider),
        include_input=True,
        include_expected_output=True,
        score={"include_reason": True, "evaluation_name": "score"},
        assertion=False,
    )
    cases = [
        Case(name=each["id"], inputs=each["inputs"]["question"], expected_output=each["expected"])
        for each in lines
    ]
    told = asyncio.run(
        Dataset(name="live", cases=cases, evaluators=[judge]).evaluate(
            answered, max_concurrency=int(in_flight), progress=False
        )
    )
    rows = [{"id": each.name, "score": _score(each)} for each in told.cases]
    Path(out).write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    print(f"{len(told.cases)} cases in the report, {len(told.failures)} failures")


def _score(case: ReportCase) -> float | None:
    found = case.scores.get("score")
    return None if found is None else found.value


main()
