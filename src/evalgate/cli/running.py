"""`evalgate run`."""

from typing import Annotated

import typer

from evalgate.cli.context import asking, destination, errand, here, start_mlflow
from evalgate.cli.options import (
    BaselineOption,
    BaseOption,
    BudgetOption,
    Format,
    FormatOption,
    InFlightOption,
    NoCacheOption,
    OfflineOption,
    OutputOption,
    SuiteArgument,
    TrialsOption,
)


def run(  # noqa: PLR0913, PLR0917 - a command has as many parameters as it has flags
    suite: SuiteArgument = None,
    candidate: Annotated[
        str | None, typer.Option(metavar="VERSION", help="Instead of the suite's own.")
    ] = None,
    baseline: BaselineOption = None,
    base: BaseOption = "",
    trials: TrialsOption = None,
    in_flight: InFlightOption = 8,
    offline: OfflineOption = False,
    no_cache: NoCacheOption = False,
    budget_usd: BudgetOption = None,
    limit: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Only the first N cases.")
    ] = None,
    case: Annotated[
        list[str] | None,
        typer.Option(metavar="CASE", help="Only this case. May be repeated."),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option("--filter", metavar="K=V", help="Only cases of this slice. May be repeated."),
    ] = None,
    shard: Annotated[
        str | None, typer.Option(metavar="I/N", help="Only the i-th of n equal parts.")
    ] = None,
    resume: Annotated[
        str, typer.Option(metavar="RUN", help="Go on with a run that was stopped.")
    ] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be run, and run nothing.")
    ] = False,
    output: OutputOption = None,
    fmt: FormatOption = Format.TABLE,
) -> int:
    """Answer, judge and gate one candidate. A part of the cases is never passed or failed."""
    if not dry_run:
        start_mlflow()
    from evalgate.cli.output import deliver_decision
    from evalgate.cli.selection import selection_of
    from evalgate.pipeline.gatekeeping import run_suite
    from evalgate.pipeline.guarding import open_bench
    from evalgate.pipeline.reporting import reports_to

    reports = reports_to(output)
    project = here(asking(offline, no_cache, budget_usd))
    selection = selection_of(limit, case or [], only or [], shard)
    bench = open_bench(
        project, project.suite(suite), errand(in_flight, selection, resume, trials, base)
    )
    if dry_run:
        from evalgate.cli.output import show_as
        from evalgate.pipeline.planning import plan_of
        from evalgate.report.plan_text import plan_markdown, render_plan

        show_as(fmt, plan_of(bench, candidate, baseline), render_plan, plan_markdown)
        return 0
    judged = run_suite(bench, candidate, baseline, destination(project))
    return deliver_decision(judged, reports, fmt)
