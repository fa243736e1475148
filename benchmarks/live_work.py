"""One piece of work for every tool: cases, an endpoint, and what a tool has to say afterwards."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

ENDPOINT = Path(__file__).with_name("live_endpoint.py")


@dataclass(frozen=True)
class Plan:
    """How much is asked, how many calls at once, and what the endpoint is like."""

    cases: int
    in_flight: int
    latency_ms: float
    faults: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Job:
    """A plan as one process meets it: `folder` is its own, `answers` is what it may write."""

    plan: Plan
    folder: Path
    cases: Path
    base_url: str

    @property
    def answers(self) -> Path:
        """One JSON object a line, with `id` and `score`."""
        return self.folder / "answers.jsonl"

    @property
    def told(self) -> Path:
        """What the process printed."""
        return self.folder / "told.txt"


@dataclass(frozen=True)
class Came:
    """What came out: how many cases have a score, the mean of those, a few words."""

    scored: int
    mean: float | None
    words: str = ""


class Tool(Protocol):
    """One way of doing the work."""

    name: str

    def missing(self) -> str:
        """Why it cannot be measured here; empty when it can."""

    def prepare(self, job: Job) -> None:
        """Write its files; what an earlier run left is gone, what a first run makes is there."""

    def command(self, job: Job) -> Sequence[str]:
        """The process to be measured, started in the job's folder."""

    def came(self, job: Job) -> Came:
        """Read what it left behind."""


def write_cases(path: Path, count: int) -> None:
    """Write made-up cases in evalgate's own format, which the other tools read too."""
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            question = f"case {number:06d}: What is 3 * {number} + 1? Give the value and a reason."
            expected = f"The value is {3 * number + 1}."
            case = {"id": f"c{number:06d}", "inputs": {"question": question}, "expected": expected}
            file.write(f"{json.dumps(case)}\n")


@contextmanager
def endpoint(plan: Plan, counted: dict[str, Any]) -> Iterator[str]:
    """Serve in a process of its own; `counted` is filled in when it ends."""
    faults = [f"{name}={share}" for name, share in plan.faults.items()]
    with subprocess.Popen(
        [sys.executable, str(ENDPOINT), str(plan.latency_ms), *faults],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}/v1"
        finally:
            counted |= json.loads(process.communicate("")[0])


def came_from(scores: Sequence[float | None], words: str = "") -> Came:
    """Count what has a score."""
    known = [score for score in scores if score is not None]
    return Came(len(known), sum(known) / len(known) if known else None, words)


def last_line(job: Job) -> str:
    """The last line that the process printed."""
    lines = job.told.read_text(encoding="utf-8", errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "")
