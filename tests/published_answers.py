"""The project's own recorded answers, judged by its own judges: real figures for tests."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter

from evalgate.domain.answer import Produced
from evalgate.domain.case import Case
from evalgate.domain.judgement import Scored, Unscored
from evalgate.domain.scale import BINARY
from evalgate.domain.sheet import Absence, CaseFacts, Column, Scoresheet
from evalgate.domain.specs import JudgeSpec
from evalgate.judge.building import build_judge

ROOT = Path(__file__).parents[1]
SPECS: TypeAdapter[JudgeSpec] = TypeAdapter(JudgeSpec)


def rows(path: str) -> list[dict[str, Any]]:
    """Read one of the project's JSONL files."""
    return [json.loads(line) for line in (ROOT / path).read_text("utf-8").splitlines()]


def judgements(judge_name: str, evalset: str, candidate: str) -> list[Scored | Unscored]:
    """Judge a candidate's recorded answers, in the order of the cases."""
    folder = ROOT / "judges" / judge_name
    written = {"kind": judge_name}
    if folder.is_dir():
        written = yaml.safe_load((folder / "judge.yaml").read_text("utf-8"))
    judge = build_judge(judge_name, SPECS.validate_python(written), folder, ROOT)
    answers = {row["id"]: row["answer"] for row in rows(f"candidates/{candidate}.jsonl")}
    cases = [Case.model_validate(row) for row in rows(f"evalsets/{evalset}/v1.jsonl")]

    async def judge_all() -> list[Scored | Unscored]:
        return [await judge.judge(case, Produced(text=answers[case.id])) for case in cases]

    return asyncio.run(judge_all())


def sheet_of(judged: Sequence[Scored | Unscored]) -> Scoresheet:
    """What the gate sees of a run that had one judge with a binary score, named `s`."""
    marks = {
        f"c{place:04}": said.score if isinstance(said, Scored) else Absence.UNSCORED
        for place, said in enumerate(judged)
    }
    facts = {case: CaseFacts(f"inputs of {case}") for case in marks}
    return Scoresheet(facts, {"s": Column(BINARY, marks)})
