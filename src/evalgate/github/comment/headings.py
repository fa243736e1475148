"""The verdict at a glance: green, red, and two marks that are neither."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from evalgate.domain.decision import Decision, Ruling
from evalgate.domain.finding import Outcome, Verdict
from evalgate.report.numbers import count


class Glance(NamedTuple):
    """A mark that differs from the others by its shape and colour, and the words for it."""

    mark: str
    words: str


PASSED = Glance("✅", "passed")
FAILED = Glance("❌", "failed")
BLOCKED = Glance("🟠", "undecided, blocks")
NO_VERDICT = Glance("⛔", "no verdict")
NOTHING = Glance("⚪", "nothing to evaluate")
YELLOW = "🟡"  # the mark; its words depend on what was allowed
MOST_NAMED = 10  # suites that did not run


def glance_at(decisions: Sequence[Decision]) -> Glance:
    """What all decisions together are; green only when each of them is."""
    if not decisions:
        return NO_VERDICT
    if any(_is(decision, Verdict.FAILED, Outcome.RED) for decision in decisions):
        return FAILED
    if any(decision.outcome is Outcome.RED or decision.exit_code for decision in decisions):
        return BLOCKED
    if all(_is(decision, Verdict.PASSED, Outcome.GREEN) for decision in decisions):
        return PASSED
    return Glance(YELLOW, _allowed({decision.verdict for decision in decisions}))


def _allowed(verdicts: AbstractSet[Verdict]) -> str:
    if Verdict.UNDECIDED in verdicts:
        return "undecided, allowed"
    return "failed, allowed" if Verdict.FAILED in verdicts else "passed, with warnings"


def counts_of(decisions: Sequence[Decision]) -> str:
    """`**2 of 5 rules block**: 1 failed, 1 undecided; allowed: 1 failed`."""
    rulings = [ruling for each in decisions for ruling in each.rulings]
    red = [ruling for ruling in rulings if ruling.outcome is Outcome.RED]
    others = [ruling for ruling in rulings if ruling.outcome is not Outcome.RED]
    allowed, of = _counted(others), count(len(rulings), "rule")
    also = f"; allowed: {allowed}" if allowed else ""
    if red:
        block = "blocks" if len(red) == 1 else "block"
        return f"**{count(len(red))} of {of} {block}**: {_counted(red) or 'passed'}{also}"
    passed = sum(ruling.finding.verdict is Verdict.PASSED for ruling in rulings)
    return f"**{count(passed)} of {of} passed**{also}" if also else f"**{of} passed**"


def _counted(rulings: Sequence[Ruling]) -> str:
    """`1 failed, 2 undecided`; what passed is not named."""
    verdicts = [ruling.finding.verdict for ruling in rulings]
    found = ((verdicts.count(each), each) for each in (Verdict.FAILED, Verdict.UNDECIDED))
    return ", ".join(f"{count(many)} {each}" for many, each in found if many)


def suites_text(decisions: Sequence[Decision]) -> str:
    """`2 of 3 suites ran: not gsm8k`, so that nobody takes some suites for all."""
    ran = {each.suite for each in decisions}
    named = dict.fromkeys(name for each in decisions for name in each.suites)
    absent = [name for name in named if name not in ran]
    words = f"{count(len(ran))} of {count(len(ran) + len(absent), 'suite')} ran"
    if not absent:
        return words
    more = f" and {count(len(absent) - MOST_NAMED)} more" if len(absent) > MOST_NAMED else ""
    return f"{words}: not {', '.join(absent[:MOST_NAMED])}{more}"


def _is(decision: Decision, verdict: Verdict, outcome: Outcome) -> bool:
    return decision.verdict is verdict and decision.outcome is outcome
