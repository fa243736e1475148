"""The whole way of some pairs: judgements on disk, the decision, MLflow, the exit code."""

import datetime as dt
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from evalgate.domain.answer import Produced
from evalgate.domain.finding import Verdict
from evalgate.domain.identity import CandidateIdentity, EvalsetIdentity, JudgeIdentity
from evalgate.domain.judgement import Scored, Unscored
from evalgate.domain.rule import Rule
from evalgate.domain.run import JudgedCase, Manifest
from evalgate.domain.sheet import Absence, Mark, Scoresheet, marks_of
from evalgate.domain.specs import Suite
from evalgate.errors import ExitCode
from evalgate.gate.ruling import Sheets
from evalgate.pipeline.deciding import Sides, all_findings, decide_runs
from evalgate.results.reading import StoredRun, open_run
from evalgate.results.writing import RunWriter, Took, letting_go
from evalgate.tracking.validation import ask_mlflow

NOW = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)


class Expected(NamedTuple):
    """What was decided without the disk and without MLflow."""

    rules: list[Rule]
    verdict: Verdict
    code: ExitCode


def refuse_other_verdict(sheets: Sheets, expectations: Sequence[Expected]) -> None:
    """Raise AssertionError unless stored runs come to the same verdict and exit code."""
    assert sheets.baseline is not None, "a simulated run has a baseline"
    with tempfile.TemporaryDirectory() as folder:
        run = store(Path(folder) / "new", sheets.candidate)
        base = store(Path(folder) / "old", sheets.baseline)
        for expected in expectations:
            suite = Suite(evalset="simulated@v1", judges=("s",), rules=tuple(expected.rules))
            decision = decide_runs(("simulated", suite), Sides(run, base), ())
            ask_mlflow(all_findings([decision]))
            said = decision.verdict, decision.exit_code
            if said != (expected.verdict, int(expected.code)):
                raise AssertionError(f"stored runs say {said}, not {expected}")


def store(folder: Path, sheet: Scoresheet) -> StoredRun:
    """Write a run as `run` does, and open it again."""
    column = sheet.columns["s"]
    manifest = Manifest(
        run_id=folder.name,
        status="running",
        suite="simulated",
        candidate=CandidateIdentity(
            name=folder.name, kind="recorded", digest=folder.name, complete=True
        ),
        evalset=EvalsetIdentity(ref="simulated@v1", digest="", cases=len(sheet.cases), frozen=True),
        judges={"s": JudgeIdentity(digest="", scale=column.scale)},
        trials=column.trials,
        started=NOW,
    )
    with letting_go(RunWriter(folder, manifest)) as writer:
        for case, facts in sheet.cases.items():
            for trial, mark in enumerate(marks_of(column, case)):
                writer.append(
                    JudgedCase(
                        id=case,
                        trial=trial,
                        inputs_digest=facts.inputs_digest,
                        expected_digest="",
                        slices=dict(facts.slices),
                        cluster=facts.cluster,
                        answer=Produced(text="an answer"),
                        judgements={"s": judgement_of(mark)},
                    )
                )
        writer.close("finished", NOW, Took(0.0))
    return open_run(folder)


def judgement_of(mark: Mark) -> Scored | Unscored:
    """The judgement that a mark came from."""
    if isinstance(mark, Absence):
        return Unscored(cause="unparsable", detail="the simulated judge failed")
    return Scored(score=mark)
