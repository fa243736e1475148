"""The baseline file: what a run makes of it, and a run that is made of it."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

from evalgate.domain.baseline_file import BaselineCase, BaselineFile, BaselineShown, FileMark
from evalgate.domain.names import FROM_FILE, baseline_file_of
from evalgate.domain.provider import is_simulated
from evalgate.domain.rule import MIN_COVERAGE
from evalgate.domain.run import JudgedCase
from evalgate.domain.scale import MEASURED_SCORES
from evalgate.domain.sheet import Absence, Column, Scoresheet, marks_of
from evalgate.errors import Problem, UserMistake
from evalgate.gate.contrast import level_of
from evalgate.pipeline.project import Project
from evalgate.report.numbers import count
from evalgate.results.baseline_files import (
    BEGIN,
    FiledRun,
    filed_run,
    load_baseline,
)
from evalgate.results.reading import StoredRun
from evalgate.results.store import may_be_answered


def baseline_from(run: StoredRun, by: str, set_at: dt.datetime) -> BaselineFile:
    """The scores of a whole run as a baseline; raise UserMistake for one that may be none."""
    sheet, manifest = run.sheet(), run.manifest
    if problems := list(_unfit(run, sheet)):
        raise UserMistake(problems)
    return BaselineFile(
        suite=manifest.suite,
        run_id=manifest.run_id,
        candidate=manifest.candidate,
        evalset=manifest.evalset,
        judges=manifest.judges,
        trials=manifest.trials,
        commit=manifest.provenance.commit,
        dirty=manifest.provenance.dirty,
        judgements_digest=manifest.judgements_digest,
        set_by=by,
        set_at=set_at,
        cases=tuple(_cases(run, sheet)),
    )


def _unfit(run: StoredRun, sheet: Scoresheet) -> Iterator[Problem]:
    """Why nothing should ever be held against a run."""
    manifest = run.manifest
    name, again = manifest.run_id, "run it again, then set that run"
    if part := run.partial():
        yield Problem(f"{name} is only a part of the evalset: {part}", remedy="run all of it")
        return
    if manifest.rejudged_from and manifest.judged != manifest.evalset.cases * manifest.trials:
        yield Problem(f"{name} has only the cases of {manifest.rejudged_from}", remedy=again)
    for model in filter(is_simulated, manifest.models):
        yield Problem(f"{name} asked {model}, which is no LLM", remedy="set a real run")
    waiting = manifest.unanswered if may_be_answered(manifest) else 0
    if waiting or manifest.unjudged:
        lost = f"{count(waiting, 'answer')} and {count(manifest.unjudged, 'judgement')}"
        yield Problem(f"{name} lacks {lost}: a service failed", remedy=again)
        return
    for judge in manifest.judges:
        marks = [mark for case in sheet.cases for mark in marks_of(sheet.columns[judge], case)]
        missing = sum(mark in (Absence.UNANSWERED, Absence.UNSCORED) for mark in marks)
        if marks and all(mark is Absence.NOT_PRODUCED for mark in marks):
            yield Problem(f"{name} has no answer: the candidate produced none", remedy=again)
            return
        if missing > (1 - MIN_COVERAGE) * len(marks):
            fault = f"{judge} has no score in {missing} of {len(marks)} answers of {name}"
            yield Problem(fault, remedy=again)


def _cases(run: StoredRun, sheet: Scoresheet) -> Iterator[BaselineCase]:
    """Every case once; a measured score that no answer has is left out."""
    known = [
        name
        for name, column in sheet.columns.items()
        if name not in MEASURED_SCORES or _is_known(column, sheet)
    ]
    firsts: dict[str, JudgedCase] = {}
    for judged in run.cases():
        firsts.setdefault(judged.id, judged)
    for case in sorted(sheet.cases):  # judged in any order, and a review wants the same one
        scores: dict[str, FileMark] = {name: sheet.columns[name].marks[case] for name in known}
        first = firsts[case]
        yield BaselineCase(
            id=case, inputs=first.inputs_digest, expected=first.expected_digest, scores=scores
        )


def _is_known(column: Column, sheet: Scoresheet) -> bool:
    marks = (mark for case in sheet.cases for mark in marks_of(column, case))
    return any(not isinstance(mark, Absence) for mark in marks)


def show_baseline(project: Project, name: str | None) -> BaselineShown:
    """What a suite's baseline file says."""
    suite, _ = project.suite(name)
    path = project.root / baseline_file_of(suite)
    return shown_of(_loaded(path, baseline_file_of(suite)), baseline_file_of(suite))


def shown_of(
    baseline: BaselineFile, path: str, before: BaselineFile | None = None
) -> BaselineShown:
    """What a baseline file says without its cases, beside the one that it took the place of."""
    return BaselineShown(
        path=path,
        suite=baseline.suite,
        run_id=baseline.run_id,
        candidate=baseline.candidate.name,
        evalset=baseline.evalset.ref,
        cases=len(baseline.cases),
        judges=tuple(baseline.judges),
        means=_means(baseline, path),
        means_before=_means(before, path) if before else {},
        trials=baseline.trials,
        commit=baseline.commit,
        dirty=baseline.dirty,
        set_by=baseline.set_by,
        set_at=baseline.set_at,
        seal=baseline.seal,
    )


def _means(baseline: BaselineFile, path: str) -> dict[str, float | None]:
    sheet = filed_run(baseline, path).sheet()
    return {judge: level_of(judge, sheet).mean for judge in baseline.judges}


def open_filed(path: Path, shown_as: str, at: str = "") -> FiledRun:
    """Read a baseline file as a run; one that is not there is a mistake, never a first run."""
    return filed_run(_loaded(path, shown_as), shown_as, at)


def _loaded(path: Path, shown_as: str) -> BaselineFile:
    if not path.is_file():
        raise UserMistake(Problem("there is no such baseline file", shown_as, remedy=BEGIN))
    return load_baseline(path, shown_as)


def filed_by_path(text: str) -> FiledRun:
    """The baseline that `file:PATH` names."""
    path = text.removeprefix(FROM_FILE)
    return open_filed(Path(path), path)
