"""What a finding means for the build, in words and as a mark."""

from collections.abc import Iterator
from typing import assert_never

from evalgate.domain.decision import Ruling, Why
from evalgate.domain.finding import Cause, Outcome, Verdict
from evalgate.domain.rule import SMALL_SLICE
from evalgate.domain.specs import Waiver
from evalgate.report.causes import verdict_words
from evalgate.report.numbers import count
from evalgate.report.said import on_screen


def outcome_mark(outcome: Outcome) -> str:
    """A mark that can be told from the others without its colour."""
    match outcome:
        case Outcome.GREEN:
            return "✓"
        case Outcome.YELLOW:
            return "!"
        case Outcome.RED:
            return "✗"
        case _:
            assert_never(outcome)


def ruling_words(ruling: Ruling) -> str:
    """The finding's verdict and, when that is not all, what the outcome makes of it."""
    words, why = verdict_words(ruling.finding), ", ".join(why_words(ruling))
    match ruling.outcome:
        case Outcome.GREEN if ruling.finding.verdict is Verdict.PASSED:
            return words
        case Outcome.YELLOW if ruling.why[:1] == (Why.TOO_SMALL,):
            return f"{words}, {why}"
        case Outcome.GREEN | Outcome.YELLOW:
            return f"{words}, {_allowed(ruling, why)}"
        case Outcome.RED:
            blocks = words if ruling.finding.verdict is Verdict.FAILED else f"{words}, blocks"
            return f"{blocks}: {why}" if why else blocks
        case _:
            assert_never(ruling.outcome)


def _allowed(ruling: Ruling, why: str) -> str:
    if not why:
        return "allowed once" if ruling.finding.cause is Cause.FIRST_RUN else "allowed"
    is_waived = ruling.why[0] in {Why.WAIVED, Why.WAIVED_CASES}
    return f"allowed: {why}" if is_waived else f"allowed by {why}"


def why_words(ruling: Ruling) -> Iterator[str]:
    """What makes the outcome, or fails to."""
    for why in ruling.why:
        match why:
            case Why.SEVERITY:
                yield "severity: warn"
            case Why.NOT_A_VERDICT:
                yield "also with severity: warn"
            case Why.TOO_SMALL:
                cases = count(ruling.finding.counts.cases, "case")
                yield f"too small to block: {cases}, fewer than {SMALL_SLICE} (min_cases lets it)"
            case Why.POLICY:
                yield f"on_undecided: {ruling.finding.rule.on_undecided}"
            case Why.ESTIMATE:
                yield "the estimate alone"
            case Why.WAIVED_CASES:
                yield "waived cases left out"
            case Why.WAIVED:
                yield _waived(ruling.waiver)
            case Why.FAULT_OF_THE_RUN:
                yield "a fault of the run cannot be waived"
            case _:
                assert_never(why)


def _waived(waiver: Waiver | None) -> str:
    if waiver is None:
        return "waived"
    return f"waived by {on_screen(waiver.owner)} until {waiver.expires}: {on_screen(waiver.reason)}"
