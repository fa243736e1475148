"""From stored runs to a decision: the gate decides, and the decision carries its evidence."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from evalgate.domain.case import SliceValue
from evalgate.domain.decision import (
    Decision,
    WrittenColumn,
    WrittenSheet,
)
from evalgate.domain.decision_warnings import UnchangedCandidate
from evalgate.domain.finding import Finding
from evalgate.domain.rule import MIN_COVERAGE
from evalgate.domain.run import Manifest
from evalgate.domain.sheet import Scoresheet
from evalgate.domain.specs import Suite, Waiver
from evalgate.gate.ruling import Sheets, rule_on
from evalgate.pipeline.contenders import refuse_simulated
from evalgate.pipeline.sealing import seal_of
from evalgate.results.baseline_files import FiledRun
from evalgate.results.reading import StoredRun


@dataclass(frozen=True, slots=True)
class Sides:
    """A candidate's run and what it is held against."""

    run: StoredRun
    baseline: StoredRun | FiledRun | None
    first_run: bool = False


def decide_runs(
    suite: tuple[str, Suite], sides: Sides, waivers: Sequence[Waiver], suites: Sequence[str] = ()
) -> Decision:
    """Hold a stored run, and the one it is compared with, against one of the project's suites."""
    candidate, baseline = sides.run, sides.baseline
    name, rules = suite[0], suite[1].rules
    scores = {rule.score for rule in rules}
    today = dt.datetime.now(dt.UTC).date()
    ours = [waiver for waiver in waivers if waiver.suite == name]
    sheets = Sheets(
        candidate.sheet(scores),
        baseline.sheet(scores) if baseline else None,
        sides.first_run,
        tuple(broken_judges(suite[1], candidate.manifest)),
    )
    verdicts = rule_on(rules, sheets, ours, today)
    decision = Decision(
        suite=name,
        suites=tuple(suites) or (name,),
        evalset=candidate.manifest.evalset.ref,
        verdict=verdicts.verdict,
        outcome=verdicts.outcome,
        exit_code=int(verdicts.exit_code),
        rulings=verdicts.rulings,
        warnings=(*verdicts.warnings, *_unchanged(sides)),
        rules=rules,
        waivers=tuple(ours),
        decided_on=today,
        first_run=sides.first_run,
        candidate=written(candidate.manifest, sheets.candidate),
        baseline=written(baseline.manifest, sheets.baseline)
        if baseline and sheets.baseline
        else None,
        versions=candidate.manifest.provenance.versions,
        broken=sheets.broken,
        models=models_in(sides),
        baseline_file=baseline.origin if isinstance(baseline, FiledRun) else None,
    )
    return sealed(decision)


def broken_judges(suite: Suite, run: Manifest) -> Iterator[str]:
    """The judges without a rule that scored less of a run than a rule would want."""
    asked_about = {rule.score for rule in suite.rules}
    for judge in suite.judges:
        missing = run.unscored.get(judge, 0)
        if judge not in asked_about and missing > (1 - MIN_COVERAGE) * run.judged:
            yield judge


def _unchanged(sides: Sides) -> tuple[UnchangedCandidate, ...]:
    """Say plainly that nothing was compared but a run with itself."""
    candidate, baseline = sides.run.manifest, sides.baseline
    if baseline is None or baseline.manifest.run_id != candidate.run_id:
        return ()
    return (UnchangedCandidate(candidate=candidate.candidate.name),)


def all_findings(decisions: Sequence[Decision]) -> list[Finding]:
    """Every finding that MLflow is asked about, those of the decisions within as well."""
    heads = [each.policy.head for each in decisions if each.policy and each.policy.head]
    every = [*decisions, *heads]
    every += [decision.standing.first for decision in every if decision.standing]
    return [ruling.finding for decision in every for ruling in decision.rulings]


def written(manifest: Manifest, sheet: Scoresheet) -> WrittenSheet:
    """A scoresheet in the form that a decision carries."""
    # not validated: that would copy what was just read, 100,000 times
    return WrittenSheet.model_construct(
        run_id=manifest.run_id,
        candidate=manifest.candidate.name,
        candidate_digest=manifest.candidate.digest,
        judgements_digest=manifest.judgements_digest,
        ids=tuple(sheet.cases),
        inputs_digests=tuple(facts.inputs_digest for facts in sheet.cases.values()),
        slices=tuple(_kept_once(facts.slices for facts in sheet.cases.values())),
        clusters=tuple(facts.cluster for facts in sheet.cases.values()),
        columns={
            name: WrittenColumn.model_construct(
                scale=column.scale, marks=tuple(column.marks[case] for case in sheet.cases)
            )
            for name, column in sheet.columns.items()
        },
        trials=manifest.trials,
        partial=sheet.partial,
    )


def _kept_once(slices: Iterable[Mapping[str, SliceValue]]) -> Iterator[dict[str, SliceValue]]:
    """Write slices out; what is one object for many cases stays one."""
    made: dict[int, dict[str, SliceValue]] = {}
    for each in slices:
        if id(each) not in made:
            made[id(each)] = dict(each)
        yield made[id(each)]


def sealed(decision: Decision) -> Decision:
    """The decision with the fingerprint of all that it says."""
    return decision.model_copy(update={"seal": seal_of(decision)})


def models_in(sides: Sides) -> tuple[str, ...]:
    """The models that both runs asked.

    Raises UserMistake when rules of this process would be the baseline of something real.
    """
    own, theirs = sides.run.manifest, sides.baseline.manifest if sides.baseline else None
    if theirs:
        refuse_simulated(theirs.candidate, own.candidate)
    return tuple(dict.fromkeys((*own.models, *(theirs.models if theirs else ()))))
