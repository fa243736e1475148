"""`evalgate noise`."""

from typing import Annotated

import typer

from evalgate.cli.context import asking, destination, errand, here, start_mlflow
from evalgate.cli.options import (
    BudgetOption,
    Format,
    FormatOption,
    InFlightOption,
    NoCacheOption,
    OfflineOption,
    SuiteArgument,
)
from evalgate.cli.screen import tell


def noise(  # noqa: PLR0913, PLR0917 - a command has as many parameters as it has flags
    suite: SuiteArgument = None,
    candidate: Annotated[
        str | None, typer.Option(metavar="VERSION", help="Instead of the suite's baseline.")
    ] = None,
    repeat: Annotated[
        int, typer.Option(metavar="N", min=2, help="How many runs are compared with each other.")
    ] = 5,
    in_flight: InFlightOption = 8,
    offline: OfflineOption = False,
    no_cache: NoCacheOption = False,
    budget_usd: BudgetOption = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be asked, and ask nobody.")
    ] = False,
    fmt: FormatOption = Format.TABLE,
) -> int:
    """Hold one candidate against itself, asked again and again.

    Says how much each score varies when nothing has changed, which margins that asks for, and how
    often today's rules would have blocked. A part of the cases cannot say that, so all are asked.
    """
    if not dry_run:
        start_mlflow()
    from evalgate.cli.output import deliver_noise, show_as
    from evalgate.pipeline.guarding import open_bench
    from evalgate.pipeline.keeping import keep
    from evalgate.pipeline.repeating import Repeats, noise_in
    from evalgate.quoting import for_terminal
    from evalgate.report.noise_text import (
        noise_plan_lines,
        noise_plan_markdown,
        render_noise_plan,
    )

    project = here(asking(offline, no_cache, budget_usd))
    bench = open_bench(project, project.suite(suite), errand(in_flight))
    repeats = Repeats(bench, candidate, repeat)
    plan = repeats.plan()
    if dry_run:
        show_as(fmt, plan, render_noise_plan, noise_plan_markdown)
        return 0
    for line in noise_plan_lines(plan):
        tell(for_terminal(line))
    run = repeats.answered()
    complaints = keep(project, destination(project), run, None).complaints
    return deliver_noise(noise_in(bench, run, repeat), run, complaints, fmt)
