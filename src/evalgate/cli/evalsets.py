"""`evalgate evalset`: what there is, what changed, freezing and importing."""

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evalgate.cli.context import here
from evalgate.cli.options import Format, FormatOption
from evalgate.cli.screen import say

if TYPE_CHECKING:
    from evalgate.evalset.store import Evalsets

app = typer.Typer(
    help="Evalsets: list, show, verify, freeze, diff, import, sample.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="An evalset.")]
RefArgument = Annotated[str, typer.Argument(metavar="NAME@VERSION", help="As in open-qa@v1.")]


def _evalsets() -> "Evalsets":
    return here().evalsets


@app.command("list")
def list_all(fmt: FormatOption = Format.TABLE) -> int:
    """List every evalset with its versions."""
    from evalgate.cli.output import show_as
    from evalgate.evalset.viewing import list_evalsets
    from evalgate.report.evalset_text import evalsets_markdown, render_evalsets

    show_as(fmt, list_evalsets(_evalsets()), render_evalsets, evalsets_markdown)
    return 0


@app.command()
def show(
    ref: RefArgument,
    limit: Annotated[int, typer.Option(metavar="N", min=0, help="How many cases are shown.")] = 5,
    fmt: FormatOption = Format.TABLE,
) -> int:
    """Show a version and its first cases."""
    from evalgate.cli.output import show_as
    from evalgate.evalset.viewing import show_version
    from evalgate.report.evalset_text import render_version, version_markdown

    show_as(fmt, show_version(_evalsets(), ref, limit), render_version, version_markdown)
    return 0


@app.command()
def verify(
    ref: Annotated[
        str | None, typer.Argument(metavar="[NAME@VERSION]", help="All of them if left out.")
    ] = None,
    fmt: FormatOption = Format.TABLE,
) -> int:
    """Check every line, digest, id and schema.

    Of one version, or of all of them.
    """
    from evalgate.cli.output import show_as
    from evalgate.evalset.viewing import verify_versions
    from evalgate.report.evalset_text import render_verified, verified_markdown

    found = verify_versions(_evalsets(), ref)
    show_as(fmt, found, render_verified, verified_markdown)
    found.refuse_faulty()
    return 0


@app.command()
def freeze(
    name: NameArgument,
    version: Annotated[
        str | None, typer.Argument(metavar="[VERSION]", help="The latest draft if left out.")
    ] = None,
) -> int:
    """Freeze a version: from now on its bytes are checked."""
    from evalgate.evalset.freezing import freeze as freeze_version

    frozen = freeze_version(_evalsets(), name, version, dt.datetime.now(dt.UTC).date())
    was = "was frozen already, and has not changed" if frozen.already else "is frozen"
    say(f"{frozen.ref} {was}: {frozen.cases} cases, {frozen.digest}")
    return 0


@app.command()
def diff(
    name: NameArgument,
    old: Annotated[str, typer.Argument(metavar="V1", help="A version of it.")],
    new: Annotated[str, typer.Argument(metavar="V2", help="Another one.")],
    fmt: FormatOption = Format.TABLE,
) -> int:
    """Say what changed between two versions.

    Cases that were added, removed, or changed in inputs, expected, slices or cluster.
    """
    from evalgate.cli.output import show_as
    from evalgate.evalset.difference import diff as diff_versions
    from evalgate.report.evalset_text import difference_markdown, render_difference

    found = diff_versions(_evalsets(), name, old, new)
    show_as(fmt, found, render_difference, difference_markdown)
    return 0


@app.command("import")
def import_cases(  # noqa: PLR0913, PLR0917 - a command has as many parameters as it has flags
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV, JSONL or Parquet.")],
    to: Annotated[str, typer.Option("--to", metavar="NAME@VERSION", help="The new version.")],
    id_column: Annotated[
        str | None, typer.Option("--id", metavar="COLUMN", help="Ids; else made from the inputs.")
    ] = None,
    inputs: Annotated[
        list[str] | None,
        typer.Option("--input", metavar="[NAME=]COLUMN", help="May be repeated; else all others."),
    ] = None,
    expected: Annotated[
        str | None, typer.Option("--expected", metavar="COLUMN", help="What people expect.")
    ] = None,
    slices: Annotated[
        list[str] | None, typer.Option("--slice", metavar="[NAME=]COLUMN", help="May be repeated.")
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option("--cluster", metavar="COLUMN", help="Cases that belong together."),
    ] = None,
) -> int:
    """Write the rows of a table as a new version.

    It is a draft until it is frozen.
    """
    from evalgate.evalset.importing import import_file
    from evalgate.evalset.mapping import ColumnMapping

    mapping = ColumnMapping(
        inputs=tuple(inputs or ()),
        id=id_column,
        expected=expected,
        slices=tuple(slices or ()),
        cluster=cluster,
    )
    done = import_file(_evalsets(), file, to, mapping)
    made = ", ids made from the inputs" if done.ids_made else ""
    say(f"wrote {done.ref}: {done.cases} cases{made}; freeze it when it is right")
    return 0


@app.command()
def sample(
    ref: RefArgument,
    count: Annotated[
        int, typer.Option("-n", "--count", metavar="N", min=1, help="How many cases.")
    ] = 20,
    seed: Annotated[
        int, typer.Option(metavar="N", help="The same seed chooses the same cases.")
    ] = 0,
) -> int:
    """Print a random choice of cases as JSONL."""
    from evalgate.evalset.importing import line_of
    from evalgate.evalset.reading import read_cases, verify_cases
    from evalgate.evalset.sampling import choose

    evalset = _evalsets().open(ref)
    verify_cases(evalset)
    chosen = choose(read_cases(evalset), count, seed)
    say("".join(line_of(case).decode() for case in chosen))
    return 0
