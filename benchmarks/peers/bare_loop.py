"""The same work in a bare aiohttp loop: what the machine and the endpoint allow."""

import asyncio
import json
import random
import sys
from pathlib import Path
from typing import Any

import aiohttp

PROMPT = """Grade the answer against what is expected.
Question: {question}
Expected: {expected}
Answer: {answer}
Reply with JSON: {{"score": 1 to 5, "justification": "one sentence"}}."""
MOST_ATTEMPTS = 6
Row = dict[str, Any]


class Bare:
    """Asks, and asks again as a careful loop would."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = url

    async def text(self, model: str, content: str) -> str:
        """The reply's text; an attempt that failed is repeated."""
        body = {"model": model, "messages": [{"role": "user", "content": content}]}
        for attempt in range(MOST_ATTEMPTS):
            pause = min(8.0, 0.25 * 2**attempt) * random.uniform(0.75, 1.25)
            try:
                async with self._session.post(self._url, json=body) as got:
                    if got.status == 200:
                        said = await got.json()
                        return str(said["choices"][0]["message"]["content"])
                    pause = float(got.headers.get("retry-after", pause))
            except TimeoutError:
                pause = 0.0
            await asyncio.sleep(pause)
        raise RuntimeError(content)

    async def row(self, case: Row) -> Row:
        """Answer one case and have it judged."""
        answer = await self.text("candidate", case["inputs"]["question"])
        for _ in range(3):
            words = {**case["inputs"], "expected": case["expected"], "answer": answer}
            said = await self.text("judge", PROMPT.format(**words))
            try:
                return {"id": case["id"], "answer": answer, "score": json.loads(said)["score"]}
            except ValueError:
                continue
        return {"id": case["id"], "answer": answer, "score": None}


async def ask_all(cases: list[Row], base_url: str, in_flight: int, timeout_s: float) -> list[Row]:
    """Let `in_flight` workers draw from one list."""
    rows: list[Row] = []
    waiting = iter(cases)
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=in_flight),
        timeout=aiohttp.ClientTimeout(total=timeout_s),
    ) as session:
        bare = Bare(session, f"{base_url}/chat/completions")

        async def work() -> None:
            rows.extend([await bare.row(case) for case in waiting])

        await asyncio.gather(*(work() for _ in range(in_flight)))
    return rows


def main() -> None:
    """Do the work and write what came out."""
    cases, base_url, in_flight, out, timeout_s = sys.argv[1:6]
    lines = [json.loads(line) for line in Path(cases).read_text().splitlines()]
    rows = asyncio.run(ask_all(lines, base_url, int(in_flight), float(timeout_s)))
    Path(out).write_text("".join(f"{json.dumps(row)}\n" for row in rows))


main()
