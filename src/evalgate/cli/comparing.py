"""`evalgate compare`."""

from typing import Annotated

import typer

from evalgate.cli.context import destination, errand, here
from evalgate.cli.options import (
    Format,
    FormatOption,
    InFlightOption,
    OutputOption,
    SuiteOption,
    TopOption,
)


def compare(  # noqa: PLR0913, PLR0917 - a command has as many parameters as it has flags
    versions: Annotated[
        list[str],
        typer.Argument(
            metavar="VERSION",
            help="Candidates, run:ID, git:REF[:CANDIDATE] or JSONL files of answers."
            " The first is the baseline.",
        ),
    ],
    suite: SuiteOption = None,
    in_flight: InFlightOption = 8,
    top: TopOption = 5,
    output: OutputOption = None,
    fmt: FormatOption = Format.TABLE,
) -> int:
    """Set versions side by side and let the gate decide.

    What has no run yet is run.
    """
    from evalgate.cli.output import deliver_comparison, reports_to
    from evalgate.pipeline.catalogue import suite_for
    from evalgate.pipeline.gatekeeping import compare_versions, open_bench

    reports = reports_to(output)
    project = here()
    bench = open_bench(project, suite_for(project, suite, versions), errand(in_flight))
    compared = compare_versions(bench, versions, destination(project), max(top, 10))
    return deliver_comparison(compared, reports, fmt, top)
