"""What `evalgate check` prints: every suite, and what its rules can detect."""

from collections.abc import Iterator

from evalgate.domain.checked import CheckedProject, CheckedRule, CheckedSuite
from evalgate.report.foresight_text import foresight_words
from evalgate.report.markdown_parts import markdown_list, markdown_table
from evalgate.report.numbers import count, number
from evalgate.report.price_text import price_line
from evalgate.report.said import in_markdown, on_screen
from evalgate.report.table import Column, table

COLUMNS = (Column("  rule", most=80), Column("can detect"))


def render_check(project: CheckedProject) -> str:
    """List the suites with the smallest change that each rule finds 4 times in 5."""
    lines: list[str] = []
    for suite in project.suites:
        lines.append(on_screen(_heading(suite)))
        lines += [f"  baseline: {on_screen(suite.baseline)}"] if suite.baseline else []
        lines += [f"  {on_screen(price_line(suite.price))}"] if suite.price else []
        rows = [(f"  {on_screen(rule.rule)}", _reach(rule)) for rule in suite.rules]
        lines += [*table(COLUMNS, rows), ""]
    return "\n".join([*lines, "no faults"]) + "\n"


def check_markdown(project: CheckedProject) -> str:
    """The same as Markdown, with the warnings, which a terminal gets apart."""
    return "\n".join(_markdown(project)) + "\n"


def _markdown(project: CheckedProject) -> Iterator[str]:
    for suite in project.suites:
        yield f"### {in_markdown(_heading(suite))}"
        yield ""
        if suite.baseline:
            yield in_markdown(f"baseline: {suite.baseline}")
            yield ""
        if suite.price:
            yield in_markdown(price_line(suite.price))
            yield ""
        yield from markdown_table(
            ("rule", "can detect"), [(rule.rule, _reach(rule)) for rule in suite.rules]
        )
        yield ""
    if project.warnings:
        yield from markdown_list(f"warning: {warning}" for warning in project.warnings)
        yield ""
    yield "no faults"


def _heading(suite: CheckedSuite) -> str:
    return (
        f"{suite.name}: {suite.evalset}, {count(suite.cases, 'case')},"
        f" {count(len(suite.judges), 'judge')}, {count(len(suite.rules), 'rule')}"
    )


def _reach(rule: CheckedRule) -> str:
    note, smallest = foresight_words(rule.foresight), rule.foresight.detectable
    if rule.foresight.cannot_block:
        few = f"too small to block: {count(rule.foresight.cases, 'case')}"
        note = f"{note}; {few}" if note else few
    if smallest is None:
        return note or "nothing: too few cases"
    return f"{number(smallest)}{f' ({note})' if note else ''}"
