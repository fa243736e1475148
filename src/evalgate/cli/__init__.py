"""argv in, exit code out."""

import os
import sys

from evalgate.cli.boundary import run

__all__ = ["main", "run"]


def main() -> None:
    """Run the command line and leave with its exit code."""
    code = run(sys.argv[1:])
    sys.stdout.flush()
    sys.stderr.flush()
    # not sys.exit: after Ctrl-C a user's function may still hang in a thread that Python would join
    os._exit(code)
