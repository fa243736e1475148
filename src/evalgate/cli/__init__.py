"""argv in, exit code out."""

import contextlib
import gc
import os
import sys
from collections.abc import Sequence
from io import FileIO, TextIOWrapper
from typing import Never

from evalgate.errors import ExitCode

__all__ = ["main", "run"]

NEW_OBJECTS = 100_000
"""When so many were made, Python looks for circles among them that nobody holds any longer."""


def run(argv: Sequence[str]) -> int:
    """Run one command; every way it can end has its exit code."""
    from evalgate.cli.boundary import run as run_command

    return run_command(argv)


def main() -> None:
    """Run the command line and leave with its exit code."""
    # before anything large is imported: what imports and files make stays, and with the usual 700
    # Python looks through it a hundred times before `check` has said a word
    gc.set_threshold(NEW_OBJECTS, *gc.get_threshold()[1:])
    leave, ours = os._exit, os.getpid()

    def refuse(status: int) -> Never:
        # a judge that leaves the process would take the verdict along, with whatever code it likes
        if os.getpid() != ours:
            leave(status)
        raise SystemExit(status)

    os._exit = refuse
    _mend_streams()
    try:
        _start_mlflow_for(sys.argv[1:])
        code = run(sys.argv[1:])
    except KeyboardInterrupt:  # while the boundary itself was being imported
        code = int(ExitCode.INTERRUPTED)
    except BaseException:  # noqa: BLE001 - even the boundary failed; Python would leave with 1
        code = int(ExitCode.BUG)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):  # gone, or closed because it was gone
            stream.flush()
    # not sys.exit: after Ctrl-C a user's function may still hang in a thread that Python would join
    leave(code)


def _start_mlflow_for(argv: Sequence[str]) -> None:
    """Start MLflow's interpreter before typer is imported: a run waits for it longer than for us.

    The command starts it too, and says why it cannot.
    """
    if argv[:1] in (["run"], ["compare"]) and not {"--dry-run", "--help"}.intersection(argv):
        with contextlib.suppress(Exception):
            from evalgate.cli.context import start_mlflow

            start_mlflow()


def _mend_streams() -> None:
    """Give words a way out where a stream is closed or cannot write every character."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            stream = TextIOWrapper(FileIO(os.devnull, "w"), encoding="utf-8")
            setattr(sys, name, stream)
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
