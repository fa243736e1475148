"""`evalgate gate`, `explain` and `verify`: verdicts on what is stored."""

from pathlib import Path
from typing import Annotated

import typer

from evalgate.cli.context import destination, errand, here
from evalgate.cli.options import Format, FormatOption, OutputOption, SuiteOption
from evalgate.cli.screen import say

RunArgument = Annotated[str, typer.Argument(help="A run, the beginning of its name, or `latest`.")]
BaselineOption = Annotated[str | None, typer.Option(help="A candidate, git:REF, run:ID or none.")]


def gate(
    run: RunArgument,
    suite: SuiteOption = None,
    baseline: BaselineOption = None,
    output: OutputOption = None,
    fmt: FormatOption = Format.TABLE,
) -> int:
    """Hold a stored run against today's rules. No candidate and no judge is asked."""
    from evalgate.cli.output import deliver_decision, reports_to
    from evalgate.pipeline.gatekeeping import gate_run, open_bench

    reports = reports_to(output)
    project = here()
    named = project.suite(suite or project.runs.open(run).manifest.suite)
    judged = gate_run(open_bench(project, named, errand(1)), run, baseline, destination(project))
    return deliver_decision(judged, reports, fmt)


def explain(
    run: RunArgument,
    rule: Annotated[
        str, typer.Argument(help="A rule as the reports print it, or as in correctness.max_drop.")
    ],
    suite: SuiteOption = None,
    baseline: BaselineOption = None,
) -> int:
    """Show the arithmetic behind one rule's verdict.

    The cases that it rests on are listed.
    """
    from evalgate.pipeline.explaining import explain_rule
    from evalgate.pipeline.gatekeeping import open_bench

    project = here()
    named = project.suite(suite or project.runs.open(run).manifest.suite)
    say(explain_rule(open_bench(project, named, errand(1)), run, rule, baseline))
    return 0


def verify(
    decision: Annotated[Path, typer.Argument(help="A decision.json that evalgate wrote.")],
) -> int:
    """Decide again from a decision's own evidence.

    Exits as that decision does; 2 when the file does not agree with itself.
    """
    from evalgate.gate.ruling import gravest
    from evalgate.pipeline.deciding import load_decisions, verify_decision
    from evalgate.report.decision_text import verdict_line

    codes = []
    for written in load_decisions(decision):
        again = verify_decision(written, str(decision))
        codes.append(again.exit_code)
        say(f"verified: {len(again.rulings)} rules decide as written\n{verdict_line(written)}")
    return int(gravest(codes))
