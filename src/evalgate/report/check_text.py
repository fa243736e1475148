"""What `evalgate check` prints: every suite, and what its rules can detect."""

from collections.abc import Iterator

from evalgate.domain.checked import CheckedProject, CheckedRule, CheckedSuite, Foresight, Prospect
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
    if smallest is None:
        return note or "nothing: too few cases"
    return f"{number(smallest)}{f' ({note})' if note else ''}"


def foresight_words(seen: Foresight) -> str:  # noqa: PLR0911 - one sentence for every prospect
    """What is to be said of a rule beside the change that it can detect."""
    if seen.assumed_flips is not None:
        often = seen.prospect is Prospect.OFTEN_UNDECIDED
        more = ": often undecided with this margin" if often else ""
        return f"if {seen.assumed_flips:.0%} of the cases change sides{more}"
    match seen.prospect:
        case Prospect.TOO_FEW_CASES:
            few = count(seen.cases, "case")
            return f"always undecided: {few}, min_cases is {count(seen.min_cases)}"
        case Prospect.NO_INTERVAL:
            few = count(seen.cases, "case")
            return f"always undecided: {few} are too few on a scale without ends"
        case Prospect.UNKNOWN_SPREAD:
            return "known after a run: it depends on how much the scores vary"
        case Prospect.FACT:
            return "a fact of the run, without an interval"
        case Prospect.OUT_OF_REACH if seen.best_bound is not None:
            perfect = count(seen.cases, "perfect case")
            return f"cannot pass: {perfect} prove no better than {number(seen.best_bound)}"
        case _:
            return ""
