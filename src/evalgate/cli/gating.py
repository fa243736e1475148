"""`evalgate gate`, `explain` and `verify`: verdicts on what is stored."""

from pathlib import Path
from typing import Annotated

import typer

from evalgate.cli.context import destination, errand, here, start_mlflow
from evalgate.cli.options import (
    BaselineOption,
    BaseOption,
    Format,
    FormatOption,
    OutputOption,
    RunArgument,
    SuiteOption,
)
from evalgate.cli.screen import say


def gate(  # noqa: PLR0913, PLR0917 - a command has as many parameters as it has flags
    run: RunArgument,
    suite: SuiteOption = None,
    baseline: BaselineOption = None,
    base: BaseOption = "",
    output: OutputOption = None,
    fmt: FormatOption = Format.TABLE,
) -> int:
    """Hold a stored run against today's rules. No candidate and no judge is asked."""
    start_mlflow()
    from evalgate.cli.output import deliver_decision
    from evalgate.pipeline.gatekeeping import gate_run
    from evalgate.pipeline.guarding import open_bench
    from evalgate.pipeline.reporting import reports_to

    reports = reports_to(output)
    project = here()
    named = project.suite(suite or project.runs.open(run).manifest.suite)
    bench = open_bench(project, named, errand(1, base=base))
    judged = gate_run(bench, run, baseline, destination(project))
    return deliver_decision(judged, reports, fmt)


def explain(
    run: RunArgument,
    rule: Annotated[
        str,
        typer.Argument(
            metavar="RULE", help="A rule as the reports print it, or as in correctness.max_drop."
        ),
    ],
    suite: SuiteOption = None,
    baseline: BaselineOption = None,
    fmt: FormatOption = Format.TABLE,
) -> int:
    """Show the arithmetic behind one rule's verdict.

    The cases that it rests on are listed.
    """
    from evalgate.cli.output import show_as
    from evalgate.pipeline.explaining import explain_rule
    from evalgate.pipeline.guarding import open_bench
    from evalgate.report.explanation_text import explanation_markdown, render_explanation

    project = here()
    named = project.suite(suite or project.runs.open(run).manifest.suite)
    explained = explain_rule(open_bench(project, named, errand(1)), run, rule, baseline)
    show_as(fmt, explained, render_explanation, explanation_markdown)
    return 0


def verify(
    decision: Annotated[
        Path, typer.Argument(metavar="FILE", help="A decision or comparison that evalgate wrote.")
    ],
) -> int:
    """Decide again from a decision's own evidence.

    Exits as that decision does; 2 when the file does not agree with itself.
    """
    from evalgate.gate.consequences import gravest
    from evalgate.pipeline.verifying import load_decisions, verify_decision
    from evalgate.report.decision_text import suites_line, verdict_line

    written = load_decisions(decision)
    again = [verify_decision(each, str(decision)) for each in written]  # all, before a word
    for each, verdicts in zip(written, again, strict=True):
        say(f"verified: {len(verdicts.rulings)} rules decide as written")
        say(f"{suites_line(each)}\n{verdict_line(each)}")
    return int(gravest(verdicts.exit_code for verdicts in again))
