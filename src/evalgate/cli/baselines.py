"""`evalgate baseline`: the baseline that a person sets, and what it says."""

from typing import Annotated

import typer

from evalgate.cli.context import here
from evalgate.cli.options import Format, FormatOption, RunArgument, SuiteArgument

app = typer.Typer(
    help="The baseline file of a suite: set, show.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command("set")
def set_(
    run: RunArgument,
    by: Annotated[
        str, typer.Option(metavar="NAME", help="Who sets it, instead of git's user.name.")
    ] = "",
    fmt: FormatOption = Format.TABLE,
) -> int:
    """Write a run's scores into its suite's baseline file, to be reviewed and committed.

    A suite of gates.yaml with `baseline: file` is held against it. Only a whole run of real models
    can be set, and none that lacks what a service failed to give. Warns when the run is not of
    today's candidate, cases or judges, and when its last verdict was red.
    """
    from evalgate.cli.output import show_as, warn
    from evalgate.pipeline.setting import set_baseline
    from evalgate.report.baseline_text import baseline_markdown, render_baseline

    written = set_baseline(here(), run, by)
    show_as(fmt, written.shown, render_baseline, baseline_markdown)
    warn(written.warnings)
    return 0


@app.command()
def show(
    suite: SuiteArgument = None,
    fmt: FormatOption = Format.TABLE,
) -> int:
    """Say what a suite's baseline file is a baseline of, and who set it."""
    from evalgate.cli.output import show_as
    from evalgate.pipeline.filing import show_baseline
    from evalgate.report.baseline_text import baseline_markdown, render_baseline

    show_as(fmt, show_baseline(here(), suite), render_baseline, baseline_markdown)
    return 0
