"""What a child interpreter does first: takes its pipes, and sees to it that it does not stay."""

import os
import sys
from contextlib import suppress
from typing import IO

SIGKILL = 9
PR_SET_PDEATHSIG = 1


def become_a_child() -> tuple[IO[bytes], IO[bytes]]:
    """Take the pipes, and be gone with the parent, or before it when memory ends."""
    _end_with_the_parent()
    _be_the_first_to_go()
    return take_pipes()


def take_pipes() -> tuple[IO[bytes], IO[bytes]]:
    """Keep the pipes to ourselves: what is printed here goes to stderr, and nothing is read."""
    if not _is_open(2):
        os.open(os.devnull, os.O_WRONLY)  # takes the lowest free number, and 0 and 1 are pipes
    asked, told = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return asked, told


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def _end_with_the_parent() -> None:
    """Have Linux kill us with the parent: C code that never returns would not see stdin end."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, SIGKILL)


def _be_the_first_to_go() -> None:
    """When memory ends, Linux is to take the user's code, not the run that would tell of it."""
    # elsewhere there is no such file, and a container may refuse it
    with suppress(OSError), open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:  # noqa: PTH123 - pathlib is not needed here
        file.write("1000")
