"""`evalgate compare`."""

from typing import Annotated

import typer

from evalgate.cli.context import asking, destination, errand, here, start_mlflow
from evalgate.cli.options import (
    BaseOption,
    BudgetOption,
    Format,
    FormatOption,
    InFlightOption,
    NoCacheOption,
    OfflineOption,
    OutputOption,
    SuiteOption,
    TopOption,
    TrialsOption,
)


def compare(  # noqa: PLR0913, PLR0917 - a command has as many parameters as it has flags
    versions: Annotated[
        list[str],
        typer.Argument(
            metavar="VERSION",
            hidden=True,  # its place in the help would say <list[str]>
        ),
    ],
    suite: SuiteOption = None,
    trials: TrialsOption = None,
    base: BaseOption = "",
    in_flight: InFlightOption = 8,
    offline: OfflineOption = False,
    no_cache: NoCacheOption = False,
    budget_usd: BudgetOption = None,
    top: TopOption = 5,
    output: OutputOption = None,
    fmt: FormatOption = Format.TABLE,
) -> int:
    """Set versions side by side and let the gate decide.

    A VERSION is a candidate, run:ID, git:REF[:CANDIDATE] or a JSONL file of answers. The first is
    the baseline. What has no run yet is run.
    """
    start_mlflow()
    from evalgate.cli.output import deliver_comparison
    from evalgate.pipeline.catalogue import suite_for
    from evalgate.pipeline.gatekeeping import compare_versions
    from evalgate.pipeline.guarding import open_bench
    from evalgate.pipeline.reporting import reports_to

    reports = reports_to(output)
    project = here(asking(offline, no_cache, budget_usd))
    bench = open_bench(
        project, suite_for(project, suite, versions), errand(in_flight, trials=trials, base=base)
    )
    compared = compare_versions(bench, versions, destination(project), max(top, 10))
    return deliver_comparison(compared, reports, fmt, top)
