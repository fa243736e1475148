"""What of a baseline file can be held against today's cases and judges, and what cannot."""

from collections.abc import Iterator
from dataclasses import replace

from evalgate.domain.rule import MIN_COVERAGE
from evalgate.domain.sheet import Absence, CaseMark, Column, Scoresheet
from evalgate.errors import Problem, UserMistake
from evalgate.evalset.reading import case_digests, read_cases
from evalgate.pipeline.bench import Bench, identity_of
from evalgate.results.baseline_files import BEGIN, FiledRun

ANEW = f"set it again from a run of today: {BEGIN}"


def fitted(bench: Bench, filed: FiledRun) -> FiledRun:
    """A baseline file's scores on today's cases.

    Raises UserMistake where they are not comparable. A judge that changed and that no rule holds
    against the baseline is left out. A case of which another answer is expected today has no
    score any longer: what was answered is not kept, so that it cannot be judged again.
    """
    if problems := list(_not_comparable(bench, filed)):
        raise UserMistake(problems)
    manifest, scores = filed.manifest, filed.scores
    today = {judge.name: identity_of(bench.project, judge) for judge in bench.judges}
    judges = {name: one for name, one in manifest.judges.items() if today.get(name) == one}
    gone = [name for name in manifest.judges if name not in judges]
    columns = {name: column for name, column in scores.columns.items() if name not in gone}
    fit = replace(
        filed,
        manifest=manifest.model_copy(update={"judges": judges}),
        scores=replace(scores, columns=columns),
    )
    return fit if manifest.evalset.digest == bench.evalset.digest else _on_todays_cases(bench, fit)


def _not_comparable(bench: Bench, filed: FiledRun) -> Iterator[Problem]:
    path, manifest = filed.origin.path, filed.manifest
    theirs = manifest.evalset.ref
    if theirs.partition("@")[0] != bench.evalset.name:
        yield Problem(f"is of {theirs}, the suite is on {bench.evalset.ref}", path, remedy=ANEW)
    compared = {rule.score for rule in bench.suite.rules if rule.needs_baseline}
    for judge in bench.judges:
        if judge.name not in compared:
            continue
        today, then = identity_of(bench.project, judge), manifest.judges.get(judge.name)
        if then is None:
            yield Problem(f"has no scores of {judge.name}", path, remedy=ANEW)
        elif then.digest != today.digest:
            fault = f"{judge.name} was {then.digest} when it was set, and is now {today.digest}"
            yield Problem(fault, path, remedy=ANEW)
        elif then != today:
            fault = f"{judge.name} was asked at {then.endpoint}, today it is {today.endpoint}"
            yield Problem(fault, path, remedy=ANEW)


def _on_todays_cases(bench: Bench, filed: FiledRun) -> FiledRun:
    """The same after the evalset moved on: which cases are gone, and which are judged otherwise."""
    known, common, stale = set[str](), 0, []
    for case in read_cases(bench.evalset):
        known.add(case.id)
        facts = filed.scores.cases.get(case.id)
        inputs, wanted = case_digests(case)
        if facts is None or facts.inputs_digest != inputs:
            continue
        common += 1
        if filed.expected[case.id] != wanted:
            stale.append(case.id)
    path, today = filed.origin.path, bench.evalset.ref
    if not common:
        raise UserMistake(Problem(f"has no case in common with {today}", path, remedy=ANEW))
    if len(stale) > (1 - MIN_COVERAGE) * common:
        fault = f"{today} expects other answers in {len(stale)} of {common} cases"
        remedy = f"its own answers are not kept to be judged again; {ANEW}"
        raise UserMistake(Problem(fault, path, remedy=remedy))
    removed = tuple(case for case in filed.scores.cases if case not in known)
    origin = filed.origin.model_copy(update={"removed": removed, "not_judged_again": tuple(stale)})
    return replace(filed, origin=origin, scores=_without_scores(bench, filed.scores, stale))


def _without_scores(bench: Bench, scores: Scoresheet, stale: list[str]) -> Scoresheet:
    """The judges' scores of some cases are taken away; what was measured still holds."""
    judges = {judge.name for judge in bench.judges}
    columns = {
        name: _emptied(column, stale) if name in judges else column
        for name, column in scores.columns.items()
    }
    return replace(scores, columns=columns)


def _emptied(column: Column, stale: list[str]) -> Column:
    nothing: CaseMark = Absence.UNSCORED
    if column.trials > 1:
        nothing = (Absence.UNSCORED,) * column.trials
    return replace(column, marks={**column.marks, **dict.fromkeys(stale, nothing)})
