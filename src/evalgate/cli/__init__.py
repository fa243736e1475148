"""argv in, exit code out."""

import contextlib
import os
import sys
from io import FileIO, TextIOWrapper
from typing import Never

from evalgate.cli.boundary import run
from evalgate.errors import ExitCode

__all__ = ["main", "run"]


def main() -> None:
    """Run the command line and leave with its exit code."""
    leave, ours = os._exit, os.getpid()

    def refuse(status: int) -> Never:
        # a judge that leaves the process would take the verdict along, with whatever code it likes
        if os.getpid() != ours:
            leave(status)
        raise SystemExit(status)

    os._exit = refuse
    _mend_streams()
    try:
        code = run(sys.argv[1:])
    except BaseException:  # noqa: BLE001 - even the boundary failed; Python would leave with 1
        code = int(ExitCode.BUG)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):  # gone, or closed because it was gone
            stream.flush()
    # not sys.exit: after Ctrl-C a user's function may still hang in a thread that Python would join
    leave(code)


def _mend_streams() -> None:
    """Give words a way out where a stream is closed or cannot write every character."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            stream = TextIOWrapper(FileIO(os.devnull, "w"), encoding="utf-8")
            setattr(sys, name, stream)
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
