"""`evalgate recordings`: every reply that was paid for, carried, counted and pruned."""

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evalgate.cli.context import here
from evalgate.cli.screen import say

if TYPE_CHECKING:
    from evalgate.recordings.store import Recordings

app = typer.Typer(
    help="Recorded replies: export, import, stats, prune.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="JSON lines.")]


def _recordings() -> "Recordings":
    return here().models.recordings


@app.command()
def export(file: FileArgument) -> int:
    """Write every recorded reply to a file, for a repository or an artifact.

    The file holds prompts and replies. It holds no key.
    """
    from evalgate.report.recordings_text import render_exported

    done = _recordings().export(file)
    say(render_exported(done.written, str(file), done.damaged))
    return 0


@app.command("import")
def import_file(file: FileArgument) -> int:
    """Take in what `export` wrote. What is known already stays as it is."""
    from evalgate.report.recordings_text import render_imported

    taken = _recordings().import_(file, str(file))
    say(render_imported(taken.added, taken.known))
    return 0


@app.command()
def stats() -> int:
    """Count the recorded replies, by model, and what they cost."""
    from evalgate.report.recordings_text import render_stats

    say(render_stats(_recordings().stats()))
    return 0


@app.command()
def prune(
    older_than: Annotated[
        int, typer.Option("--older-than", metavar="DAYS", min=0, help="Drop replies of that age.")
    ],
) -> int:
    """Drop old replies; a rerun would pay for them again."""
    from evalgate.report.recordings_text import render_pruned

    since = dt.datetime.now(dt.UTC) - dt.timedelta(days=older_than)
    say(render_pruned(_recordings().prune(newer_than=since)))
    return 0
