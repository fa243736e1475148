"""What `evalgate backtest` prints: stored runs under today's rules, and what these can find."""

from collections.abc import Iterator

from evalgate.domain.backtest import Backtest, PastVerdict, Planted, Replayed, SuiteBacktest
from evalgate.report.alarms_text import alarm_lines
from evalgate.report.evidence_text import ABSENT
from evalgate.report.markdown_parts import markdown_list, markdown_table
from evalgate.report.numbers import count, percent
from evalgate.report.said import in_markdown, on_screen
from evalgate.report.table import Column, table

RUNS = (
    Column("  run"),
    Column("candidate", most=30),
    Column("against", most=30),
    Column("then"),
    Column("today"),
    Column(""),
)
PLANTED = (
    Column("  made worse", "right"),
    Column("failed (exit 1)", "right"),
    Column("blocked otherwise", "right"),
    Column("let through (exit 0)", "right"),
    Column("of these passed", "right"),
)
NO_PAIR = "no two runs of one candidate: nobody knows how often an unchanged one is blocked"


def render_backtest(found: Backtest) -> str:
    """Show every suite: each run then and today, false alarms, and planted faults."""
    lines: list[str] = []
    for suite in found.suites:
        lines += [on_screen(_heading(suite)), ""]
        if suite.runs:
            rows = [_indented(_run_row(run)) for run in suite.runs]
            lines += [*table(RUNS, rows), f"  {_changed(suite)}", ""]
        lines += [*_indent("false alarms", _alarms(suite)), ""]
        if suite.planted:
            lines += [f"  {on_screen(_planted_title(suite))}"]
            lines += [*table(PLANTED, [_indented(_planted_row(p)) for p in suite.planted]), ""]
        if suite.left_out:
            lines += [*_indent("left out", _left_out(suite)), ""]
    unreadable = [f"cannot be opened: {on_screen(str(fault))}" for fault in found.unreadable]
    return "\n".join([*lines, *unreadable]).rstrip("\n") + "\n"


def backtest_markdown(found: Backtest) -> str:
    """The same as Markdown."""
    return "\n".join(_markdown(found)) + "\n"


def _markdown(found: Backtest) -> Iterator[str]:
    for suite in found.suites:
        yield f"### {in_markdown(_heading(suite))}"
        yield ""
        if suite.runs:
            yield from markdown_table(_titles(RUNS), map(_run_row, suite.runs))
            yield from ("", in_markdown(_changed(suite)), "")
        yield from markdown_list(f"false alarms: {line}" for line in _alarms(suite))
        yield ""
        if suite.planted:
            yield from (in_markdown(_planted_title(suite)), "")
            yield from markdown_table(_titles(PLANTED), map(_planted_row, suite.planted))
            yield ""
        if suite.left_out:
            yield from markdown_list(f"left out: {line}" for line in _left_out(suite))
            yield ""
    yield from markdown_list(f"cannot be opened: {fault}" for fault in found.unreadable)


def _heading(suite: SuiteBacktest) -> str:
    held = count(len(suite.runs), "stored run")
    return f"{suite.suite}: {suite.evalset}, {held} held against today's rules"


def _run_row(run: Replayed) -> tuple[str, ...]:
    return (
        run.run,
        run.candidate,
        run.baseline_candidate or ABSENT,
        ABSENT if run.then is None else _then(run.then),
        f"{run.verdict} (exit {run.exit_code})",
        "changed" if run.changed else "",
    )


def _then(said: PastVerdict) -> str:
    """What was said, and what the run's own rules came to where that is another thing."""
    words = f"{said.verdict} (exit {said.exit_code})"
    if said.alone is None or said.own_exit_code == said.exit_code:
        return words
    return f"{words}, alone {said.alone.verdict} (exit {said.alone.exit_code})"


def _changed(suite: SuiteBacktest) -> str:
    known = [run for run in suite.runs if run.then is not None]
    changed = sum(run.changed for run in known)
    words = f"{count(changed)} of {count(len(known))} exit codes would be another one today"
    lost = len(suite.runs) - len(known)
    return f"{words}; of {count(lost, 'run')} nobody kept what was said" if lost else words


def _alarms(suite: SuiteBacktest) -> Iterator[str]:
    if suite.alarms is None:
        yield NO_PAIR
    else:
        yield from alarm_lines(suite.alarms)


def _planted_title(suite: SuiteBacktest) -> str:
    draws = count(suite.planted[0].draws, "draw")
    if suite.planted_in:
        where = f"in {suite.planted_in} against itself, so without noise of its own"
    else:
        where = "in one of a pair of runs of one candidate, against the other"
    return f"planted faults: a share of the cases gets the worst score, {where}; {draws} each"


def _planted_row(planted: Planted) -> tuple[str, ...]:
    shares = (planted.failed, planted.stopped, planted.let_through, planted.passed)
    return (percent(planted.share), *(percent(part / planted.draws) for part in shares))


def _left_out(suite: SuiteBacktest) -> Iterator[str]:
    for left in suite.left_out:
        yield f"{left.run}: {left.why}"


def _indented(row: tuple[str, ...]) -> tuple[str, ...]:
    return (f"  {row[0]}", *row[1:])


def _indent(label: str, lines: Iterator[str]) -> Iterator[str]:
    yield f"  {label}"
    for line in lines:
        yield f"    {on_screen(line)}"


def _titles(columns: tuple[Column, ...]) -> list[str]:
    return [column.title.strip() for column in columns]
