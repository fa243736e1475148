"""Rules as the rows of a table: those that do not hold first, then the others."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, assert_never

from evalgate.domain.decision import Decision, Ruling
from evalgate.domain.finding import Outcome, Verdict
from evalgate.github.comment.figures import Figures, figures_of, sheets_of
from evalgate.github.comment.headings import BLOCKED, FAILED, PASSED, YELLOW
from evalgate.github.comment.sections import Section
from evalgate.quoting import redacted, shortened
from evalgate.report.causes import explained, note_words
from evalgate.report.findings import compared_quantity
from evalgate.report.numbers import count
from evalgate.report.outcome_words import ruling_words
from evalgate.report.said import in_markdown
from evalgate.report.titles import title_of

HEAD = ("", "rule", "baseline", "candidate", "difference")
LONGEST_NAME, LONGEST_WHY = 200, 500
BELOW = "<br>"
TOGETHER = "&nbsp;"
"""Between the parts of a number: a comment is 760 pixels wide, and a table breaks at any space."""


class Ruled(NamedTuple):
    """A rule's outcome, and the row that shows it."""

    outcome: Outcome
    cells: tuple[str, ...]


def rule_sections(decisions: Sequence[Decision]) -> tuple[Section, Section]:
    """The rules that are not green, the red ones first; then those that are.

    Which suite a rule is of is said only where there are several.
    """
    several = len(decisions) > 1
    ruled = [row for decision in decisions for row in _rows(decision, several=several)]
    ruled.sort(key=lambda row: row.outcome is not Outcome.RED)  # otherwise as they are written
    bad = [row.cells for row in ruled if row.outcome is not Outcome.GREEN]
    good = [row.cells for row in ruled if row.outcome is Outcome.GREEN]
    hold = f"<details><summary>Rules that hold: {count(len(good))}</summary>"
    return (
        _table("rule", "### Rules that do not hold", bad),
        _table("green rule", hold, good)._replace(closing="\n</details>"),
    )


def own_policy_section(decisions: Sequence[Decision]) -> Section:
    """What the change's own policy says of a rule where the base's, which decides, does not."""
    differing = [
        (head, [ruling for ruling in head.rulings if _said(ruling) not in base])
        for decision in decisions
        if decision.policy and (head := decision.policy.head)
        for base in [set(map(_said, decision.rulings))]
    ]
    several = len(decisions) > 1
    found = [
        row.cells
        for head, rulings in differing
        for row in _rows(head, several=several, only=rulings)
    ]
    return _table("own rule", "### By the change's own policy", found)


def _said(ruling: Ruling) -> tuple[str, Verdict, Outcome]:
    return ruling.finding.rule.id, ruling.finding.verdict, ruling.outcome


def _table(noun: str, title: str, rows: Sequence[tuple[str, ...]]) -> Section:
    opening = "\n".join([title, "", table_row(HEAD), table_row(["---"] * len(HEAD))])
    return Section(noun, len(rows), opening, map(table_row, rows))


def table_row(cells: Sequence[str]) -> str:
    """A row of cells that are Markdown already."""
    return f"| {' | '.join(cells)} |"


def _rows(
    decision: Decision, *, several: bool, only: Sequence[Ruling] | None = None
) -> Iterator[Ruled]:
    sheets = sheets_of(decision)
    suite = in_markdown(f"{title_of(decision)}: {decision.candidate.candidate}", LONGEST_NAME)
    above = [suite] if several else []
    for ruling in decision.rulings if only is None else only:
        finding = ruling.finding
        rule = [
            *above,
            f"**{in_markdown(str(finding.rule), LONGEST_NAME)}**",
            in_markdown(_why(ruling), LONGEST_WHY),
        ]
        yield Ruled(
            ruling.outcome,
            (
                whole(f"{mark_of(ruling)} {finding.verdict}"),
                BELOW.join(filter(None, rule)),
                *_cells(figures_of(ruling, sheets)),
            ),
        )


def _cells(figures: Figures) -> Iterator[str]:
    """Baseline, candidate, difference; what the rule compares stands out, with its bounds."""
    needed = f"needed {figures.needed}" if figures.needed else ""
    below = [whole(text) for text in (figures.bounds, needed) if text]
    yield whole(figures.baseline)
    for is_compared, text in (
        (not figures.on_difference, figures.candidate),
        (figures.on_difference, figures.difference),
    ):
        yield BELOW.join([f"**{whole(text)}**", *below]) if is_compared else whole(text)


def whole(text: str) -> str:
    """A text of a table's cell that no line ends in."""
    return in_markdown(text, LONGEST_NAME).replace(" ", TOGETHER)


def brief(text: str, length: int = LONGEST_NAME) -> str:
    """The beginning of a text; keys are taken out first, for half a key looks like none."""
    return shortened(redacted(text), length)


def mark_of(ruling: Ruling) -> str:
    """Green and red are verdicts; whatever else blocks or is allowed has marks of its own."""
    match ruling.outcome:
        case Outcome.RED:
            return FAILED.mark if ruling.finding.verdict is Verdict.FAILED else BLOCKED.mark
        case Outcome.GREEN:
            return PASSED.mark if ruling.finding.verdict is Verdict.PASSED else YELLOW
        case Outcome.YELLOW:
            return YELLOW
        case _:
            assert_never(ruling.outcome)


def _why(ruling: Ruling) -> str:
    """What the verdict's one word does not say; nothing where that is all."""
    finding, words = ruling.finding, ruling_words(ruling)
    parts = [words if words != finding.verdict else "", compared_quantity(finding)]
    parts.append(note_words(finding))
    if ruling.outcome is not Outcome.GREEN:
        parts.insert(1, explained(finding))
    return "; ".join(part for part in parts if part)
