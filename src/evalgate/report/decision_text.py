"""A decision for the terminal."""

from collections.abc import Iterator, Sequence

from evalgate.domain.decision import Decision, Ruling
from evalgate.domain.finding import Cause, Outcome, Verdict
from evalgate.report.baseline_text import origin_lines
from evalgate.report.causes import cause_word, explained, note_words, verdict_words
from evalgate.report.evidence_text import adjusted_p, shown
from evalgate.report.findings import counts_text, evidence_line, summary_text
from evalgate.report.numbers import count
from evalgate.report.outcome_words import outcome_mark, ruling_words
from evalgate.report.policy_text import policy_lines
from evalgate.report.said import on_screen
from evalgate.report.simulated import simulated_note
from evalgate.report.standing_text import standing_lines
from evalgate.report.table import Column, table
from evalgate.report.titles import title_of
from evalgate.report.warning_text import warning_words

COLUMNS = (
    Column(""),
    Column("verdict"),
    Column("rule", most=70),
    Column("estimate", "right"),
    Column("bounds"),
    Column("p (Holm)", "right"),
    Column("needed"),
    Column("cases", "right"),
)
INDENT = "     "
MOST_NAMED = 5  # suites that did not run


def render_decision(decision: Decision, *, titled: bool = True) -> str:
    """Show every ruling with its evidence, what was waived and warned of, then the verdict."""
    lines = [headline(decision), ""] if titled else []
    lines += _rulings(decision.rulings)
    if decision.warnings:
        said = map(warning_words, decision.warnings)
        lines += ["", *(f"warning: {on_screen(words)}" for words in said)]
    if note := simulated_note(decision.models):
        lines += ["", on_screen(note)]
    if baseline := origin_lines(decision.baseline_file):
        lines += ["", *baseline]
    if policy := policy_lines(decision):
        lines += ["", *policy]
    if decision.policy and decision.policy.head:
        lines += _rulings(decision.policy.head.rulings)
    if decision.standing:
        lines += ["", *standing_lines(decision), *_rulings(decision.standing.first.rulings)]
    return "\n".join([*lines, "", suites_line(decision), verdict_line(decision)]) + "\n"


def headline(decision: Decision) -> str:
    """Which suite decided on which candidate, against what."""
    baseline = decision.baseline
    against = f" against {on_screen(baseline.candidate)}" if baseline else ""
    partial = decision.candidate.partial
    return (
        f"{on_screen(title_of(decision))}: {on_screen(decision.candidate.candidate)}{against}"
        f" on {on_screen(decision.evalset)}{f', only {on_screen(partial)}' if partial else ''}"
    )


def suites_line(decision: Decision) -> str:
    """`1 of 3 suites ran: not gsm8k, tone`, so that nobody takes one green suite for all."""
    others = [on_screen(name) for name in decision.suites if name != decision.suite]
    of = count(len(others) + 1, "suite")
    if not others:
        return f"1 of {of} ran"
    more = len(others) - MOST_NAMED
    rest = f" and {count(more)} more" if more > 0 else ""
    return f"1 of {of} ran: not {', '.join(others[:MOST_NAMED])}{rest}"


def verdict_line(decision: Decision) -> str:
    """`verdict: failed (exit 1)`, the line that scripts and people look for."""
    words = str(decision.verdict)
    speaking = decision.standing.first if decision.standing else decision
    if decision.verdict is Verdict.UNDECIDED and decision.policy and decision.policy.blocks:
        words += " (policy change)"
    elif decision.verdict is Verdict.UNDECIDED and (causes := _causes(speaking.rulings)):
        words += f" ({', '.join(map(cause_word, causes))})"
    if decision.outcome is Outcome.YELLOW:
        words += ", with warnings" if decision.verdict is Verdict.PASSED else ", allowed"
    elif decision.outcome is Outcome.RED and decision.verdict is not Verdict.FAILED:
        words += ", blocks"
    elif decision.outcome is Outcome.GREEN and decision.verdict is not Verdict.PASSED:
        words += ", allowed by the estimate alone"
    whose = ", the first verdict" if decision.standing else ""
    return f"verdict: {words}{whose} (exit {decision.exit_code})"


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
        adjusted_p(finding),
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
    if note := note_words(finding):
        yield f"note: {note}"
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
