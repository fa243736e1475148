"""Write docs/commands.md from what every command says with --help."""

import io
import os
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path

import typer

from evalgate.cli.app import app
from evalgate.cli.boundary import run

PAGE = Path(__file__).parents[1] / "docs" / "commands.md"
COLUMNS = "80"
INTRODUCTION = """\
# Commands

Written from `--help` by `make docs`; do not edit.

The result goes to stdout, everything else to stderr. What the exit codes mean:
[README](../README.md#exit-codes). A progress bar is shown on a terminal only, and not where `CI`
is set. `MLFLOW_TRACKING_URI` and `MLFLOW_EXPERIMENT_NAME` say where runs are logged
([runs](runs.md)).
"""


def command_names() -> Iterator[tuple[str, ...]]:
    """Every command as it is typed, the groups before their own commands."""
    yield from _below((), app)


def _below(typed: tuple[str, ...], group: typer.Typer) -> Iterator[tuple[str, ...]]:
    yield typed
    for command in group.registered_commands:
        assert command.callback is not None, "a command is a function"
        yield (*typed, command.name or command.callback.__name__)
    for below in group.registered_groups:
        assert below.typer_instance is not None, "a group has its commands"
        yield from _below((*typed, str(below.name)), below.typer_instance)


def help_of(command: tuple[str, ...]) -> str:
    """What `--help` prints, in lines of one width."""
    before = {name: os.environ.get(name) for name in ("COLUMNS", "TERMINAL_WIDTH", "NO_COLOR")}
    os.environ.update(COLUMNS=COLUMNS, TERMINAL_WIDTH=COLUMNS, NO_COLOR="1")
    try:
        with redirect_stdout(io.StringIO()) as printed:
            code = run([*command, "--help"])
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
    assert code == 0, f"{command} --help exits {code}"
    return "\n".join(line.rstrip() for line in printed.getvalue().strip().splitlines())


def generated() -> str:
    """The whole page."""
    sections = [
        f"## {' '.join(('evalgate', *command))}\n\n```text\n{help_of(command)}\n```\n"
        for command in command_names()
    ]
    return "\n".join([INTRODUCTION, *sections])


if __name__ == "__main__":
    PAGE.write_text(generated(), encoding="utf-8")
    sys.stderr.write(f"wrote docs/{PAGE.name}\n")
