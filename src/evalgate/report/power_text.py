"""What `evalgate power` prints: a line for each rule, and what to do about it."""

from collections.abc import Iterator

from evalgate.domain.powered import PowerReport, SuitePower
from evalgate.report.markdown_parts import markdown_table
from evalgate.report.numbers import count
from evalgate.report.power_advice import advice, failing, needing
from evalgate.report.said import in_markdown, on_screen
from evalgate.report.table import Column, table

HEAD = ("rule", "cases", "fails 4 times in 5", "cases it needs")
COLUMNS = (
    Column(f"  {HEAD[0]}", most=80),
    Column(HEAD[1], "right"),
    Column(HEAD[2]),
    Column(HEAD[3]),
)


def render_power(report: PowerReport) -> str:
    """Each suite's rules, and below each of them one sentence of advice."""
    lines: list[str] = []
    for suite in report.suites:
        lines += [on_screen(_heading(suite)), f"  {on_screen(_runs(suite))}"]
        head, *rows = table(COLUMNS, [(f"  {row[0]}", *row[1:]) for row in _rows(suite)])
        lines.append(head)
        for row, rule in zip(rows, suite.rules, strict=True):
            lines += [row, f"      {on_screen(advice(rule))}"]
        lines.append("")
    return "\n".join(lines)


def power_markdown(report: PowerReport) -> str:
    """The same as Markdown."""
    return "\n".join(_markdown(report)) + "\n"


def _markdown(report: PowerReport) -> Iterator[str]:
    for suite in report.suites:
        yield f"### {in_markdown(_heading(suite))}"
        yield ""
        yield in_markdown(_runs(suite))
        yield ""
        rows = zip(_rows(suite), suite.rules, strict=True)
        yield from markdown_table((*HEAD, "advice"), [(*row, advice(rule)) for row, rule in rows])
        yield ""


def _rows(suite: SuitePower) -> list[tuple[str, str, str, str]]:
    return [(str(r.rule), count(r.foresight.cases), failing(r), needing(r)) for r in suite.rules]


def _heading(suite: SuitePower) -> str:
    cases, rules = count(suite.cases, "case"), count(len(suite.rules), "rule")
    shared = f", {count(suite.blocking)} of which share the error of a failure"
    many = shared if suite.blocking > 1 else ""
    return f"{suite.name}: {suite.evalset}, {cases}, {rules}{many}"


def _runs(suite: SuitePower) -> str:
    trials = f", {count(suite.trials, 'trial')} of each case" if suite.trials > 1 else ""
    if not suite.candidate_run:
        return f"no whole run on these cases with these judges yet: figures are assumed{trials}"
    against = f" against {suite.baseline_run}" if suite.baseline_run else ", and no other version"
    return f"by the run {suite.candidate_run}{against}{trials}"
