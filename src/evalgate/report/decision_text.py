"""A decision for the terminal."""

from collections.abc import Iterator, Sequence
from typing import assert_never

from evalgate.domain.decision import Decision, Ruling, Why
from evalgate.domain.finding import Cause, Outcome, Verdict
from evalgate.domain.specs import Waiver
from evalgate.report.causes import cause_word, explained, verdict_words
from evalgate.report.evidence_text import shown
from evalgate.report.findings import counts_text, evidence_line, summary_text
from evalgate.report.numbers import count
from evalgate.report.said import on_screen
from evalgate.report.simulated import simulated_note
from evalgate.report.table import Column, table

COLUMNS = (
    Column(""),
    Column("verdict"),
    Column("rule", most=70),
    Column("estimate", "right"),
    Column("bounds"),
    Column("needed"),
    Column("cases", "right"),
)
INDENT = "     "


def render_decision(decision: Decision, *, titled: bool = True) -> str:
    """Show every ruling with its evidence, what was waived and warned of, then the verdict."""
    lines = [headline(decision), ""] if titled else []
    lines += _rulings(decision.rulings)
    if decision.warnings:
        lines += ["", *(f"warning: {on_screen(warning)}" for warning in decision.warnings)]
    if note := simulated_note(decision.models):
        lines += ["", on_screen(note)]
    return "\n".join([*lines, "", verdict_line(decision)]) + "\n"


def headline(decision: Decision) -> str:
    """Which suite decided on which candidate, against what."""
    baseline = decision.baseline
    against = f" against {on_screen(baseline.candidate)}" if baseline else ""
    partial = decision.candidate.partial
    return (
        f"{on_screen(decision.suite)}: {on_screen(decision.candidate.candidate)}{against}"
        f" on {on_screen(decision.evalset)}{f', only {on_screen(partial)}' if partial else ''}"
    )


def verdict_line(decision: Decision) -> str:
    """`verdict: failed (exit 1)`, the line that scripts and people look for."""
    words = str(decision.verdict)
    if decision.verdict is Verdict.UNDECIDED and (causes := _causes(decision.rulings)):
        words += f" ({', '.join(map(cause_word, causes))})"
    if decision.outcome is Outcome.YELLOW:
        words += ", with warnings" if decision.verdict is Verdict.PASSED else ", allowed"
    elif decision.outcome is Outcome.RED and decision.verdict is not Verdict.FAILED:
        words += ", blocks"
    elif decision.outcome is Outcome.GREEN and decision.verdict is not Verdict.PASSED:
        words += ", allowed by the estimate alone"
    return f"verdict: {words} (exit {decision.exit_code})"


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


def _rulings(rulings: Sequence[Ruling]) -> Iterator[str]:
    if not rulings:
        yield "no rule was decided"
        return
    heading, *rows = table(COLUMNS, [_row(ruling) for ruling in rulings])
    yield heading
    for row, ruling in zip(rows, rulings, strict=True):
        yield row
        yield from (f"{INDENT}{note}" for note in ruling_notes(ruling))


def _row(ruling: Ruling) -> tuple[str, ...]:
    finding = ruling.finding
    texts = shown(finding, finding.observed)
    fact = finding.observed is not None and finding.observed.method == "fact"
    return (
        f" {outcome_mark(ruling.outcome)}",
        verdict_words(finding),
        str(finding.rule),
        texts.estimate,
        "fact" if fact else texts.bounds,
        texts.needed,
        count(finding.counts.cases),
    )


def ruling_notes(ruling: Ruling) -> Iterator[str]:
    """What belongs under a ruling's row: why, the rest of the arithmetic, what was waived."""
    finding = ruling.finding
    words = ruling_words(ruling)
    if words != verdict_words(finding):
        yield words
    if ruling.outcome is not Outcome.GREEN and (why := explained(finding)):
        yield why
    if finding.note:
        yield f"note: {on_screen(finding.note)}"
    yield summary_text(finding)
    if finding.counts.missing or finding.counts.not_produced:
        yield f"cases {counts_text(finding.counts)}"
    for label, side in (("at worst", finding.at_worst), ("at best", finding.at_best)):
        if finding.counts.missing and side is not None:
            yield f"{label} {evidence_line(finding, side)}"
    if (waiver := ruling.waiver) is not None and waiver.link:
        yield f"waiver: {on_screen(waiver.link)}"
    if (other := ruling.without_waived_cases) is not None and other.observed is not None:
        evidence = evidence_line(other, other.observed)
        yield f"without waived cases: {verdict_words(other)}, {evidence}"


def _causes(rulings: Sequence[Ruling]) -> list[Cause]:
    """Causes of the undecided rules, each once; what blocks speaks for what does not."""
    undecided = [r for r in rulings if r.finding.verdict is Verdict.UNDECIDED]
    speaking = [r for r in undecided if r.outcome is Outcome.RED] or undecided
    return list(dict.fromkeys(r.finding.cause for r in speaking if r.finding.cause))
