"""What `evalgate check` prints: every suite, and what its rules can detect."""

from collections.abc import Sequence

from evalgate.domain.checked import CheckedSuite
from evalgate.report.numbers import count, number
from evalgate.report.said import on_screen
from evalgate.report.table import Column, table

COLUMNS = (Column("  rule", most=80), Column("can detect"))


def render_check(suites: Sequence[CheckedSuite]) -> str:
    """List the suites with the smallest change that each rule finds 4 times in 5."""
    lines: list[str] = []
    for suite in suites:
        lines.append(
            f"{on_screen(suite.name)}: {on_screen(suite.evalset)}, {count(suite.cases, 'case')},"
            f" {count(len(suite.judges), 'judge')}, {count(len(suite.rules), 'rule')}"
        )
        rows = [
            (f"  {on_screen(rule.rule)}", _reach(rule.detectable, rule.note))
            for rule in suite.rules
        ]
        lines += [*table(COLUMNS, rows), ""]
    return "\n".join([*lines, "no faults"]) + "\n"


def _reach(detectable: float | None, note: str) -> str:
    if detectable is None:
        return note or "nothing: too few cases"
    return f"{number(detectable)}{f' ({note})' if note else ''}"
