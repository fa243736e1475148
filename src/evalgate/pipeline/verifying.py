"""A decision that was written is read again, and decided again from its own evidence."""

from pathlib import Path

from pydantic import TypeAdapter

from evalgate.domain.comparison import Comparison
from evalgate.domain.decision import Decision, Said, Standing
from evalgate.domain.record import JsonValue
from evalgate.errors import ExitCode, Problem, UserMistake
from evalgate.gate.loosening import loosened_rules
from evalgate.gate.policy import said_under
from evalgate.gate.ruling import Sheets, Verdicts, rule_on
from evalgate.gate.standing import worse_of
from evalgate.pipeline.agreeing import disagreements
from evalgate.pipeline.sealing import seal_of
from evalgate.sources.strict import load_json_record

ADAPTER: TypeAdapter[Decision] = TypeAdapter(Decision)
COMPARISON: TypeAdapter[Comparison] = TypeAdapter(Comparison)
ANY_OBJECT: TypeAdapter[dict[str, JsonValue]] = TypeAdapter(dict[str, JsonValue])


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
    again = _after_policy(_after_first(again, decision.standing, path), decision, path)
    found = f"{again.verdict} ({again.outcome}, exit {int(again.exit_code)})"
    if said != found:
        problems.append(Problem(_differs(said, found), path))
    if len(decision.rulings) != len(again.rulings):
        fault = f"has {len(decision.rulings)} rulings, its rules are {len(again.rulings)}"
        problems.append(Problem(fault, path))
    if problems:
        raise UserMistake(problems)
    return again


def _after_first(again: Verdicts, standing: Standing | None, path: str) -> Verdicts:
    """What a decision's own evidence comes to after the first one, which is verified as well."""
    if standing is None:
        return again
    verify_decision(standing.first, path)
    alone = _alone(again)
    if alone != standing.alone:
        fault = f"says {standing.alone.verdict} of its run alone, its evidence says {alone.verdict}"
        raise UserMistake(Problem(fault, path, key="standing.alone"))
    return _speaking(again, worse_of(alone, standing.first))


def _after_policy(again: Verdicts, decision: Decision, path: str) -> Verdicts:
    """What it comes to by both policies; that of the change itself is verified as well."""
    policy = decision.policy
    if policy is None:
        return again
    if policy.head:
        verify_decision(policy.head, path)
        for softer in loosened_rules(decision.rules, policy.head.rules):
            if softer not in policy.loosenings:
                fault = f"does not say that {softer.what} is softer: {softer.kind}"
                raise UserMistake(Problem(fault, path, key="policy.loosenings"))
    alone = _alone(again)
    if alone != policy.alone:
        fault = f"says {policy.alone.verdict} by its base, its evidence says {alone.verdict}"
        raise UserMistake(Problem(fault, path, key="policy.alone"))
    return _speaking(again, said_under(policy))


def _alone(again: Verdicts) -> Said:
    return Said(verdict=again.verdict, outcome=again.outcome, exit_code=int(again.exit_code))


def _speaking(again: Verdicts, said: Said) -> Verdicts:
    """The same rulings under what is said of them."""
    return again._replace(
        verdict=said.verdict, outcome=said.outcome, exit_code=ExitCode(said.exit_code)
    )


def _differs(said: str, found: str) -> str:
    if said == found:
        return f"says {said} with other numbers than its evidence gives"
    return f"says {said}, its evidence says {found}"


def load_decisions(path: Path) -> tuple[Decision, ...]:
    """Read what evalgate wrote: one decision, or a comparison with one for each later version.

    Raises UserMistake when the parts of a comparison do not agree.
    """
    report = load_report(path, str(path))
    return report.decisions if isinstance(report, Comparison) else (report,)


def load_report(path: Path, shown_as: str) -> Decision | Comparison:
    """Read a decision or a comparison; what a decision says is still to be verified.

    Raises UserMistake when the parts of a comparison do not agree.
    """
    if "decisions" not in load_json_record(ANY_OBJECT, path, shown_as):
        return load_json_record(ADAPTER, path, shown_as)
    comparison = load_json_record(COMPARISON, path, shown_as)
    if problems := list(disagreements(comparison, shown_as)):
        raise UserMistake(problems)
    return comparison
