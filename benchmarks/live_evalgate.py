"""evalgate as a driver of live.py: a generated project with one chat candidate and one judge."""

import json
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from hashlib import sha256
from pathlib import Path

from live_work import Came, Job, came_from, endpoint, write_cases
from measuring import EVALGATE, watched

EVALSET = """schema_version: 1
description: made up
case_schema:
  inputs:
    type: object
    properties: {question: {type: string}}
    required: [question]
  expected: {type: string}
versions:
  - {version: v1, digest: "sha256:%s", cases: %d, frozen: 2026-11-01}
"""
GATES = """schema_version: 1
providers:
  stub: {base_url: "%s", max_in_flight: %d%s}
suites:
  live:
    evalset: live@v1
    candidate: new
    baseline: none
    judges: [graded]
    rules:
      - {score: graded, stat: rate, pass_at: 3, at_least: 0.50}
"""
CANDIDATE = """kind: chat
model: stub:/candidate
messages:
  - {role: system, content: %s}
  - {role: user, content: "{{ question }}"}
parameters: {temperature: 0}
"""
JUDGE = """kind: genai_metric
scale: {kind: ordinal, low: 1, high: 5}
model: stub:/judge
definition: Whether the answer gives the value that is expected.
grading_prompt: |
  1: another value. 3: the value among others. 5: the value alone.
grading_context_columns: [targets]
col_mapping: {inputs: inputs.question, targets: expected}
"""
KEPT = "SELECT count(*) FROM runs JOIN tags USING (run_uuid) WHERE key = 'evalgate.run_id'"


class Evalgate:
    """`python -m evalgate run`, tracking on, in a project that has its MLflow database already."""

    def __init__(self, name: str = "evalgate", *, options: str = "") -> None:
        self.name = name
        self._options = options  # of the provider

    def missing(self) -> str:
        """Nothing: it is what the environment is for."""
        return ""

    def prepare(self, job: Job) -> None:
        """Lay the project out; an earlier run of another candidate has made MLflow's tables."""
        kept = job.folder.with_name(f"{job.folder.name}.kept")
        if not kept.exists():
            self._lay_out(job)
            with endpoint(job.plan, {}) as base_url:
                self._write_gates(job, base_url)
                told = job.told
                command = (*EVALGATE, "run", "--candidate", "old", "--limit", "5")
                watched(command, job.folder, may_end=(3,), told=told)
            (job.folder / ".evalgate").rename(kept)
        shutil.rmtree(job.folder / ".evalgate", ignore_errors=True)
        (job.folder / ".evalgate").mkdir()
        shutil.copy(kept / "mlflow.db", job.folder / ".evalgate")
        self._write_gates(job, job.base_url)

    def command(self, job: Job) -> Sequence[str]:
        """A run as anybody would start it."""
        return (*EVALGATE, "run", "-j", str(job.plan.in_flight))

    def came(self, job: Job) -> Came:
        """Read the run; it has to be in MLflow, finished."""
        scores = []
        for line in _only(job.folder / ".evalgate/runs").read_text().splitlines():
            judgement = json.loads(line)["judgements"]["graded"]
            scores.append(judgement["score"] if judgement["kind"] == "scored" else None)
        with closing(sqlite3.connect(job.folder / ".evalgate/mlflow.db")) as database:
            (kept,) = database.execute(f"{KEPT} AND status = 'FINISHED'").fetchone()
        assert kept == 2, "the run is not in MLflow"  # the one that made the tables is the other
        lines = job.told.read_text(encoding="utf-8").splitlines()
        said = [line for line in lines if line.startswith(("verdict:", "error:"))]
        return came_from(scores, " ".join(said))

    def _lay_out(self, job: Job) -> None:
        evalset = job.folder / "evalsets/live"
        for folder in (evalset, job.folder / "candidates", job.folder / "judges/graded"):
            folder.mkdir(parents=True)
        write_cases(evalset / "v1.jsonl", job.plan.cases)
        digest = sha256((evalset / "v1.jsonl").read_bytes()).hexdigest()
        (evalset / "evalset.yaml").write_text(EVALSET % (digest, job.plan.cases))
        for name, words in (("new", "You answer in one line."), ("old", "You answer.")):
            (job.folder / f"candidates/{name}.yaml").write_text(CANDIDATE % words)
        (job.folder / "judges/graded/judge.yaml").write_text(JUDGE)

    def _write_gates(self, job: Job, base_url: str) -> None:
        text = GATES % (base_url, job.plan.in_flight, self._options)
        (job.folder / "gates.yaml").write_text(text)


def _only(runs: Path) -> Path:
    (found,) = runs.glob("*/judgements.jsonl")
    return found
