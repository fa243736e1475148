"""`evalgate show` and `runs`: what is stored."""

from typing import Annotated

import typer

from evalgate.cli.context import here
from evalgate.cli.options import Format, FormatOption, RunArgument


def show(
    run: RunArgument,
    case: Annotated[str | None, typer.Argument(metavar="[CASE]", help="A case of it.")] = None,
    fmt: FormatOption = Format.TABLE,
) -> int:
    """Show a run, or one answer with its judgements."""
    from evalgate.cli.output import show_as
    from evalgate.report.case_text import case_markdown, render_case
    from evalgate.report.run_text import (
        manifest_markdown,
        render_manifest,
    )

    stored = here().runs.open(run)
    stored.refuse_edited()
    if case is None:
        show_as(fmt, stored.manifest, render_manifest, manifest_markdown)
    else:
        show_as(fmt, stored.case(case), render_case, case_markdown)
    return 0


def runs(fmt: FormatOption = Format.TABLE) -> int:
    """List the runs, the newest first."""
    from evalgate.cli.output import show_as, warn
    from evalgate.report.run_text import render_runs, runs_markdown

    found = here().runs.listed()
    warn(found.unreadable)
    show_as(fmt, found, render_runs, runs_markdown)
    return 0
