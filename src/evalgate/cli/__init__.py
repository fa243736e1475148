"""argv in, exit code out."""

import contextlib
import os
import sys

from evalgate.cli.boundary import run

__all__ = ["main", "run"]


def main() -> None:
    """Run the command line and leave with its exit code."""
    code = run(sys.argv[1:])
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):  # gone, or closed because it was gone
            stream.flush()
    # not sys.exit: after Ctrl-C a user's function may still hang in a thread that Python would join
    os._exit(code)
