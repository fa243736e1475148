"""`evalgate evalset`: what there is, what changed, freezing and importing."""

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evalgate.cli.context import here
from evalgate.cli.screen import say

if TYPE_CHECKING:
    from evalgate.domain.case import Case
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
def list_all() -> int:
    """List every evalset with its versions."""
    from evalgate.report.evalset_text import render_evalsets

    evalsets = _evalsets()
    say(render_evalsets({name: _states(evalsets, name) for name in evalsets.names()}))
    return 0


def _states(evalsets: "Evalsets", name: str) -> dict[str, str]:
    spec = evalsets.spec(name)
    return {
        version: "frozen" if spec.frozen(version) else "draft"
        for version in evalsets.versions(name)
    }


@app.command()
def show(
    ref: RefArgument,
    limit: Annotated[int, typer.Option(min=0, help="How many cases are shown.")] = 5,
) -> int:
    """Show a version and its first cases."""
    from evalgate.evalset.reading import read_cases, verify_cases
    from evalgate.report.evalset_text import render_version

    evalset = _evalsets().open(ref)
    count = verify_cases(evalset)
    slices: dict[str, dict[str, int]] = {}
    first: list[Case] = []
    for case in read_cases(evalset):
        for key, value in case.slices.items():
            counts = slices.setdefault(key, {})
            counts[str(value)] = counts.get(str(value), 0) + 1
        if len(first) < limit:
            first.append(case)
    state = "frozen" if evalset.frozen else "draft"
    say(render_version((ref, state, evalset.digest), count, slices, first))
    return 0


@app.command()
def verify(
    ref: Annotated[str | None, typer.Argument(metavar="[NAME@VERSION]")] = None,
) -> int:
    """Check every line, digest, id and schema.

    Of one version, or of all of them.
    """
    from evalgate.errors import Problem, UserMistake
    from evalgate.evalset.reading import verify_cases

    evalsets = _evalsets()
    refs = (
        [ref]
        if ref
        else [
            f"{name}@{version}" for name in evalsets.names() for version in evalsets.versions(name)
        ]
    )
    if not refs:
        raise UserMistake(Problem("there is no evalset", "evalsets", remedy="import one"))
    problems: list[Problem] = []
    for one in refs:
        try:
            say(f"{one}: {verify_cases(evalsets.open(one))} cases, no faults")
        except UserMistake as mistake:
            problems += mistake.problems
    if problems:
        raise UserMistake(problems)
    return 0


@app.command()
def freeze(
    name: NameArgument,
    version: Annotated[str | None, typer.Argument(help="The latest draft if left out.")] = None,
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
    old: Annotated[str, typer.Argument(metavar="V1")],
    new: Annotated[str, typer.Argument(metavar="V2")],
) -> int:
    """Say what changed between two versions.

    Cases that were added, removed, or changed in inputs, expected, slices or cluster.
    """
    from evalgate.evalset.difference import diff as diff_versions
    from evalgate.report.case_lists import render_case_lists

    found = diff_versions(_evalsets(), name, old, new)
    lists = {
        "added": found.added,
        "removed": found.removed,
        "changed in inputs": found.changed_inputs,
        "changed in expected": found.changed_expected,
        "changed in slices or cluster": found.changed_slices,
    }
    say(f"{found.old} -> {found.new}: {found.unchanged} cases unchanged")
    say(render_case_lists(lists))
    return 0


@app.command("import")
def import_cases(  # noqa: PLR0913, PLR0917 - a command has as many parameters as it has flags
    file: Annotated[Path, typer.Argument(help="CSV, JSONL or Parquet.")],
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
    count: Annotated[int, typer.Option("-n", "--count", min=1, help="How many cases.")] = 20,
    seed: Annotated[int, typer.Option(help="The same seed chooses the same cases.")] = 0,
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
