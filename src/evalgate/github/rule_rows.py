"""Rules as the rows of a table: those that do not hold first, then the others."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from evalgate.domain.decision import Decision, Ruling
from evalgate.domain.finding import Outcome, Verdict
from evalgate.github.figures import figures_of, sheets_of
from evalgate.github.sections import Section
from evalgate.quoting import redacted, shortened
from evalgate.report.causes import explained, note_words
from evalgate.report.findings import compared_quantity
from evalgate.report.markdown_parts import markdown_table
from evalgate.report.outcome_words import ruling_words

HEAD = ("", "suite", "rule", "baseline", "candidate", "difference", "needed", "verdict")
LONGEST_NAME, LONGEST_WHY = 200, 500


class Ruled(NamedTuple):
    """A rule's outcome, and the row that shows it."""

    outcome: Outcome
    cells: tuple[str, ...]


def rule_sections(decisions: Sequence[Decision]) -> tuple[Section, Section]:
    """The rules that are not green, the red ones first; then those that are."""
    ruled = [row for decision in decisions for row in _rows(decision)]
    ruled.sort(key=lambda row: row.outcome is not Outcome.RED)  # otherwise as they are written
    bad = [row.cells for row in ruled if row.outcome is not Outcome.GREEN]
    good = [row.cells for row in ruled if row.outcome is Outcome.GREEN]
    return _table("rule", "### Rules that do not hold", bad), _table(
        "green rule",
        "<details><summary>Rules that hold</summary>",
        good,
        closing="\n</details>",
    )


def _table(noun: str, title: str, rows: Sequence[tuple[str, ...]], closing: str = "") -> Section:
    first, second, *lines = markdown_table(HEAD, rows)
    return Section(noun, len(rows), f"{title}\n\n{first}\n{second}", lines, closing)


def _rows(decision: Decision) -> Iterator[Ruled]:
    sheets = sheets_of(decision)
    several = f"{decision.suite}: {decision.candidate.candidate}"
    for ruling in decision.rulings:
        figures = figures_of(ruling, sheets)
        cells = (
            mark_of(ruling),
            several,
            str(ruling.finding.rule),
            figures.baseline,
            figures.candidate,
            figures.difference,
            figures.needed,
        )
        yield Ruled(
            ruling.outcome, (*(brief(cell) for cell in cells), brief(_why(ruling), LONGEST_WHY))
        )


def brief(text: str, length: int = LONGEST_NAME) -> str:
    """The beginning of a text; keys are taken out first, for half a key looks like none."""
    return shortened(redacted(text), length)


def mark_of(ruling: Ruling) -> str:
    """Green and red are verdicts; whatever else blocks or is allowed has marks of its own."""
    match ruling.outcome:
        case Outcome.RED:
            return "❌" if ruling.finding.verdict is Verdict.FAILED else "🟠"
        case Outcome.GREEN:
            return "✅" if ruling.finding.verdict is Verdict.PASSED else "🟡"
        case _:
            return "🟡"


def _why(ruling: Ruling) -> str:
    finding = ruling.finding
    parts = [ruling_words(ruling), compared_quantity(finding), note_words(finding)]
    if ruling.outcome is not Outcome.GREEN:
        parts.insert(1, explained(finding))
    return "; ".join(part for part in parts if part)
