"""What the findings mean for the build: severity, policy and waivers, and the exit code."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import NamedTuple, assert_never

from evalgate.domain.decision import Ruling
from evalgate.domain.finding import Cause, Finding, Outcome, Verdict
from evalgate.domain.rule import Rule
from evalgate.domain.sheet import Scoresheet
from evalgate.domain.specs import Waiver
from evalgate.errors import ExitCode
from evalgate.gate.deciding import decide
from evalgate.gate.family import correct_failures
from evalgate.gate.weighing import is_beyond

MOST_WAIVED_CASES = 0.05
GRAVEST_FIRST = (ExitCode.SERVICE, ExitCode.FAILED, ExitCode.UNDECIDED, ExitCode.OK)


class Evidence(NamedTuple):
    """All that a suite's verdict rests on."""

    candidate: Scoresheet
    baseline: Scoresheet | None
    first_run: bool = False  # the base has no baseline configured yet


class Consequence(NamedTuple):
    """What one finding means for the build."""

    outcome: Outcome
    code: ExitCode
    why: str = ""


class Verdicts(NamedTuple):
    """A suite's rulings and what they come to."""

    rulings: tuple[Ruling, ...]
    verdict: Verdict
    outcome: Outcome
    exit_code: ExitCode
    warnings: tuple[str, ...]


def rule_on(
    rules: Sequence[Rule], evidence: Evidence, waivers: Sequence[Waiver], today: dt.date
) -> Verdicts:
    """Decide every rule, then let severity, policy and waivers say what follows."""
    active = [w for w in waivers if w.granted <= today <= w.expires]
    warnings = [_expired(w) for w in waivers if w not in active]
    by_rule = {w.rule: w for w in active if w.rule}
    named = {w.case: w for w in active if w.case and w.case in evidence.candidate.cases}
    by_case = named
    if len(by_case) > MOST_WAIVED_CASES * len(evidence.candidate.cases):
        of = f"more than 5 % of {len(evidence.candidate.cases)}"
        warnings.append(f"{len(by_case)} waived cases are {of}: none of them is waived")
        by_case = {}
    findings = findings_of(rules, evidence, frozenset(by_rule))
    reduced = findings
    if by_case:
        kept = evidence._replace(candidate=without_cases(evidence.candidate, frozenset(by_case)))
        reduced = findings_of(rules, kept, frozenset(by_rule))
    rulings = tuple(
        _ruling(finding, other if by_case else None, by_rule.get(finding.rule.id))
        for finding, other in zip(findings, reduced, strict=True)
    )
    warnings += _unused(active, rulings, named)
    # without a rule nothing was held against anything: that is no success
    code = gravest(ExitCode(r.exit_code) for r in rulings) if rulings else ExitCode.UNDECIDED
    return Verdicts(rulings, _overall(rulings), _worst(rulings), code, tuple(warnings))


def findings_of(rules: Sequence[Rule], evidence: Evidence, waived: frozenset[str]) -> list[Finding]:
    """Every rule's finding, failures corrected for how many rules there are."""
    found = [
        decide(rule, evidence.candidate, evidence.baseline, first_run=evidence.first_run)
        for rule in rules
    ]
    return correct_failures(found, waived)


def without_cases(sheet: Scoresheet, waived: frozenset[str]) -> Scoresheet:
    """The same run without some cases."""
    return Scoresheet(
        cases={case: facts for case, facts in sheet.cases.items() if case not in waived},
        columns=sheet.columns,
        partial=sheet.partial,
    )


def gravest(codes: Iterable[ExitCode]) -> ExitCode:
    """The exit code that says most: a broken service before a no, a no before undecided."""
    seen = set(codes)
    return next((code for code in GRAVEST_FIRST if code in seen), ExitCode.OK)


def consequence_of(finding: Finding) -> Consequence:
    """What a finding means before any waiver."""
    match finding.verdict:
        case Verdict.PASSED:
            return Consequence(Outcome.GREEN, ExitCode.OK)
        case Verdict.FAILED if finding.rule.severity == "warn":
            return Consequence(Outcome.YELLOW, ExitCode.OK, "severity: warn")
        case Verdict.FAILED:
            return Consequence(Outcome.RED, ExitCode.FAILED)
        case Verdict.UNDECIDED:
            return _when_undecided(finding)
        case _:
            assert_never(finding.verdict)


def _when_undecided(finding: Finding) -> Consequence:
    rule = finding.rule
    match finding.cause:
        case Cause.LOW_COVERAGE | Cause.BUDGET:
            return Consequence(Outcome.RED, ExitCode.SERVICE)
        case Cause.FIRST_RUN | Cause.NO_NEW_CASES:
            return Consequence(Outcome.YELLOW, ExitCode.OK)
        case _ if rule.severity == "warn":
            return Consequence(Outcome.YELLOW, ExitCode.OK, "severity: warn")
        case Cause.NOISE | Cause.NO_INTERVAL if rule.on_undecided == "estimate" and _holds(finding):
            return Consequence(Outcome.GREEN, ExitCode.OK, "by the estimate alone")
        case Cause.NOISE if rule.on_undecided != "block":
            return Consequence(Outcome.YELLOW, ExitCode.OK, f"on_undecided: {rule.on_undecided}")
        case _:
            return Consequence(Outcome.RED, ExitCode.UNDECIDED)


def _holds(finding: Finding) -> bool:
    """True when the point estimate meets the target, also with what is missing at its worst."""
    target, estimates = finding.target, (finding.observed, finding.at_worst)
    return target is not None and all(
        evidence is not None and not is_beyond(target, evidence.estimate) for evidence in estimates
    )


def _ruling(finding: Finding, reduced: Finding | None, waiver: Waiver | None) -> Ruling:
    effective = plain = consequence_of(finding)
    if reduced is not None and plain.code is not ExitCode.SERVICE:  # a fault of the run stays one
        effective = consequence_of(reduced)
    why = effective.why
    if plain != effective:
        why = ", ".join(part for part in ("waived cases left out", why) if part)
        if effective.outcome is Outcome.GREEN:  # what was waived never looks green
            effective = Consequence(Outcome.YELLOW, ExitCode.OK)
    used = waiver if effective.outcome is Outcome.RED else None
    if used is not None and effective.code is ExitCode.SERVICE:
        used, why = None, "a fault of the run cannot be waived"
    if used is not None:
        why = f"waived by {used.owner} until {used.expires}: {used.reason}"
        effective = Consequence(Outcome.YELLOW, ExitCode.OK)
    return Ruling(
        finding=finding,
        outcome=effective.outcome,
        exit_code=int(effective.code),
        why=why,
        waiver=used,
        without_waived_cases=reduced,
    )


def _overall(rulings: Sequence[Ruling]) -> Verdict:
    """The findings' verdict: rules that may block speak first, waivers do not silence them."""
    blocking = [r for r in rulings if r.finding.rule.severity == "block"] or list(rulings)
    verdicts = {ruling.finding.verdict for ruling in blocking}
    if not verdicts:
        return Verdict.UNDECIDED
    for verdict in (Verdict.FAILED, Verdict.UNDECIDED):
        if verdict in verdicts:
            return verdict
    return Verdict.PASSED


def _worst(rulings: Sequence[Ruling]) -> Outcome:
    outcomes = {ruling.outcome for ruling in rulings}
    for outcome in (Outcome.RED, Outcome.YELLOW):
        if outcome in outcomes:
            return outcome
    return Outcome.GREEN if outcomes else Outcome.RED


def _expired(waiver: Waiver) -> str:
    return (
        f"the waiver of {waiver.rule or waiver.case} by {waiver.owner} is not in force"
        f" (granted {waiver.granted}, expires {waiver.expires})"
    )


def _unused(
    active: Sequence[Waiver], rulings: Sequence[Ruling], by_case: dict[str, Waiver]
) -> list[str]:
    used = {id(ruling.waiver) for ruling in rulings if ruling.waiver}
    used |= {id(waiver) for waiver in by_case.values()}
    return [
        f"the waiver of {waiver.rule or waiver.case} by {waiver.owner} is not needed: remove it"
        for waiver in active
        if id(waiver) not in used
    ]
