"""What a suite's findings come to: every rule's outcome, waivers, and the exit code."""

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from evalgate.domain.decision import Ruling, Why
from evalgate.domain.decision_warnings import BrokenJudge, DecisionWarning, NeedlessWaiver
from evalgate.domain.finding import Finding, Outcome, Verdict
from evalgate.domain.rule import Rule
from evalgate.domain.sheet import Scoresheet
from evalgate.domain.specs import Waiver
from evalgate.errors import ExitCode
from evalgate.gate.consequences import Consequence, consequence_of, gravest, is_of_the_run
from evalgate.gate.deciding import decide
from evalgate.gate.family import correct_failures
from evalgate.gate.waiving import Waived, waived_in, without_cases


class Sheets(NamedTuple):
    """The two runs that a suite's verdict rests on, as the gate sees them."""

    candidate: Scoresheet
    baseline: Scoresheet | None
    first_run: bool = False  # the base has no baseline configured yet
    broken: tuple[str, ...] = ()  # judges that no rule asks about, and that hardly gave a score


class Verdicts(NamedTuple):
    """A suite's rulings and what they come to."""

    rulings: tuple[Ruling, ...]
    verdict: Verdict
    outcome: Outcome
    exit_code: ExitCode
    warnings: tuple[DecisionWarning, ...]


def rule_on(
    rules: Sequence[Rule], sheets: Sheets, waivers: Sequence[Waiver], today: dt.date
) -> Verdicts:
    """Decide every rule, then let severity, policy and waivers say what follows."""
    waived = waived_in(sheets.candidate, waivers, today)
    alone = Held(rules, sheets).decided()
    held = Held(rules, sheets, frozenset(waived.rules) | _too_small(alone))
    findings = correct_failures(alone, held.harmless)
    reduced = held.findings(waived.cases) if waived.cases else findings
    rulings = tuple(
        _ruling(finding, other if waived.cases else None, waived.rules.get(finding.rule.id))
        for finding, other in zip(findings, reduced, strict=True)
    )
    warnings: list[DecisionWarning] = [*waived.warnings]
    warnings += [NeedlessWaiver(waiver=waiver) for waiver in _needless(held, waived, rulings)]
    warnings += [BrokenJudge(judge=judge) for judge in sheets.broken]
    # without a rule nothing was held against anything: that is no success
    code = gravest(ExitCode(r.exit_code) for r in rulings) if rulings else ExitCode.UNDECIDED
    worst = _worst(rulings)
    if sheets.broken and worst is Outcome.GREEN:
        worst = Outcome.YELLOW  # a broken judge never looks green
    return Verdicts(rulings, _overall(rulings), worst, code, tuple(warnings))


class Held(NamedTuple):
    """Two runs held against rules, of which some are waived or too small and so cannot block."""

    rules: Sequence[Rule]
    sheets: Sheets
    harmless: frozenset[str] = frozenset()

    def decided(self, left_out: Collection[str] = ()) -> list[Finding]:
        """Every rule's finding, as if there were no other."""
        run, baseline, first_run, _ = self.sheets
        kept = without_cases(run, left_out) if left_out else run
        return [decide(rule, kept, baseline, first_run=first_run) for rule in self.rules]

    def findings(self, left_out: Collection[str] = ()) -> list[Finding]:
        """Every rule's finding, failures corrected for how many rules there are."""
        return correct_failures(self.decided(left_out), self.harmless)


def _too_small(findings: Sequence[Finding]) -> frozenset[str]:
    """Rules on slices that do not block by themselves."""
    small = (each for each in findings if each.rule.cannot_block(each.counts.cases))
    return frozenset(finding.rule.id for finding in small)


def _without_waived(finding: Finding, reduced: Finding) -> Consequence:
    """What a finding means when waived cases are left out; a fault of the service stays one."""
    plain = consequence_of(finding)
    if plain.code is ExitCode.SERVICE:
        return plain
    effective = consequence_of(reduced, finding)
    if plain == effective:
        return plain
    why = (Why.WAIVED_CASES, *effective.why)
    if effective.outcome is Outcome.GREEN:  # what was waived never looks green
        return Consequence(Outcome.YELLOW, ExitCode.OK, why)
    return Consequence(effective.outcome, effective.code, why)


def _ruling(finding: Finding, reduced: Finding | None, waiver: Waiver | None) -> Ruling:
    effective = _without_waived(finding, reduced or finding)
    why = effective.why
    used = waiver if effective.outcome is Outcome.RED else None
    if used is not None and effective.code is ExitCode.SERVICE:
        used, why = None, (Why.FAULT_OF_THE_RUN,)
    if used is not None:
        why = (Why.WAIVED,)
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
    blocking = [ruling for ruling in rulings if _may_block(ruling)] or list(rulings)
    verdicts = {ruling.finding.verdict for ruling in blocking}
    if not verdicts:
        return Verdict.UNDECIDED
    for verdict in (Verdict.FAILED, Verdict.UNDECIDED):
        if verdict in verdicts:
            return verdict
    return Verdict.PASSED


def _may_block(ruling: Ruling) -> bool:
    return ruling.finding.rule.severity == "block" and Why.TOO_SMALL not in ruling.why


def _worst(rulings: Sequence[Ruling]) -> Outcome:
    outcomes = {ruling.outcome for ruling in rulings}
    for outcome in (Outcome.RED, Outcome.YELLOW):
        if outcome in outcomes:
            return outcome
    return Outcome.GREEN if outcomes else Outcome.RED


def _needless(held: Held, waived: Waived, rulings: Sequence[Ruling]) -> Iterator[Waiver]:
    """Waivers that change no outcome; where a run decides nothing, nobody can tell."""
    by_rule = {ruling.finding.rule.id: ruling for ruling in rulings}
    for rule, waiver in waived.rules.items():
        ruling = by_rule.get(rule)
        if ruling is None or (ruling.waiver is None and not is_of_the_run(ruling.finding)):
            yield waiver
    if held.sheets.candidate.partial or any(is_of_the_run(ruling.finding) for ruling in rulings):
        return
    needed = _needed(held, waived, [ruling.finding for ruling in rulings])
    for waiver in (*waived.cases.values(), *waived.idle):
        if waiver.case not in needed:
            yield waiver


def _needed(held: Held, waived: Waived, findings: Sequence[Finding]) -> frozenset[str]:
    """The fewest waived cases with which every outcome is what it is with all of them."""

    def outcomes(left_out: Collection[str]) -> list[tuple[Outcome, ExitCode]]:
        reduced = held.findings(left_out) if left_out else findings
        pairs = zip(findings, reduced, strict=True)
        return [_without_waived(finding, other)[:2] for finding, other in pairs]

    needed = frozenset(waived.cases)
    wanted = outcomes(needed)
    if wanted == outcomes(frozenset()):
        return frozenset()
    for case in waived.cases:
        if outcomes(needed - {case}) == wanted:
            needed -= {case}
    return needed
