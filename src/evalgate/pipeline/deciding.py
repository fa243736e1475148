"""From stored runs to a decision: the gate decides, and the decision carries its evidence."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from pydantic import TypeAdapter

from evalgate.domain.case import SliceValue
from evalgate.domain.comparison import Comparison
from evalgate.domain.decision import Decision, WrittenColumn, WrittenSheet
from evalgate.domain.finding import Finding
from evalgate.domain.record import JsonValue
from evalgate.domain.rule import MIN_COVERAGE
from evalgate.domain.run import Manifest
from evalgate.domain.sheet import Scoresheet
from evalgate.domain.specs import Suite, Waiver
from evalgate.errors import Problem, UserMistake
from evalgate.gate.ruling import Sheets, Verdicts, rule_on
from evalgate.pipeline.agreeing import disagreements
from evalgate.pipeline.contenders import refuse_simulated
from evalgate.pipeline.sealing import seal_of
from evalgate.results.reading import StoredRun
from evalgate.sources.strict import load_json_record

ADAPTER: TypeAdapter[Decision] = TypeAdapter(Decision)
COMPARISON: TypeAdapter[Comparison] = TypeAdapter(Comparison)
ANY_OBJECT: TypeAdapter[dict[str, JsonValue]] = TypeAdapter(dict[str, JsonValue])


def decide_runs(
    suite: tuple[str, Suite],
    candidate: StoredRun,
    baseline: StoredRun | None,
    waivers: Sequence[Waiver],
    *,
    first_run: bool = False,
) -> Decision:
    """Hold a stored run, and the one it is compared with, against a suite's rules."""
    name, rules = suite[0], suite[1].rules
    scores = {rule.score for rule in rules}
    today = dt.datetime.now(dt.UTC).date()
    ours = [waiver for waiver in waivers if waiver.suite == name]
    sheets = Sheets(
        candidate.sheet(scores),
        baseline.sheet(scores) if baseline else None,
        first_run,
        tuple(_broken(suite[1], candidate.manifest)),
    )
    verdicts = rule_on(rules, sheets, ours, today)
    decision = Decision(
        suite=name,
        evalset=candidate.manifest.evalset.ref,
        verdict=verdicts.verdict,
        outcome=verdicts.outcome,
        exit_code=int(verdicts.exit_code),
        rulings=verdicts.rulings,
        warnings=(*verdicts.warnings, *_unchanged(candidate, baseline)),
        rules=rules,
        waivers=tuple(ours),
        decided_on=today,
        first_run=first_run,
        candidate=written(candidate.manifest, sheets.candidate),
        baseline=written(baseline.manifest, sheets.baseline)
        if baseline and sheets.baseline
        else None,
        versions=candidate.manifest.provenance.versions,
        broken=sheets.broken,
        models=models_in(candidate, baseline),
    )
    return sealed(decision)


def _broken(suite: Suite, run: Manifest) -> Iterator[str]:
    """The judges without a rule that scored less of a run than a rule would want."""
    asked_about = {rule.score for rule in suite.rules}
    for judge in suite.judges:
        missing = run.unscored.get(judge, 0)
        if judge not in asked_about and missing > (1 - MIN_COVERAGE) * run.judged:
            yield judge


def _unchanged(candidate: StoredRun, baseline: StoredRun | None) -> tuple[str, ...]:
    """Say plainly that nothing was compared but a run with itself."""
    if baseline is None or baseline.manifest.run_id != candidate.manifest.run_id:
        return ()
    name = candidate.manifest.candidate.name
    return (f"{name} has not changed since its baseline: every difference is 0, by the same run",)


def all_findings(decisions: Sequence[Decision]) -> list[Finding]:
    """Every finding that MLflow is asked about."""
    return [ruling.finding for decision in decisions for ruling in decision.rulings]


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


def models_in(candidate: StoredRun, baseline: StoredRun | None) -> tuple[str, ...]:
    """The models that both runs asked.

    Raises UserMistake when rules of this process would be the baseline of something real.
    """
    theirs = baseline.manifest if baseline else None
    own = candidate.manifest
    if theirs:
        refuse_simulated(theirs.candidate, own.candidate)
    return tuple(dict.fromkeys((*own.models, *(theirs.models if theirs else ()))))


def verify_decision(decision: Decision, path: str) -> Verdicts:
    """Decide again from a decision's own evidence; a decision that differs is a mistake."""
    again = rule_on(
        decision.rules,
        Sheets(
            decision.candidate.sheet(),
            decision.baseline.sheet() if decision.baseline else None,
            decision.first_run,
            decision.broken,
        ),
        decision.waivers,
        decision.decided_on,
    )
    problems = []
    if decision.seal != seal_of(decision):
        remedy = "a decision is never edited; `evalgate gate` decides again"
        problems.append(Problem("was edited after it was written", path=path, remedy=remedy))
    for ours, theirs in zip(again.rulings, decision.rulings, strict=False):
        if ours != theirs:
            said = f"{theirs.finding.verdict} ({theirs.outcome})"
            found = f"{ours.finding.verdict} ({ours.outcome})"
            problems.append(Problem(_differs(said, found), path, key=ours.finding.rule.id))
    said = f"{decision.verdict} ({decision.outcome}, exit {decision.exit_code})"
    found = f"{again.verdict} ({again.outcome}, exit {int(again.exit_code)})"
    if said != found:
        problems.append(Problem(_differs(said, found), path))
    if len(decision.rulings) != len(again.rulings):
        fault = f"has {len(decision.rulings)} rulings, its rules are {len(again.rulings)}"
        problems.append(Problem(fault, path))
    if problems:
        raise UserMistake(problems)
    return again


def _differs(said: str, found: str) -> str:
    if said == found:
        return f"says {said} with other numbers than its evidence gives"
    return f"says {said}, its evidence says {found}"


def load_decisions(path: Path) -> tuple[Decision, ...]:
    """Read what evalgate wrote: one decision, or a comparison with one for each later version.

    Raises UserMistake when the parts of a comparison do not agree.
    """
    if "decisions" in load_json_record(ANY_OBJECT, path, str(path)):
        comparison = load_json_record(COMPARISON, path, str(path))
        if problems := list(disagreements(comparison, str(path))):
            raise UserMistake(problems)
        return comparison.decisions
    return (load_json_record(ADAPTER, path, str(path)),)
