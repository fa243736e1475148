"""Runs on disk in a few words."""

import datetime as dt
from pathlib import Path
from typing import Any

from evalgate.domain.answer import Answer, Produced
from evalgate.domain.identity import CandidateIdentity, EvalsetIdentity, JudgeIdentity
from evalgate.domain.judgement import Scored
from evalgate.domain.run import JudgedCase, Manifest
from evalgate.domain.scale import BINARY
from evalgate.results.reading import StoredRun, open_run
from evalgate.results.writing import RunWriter, Took, letting_go

NOW = dt.datetime(2026, 3, 20, 12, 30, 5, tzinfo=dt.UTC)


def manifest(**update: Any) -> Manifest:
    facts: dict[str, Any] = {
        "run_id": "r1",
        "status": "running",
        "suite": "q",
        "candidate": CandidateIdentity(name="c", kind="recorded", digest="d", complete=True),
        "evalset": EvalsetIdentity(ref="e@v1", digest="e", cases=3, frozen=True),
        "judges": {"s": JudgeIdentity(digest="j", scale=BINARY)},
        "started": NOW,
    }
    return Manifest(**(facts | update))


def judged(case: str, answer: Answer | None = None, score: float = 1.0) -> JudgedCase:
    return JudgedCase(
        id=case,
        inputs_digest=f"inputs of {case}",
        expected_digest="",
        slices={"topic": "x"},
        answer=answer or Produced(text=f"the answer to {case}\n…", cost_usd=0.25),
        judgements={"s": Scored(score=score, reason="it is so")},
    )


def write_run(folder: Path, cases: int = 3, *, end: bool = True) -> StoredRun:
    """A run of so many cases; without `end` it was killed after them."""
    with letting_go(RunWriter(folder, manifest(run_id=folder.name))) as writer:
        for number in range(cases):
            writer.append(judged(f"c{number}"))
        if end:
            writer.close("finished", NOW, Took(1.5))
    return open_run(folder)
