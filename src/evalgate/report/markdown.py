"""A decision or a comparison as GitHub Markdown."""

from collections.abc import Iterator, Sequence

from evalgate.domain.comparison import Comparison
from evalgate.domain.decision import Decision, Ruling
from evalgate.report.baseline_text import origin_lines
from evalgate.report.comparison import (
    NOT_KEPT,
    TOP,
    case_changes,
    change_texts,
    comparison_headline,
    score_columns,
    score_rows,
    worse_count,
)
from evalgate.report.decision_text import (
    headline,
    ruling_notes,
    suites_line,
    verdict_line,
)
from evalgate.report.evidence_text import adjusted_p, shown
from evalgate.report.markdown_parts import LONG, markdown_table
from evalgate.report.numbers import count
from evalgate.report.outcome_words import outcome_mark, ruling_words
from evalgate.report.policy_text import policy_lines
from evalgate.report.said import in_markdown
from evalgate.report.simulated import simulated_note
from evalgate.report.standing_text import standing_lines
from evalgate.report.warning_text import warning_words
from evalgate.report.word_diff import Kind, shown_changes

RULING_HEAD = ("", "verdict", "rule", "estimate", "bounds", "p (Holm)", "needed", "cases", "why")


def render_markdown(report: Decision | Comparison, top: int = TOP) -> str:
    """Show the same as on the terminal; `top` cases that got worse."""
    lines = _decision(report) if isinstance(report, Decision) else _comparison(report, top)
    return "\n".join(lines) + "\n"


def _decision(decision: Decision) -> Iterator[str]:
    mark = outcome_mark(decision.outcome)
    yield f"### {mark} {in_markdown(headline(decision))}"
    yield ""
    yield f"**{in_markdown(verdict_line(decision))}**"
    yield ""
    yield in_markdown(suites_line(decision))
    yield ""
    if note := simulated_note(decision.models):
        yield in_markdown(note)
        yield ""
    if baseline := origin_lines(decision.baseline_file):
        yield from (f"- {in_markdown(line)}" for line in baseline)
        yield ""
    if decision.rulings:
        yield from markdown_table(RULING_HEAD, map(_row, decision.rulings))
    else:
        yield "no rule was decided"
    if policy := policy_lines(decision):
        yield ""
        yield from (f"- {in_markdown(line)}" for line in policy)
    if decision.policy and decision.policy.head:
        yield ""
        yield from markdown_table(RULING_HEAD, map(_row, decision.policy.head.rulings))
    if decision.standing:
        yield ""
        yield from (f"- {in_markdown(line)}" for line in standing_lines(decision))
        yield ""
        yield from markdown_table(RULING_HEAD, map(_row, decision.standing.first.rulings))
    if decision.warnings:
        yield ""
        said = map(warning_words, decision.warnings)
        yield from (f"- warning: {in_markdown(words)}" for words in said)


def _row(ruling: Ruling) -> Sequence[str]:
    finding = ruling.finding
    texts = shown(finding, finding.observed)
    words, *notes = [ruling_words(ruling), *ruling_notes(ruling)]
    return (
        outcome_mark(ruling.outcome),
        words,
        str(finding.rule),
        texts.estimate,
        texts.bounds,
        adjusted_p(finding),
        texts.needed,
        count(finding.counts.cases),
        "; ".join(note for note in notes if note != words),
    )


def _comparison(comparison: Comparison, top: int) -> Iterator[str]:
    yield f"### {in_markdown(comparison_headline(comparison))}"
    yield ""
    head = [column.title for column in score_columns(comparison)]
    yield from markdown_table(head, score_rows(comparison))
    yield ""
    if changes := case_changes(comparison):
        yield "; ".join(changes)
        yield ""
    yield from _worsened(comparison, top)
    for decision in comparison.decisions:
        yield ""
        yield from _decision(decision)


def _worsened(comparison: Comparison, top: int) -> Iterator[str]:
    total, shown = comparison.worsened_count, comparison.worsened[:top]
    if not total:
        yield "no case got worse"
        return
    yield f"<details><summary>{worse_count(comparison)} got worse</summary>"
    yield ""
    for case in shown:
        yield f"- **{in_markdown(case.case_id)}** ({in_markdown(case.version)})"
        yield f"  - inputs: {in_markdown(case.inputs)}"
        if case.before_kept:
            yield f"  - answer: {marked_words(case.before, case.after)}"
        else:
            yield f"  - answer: {in_markdown(case.after, LONG)} ({NOT_KEPT})"
        for change in case.changes:
            said = f": {in_markdown(change.reason)}" if change.reason.strip() else ""
            before, after = change_texts(change)
            yield f"  - {in_markdown(change.score)} {before} → {after}{said}"
    if total > len(shown):
        yield f"- and {count(total - len(shown))} more"
    yield ""
    yield "</details>"


def marked_words(before: str, after: str) -> str:
    """The changed words in `<del>` and `<ins>`, which no quoted text can contain."""
    marked: dict[Kind, str] = {
        "same": "{}",
        "removed": "<del>{}</del>",
        "added": "<ins>{}</ins>",
    }
    return " ".join(
        marked[kind].format(in_markdown(text, LONG)) for kind, text in shown_changes(before, after)
    )
