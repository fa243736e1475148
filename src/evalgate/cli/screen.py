"""Results to stdout, everything else to stderr; colour only on a terminal that wants it."""

import contextlib
import os
import re
import sys

GREEN, RED, YELLOW = "\x1b[32m", "\x1b[31m", "\x1b[33m"
MARKS = re.compile(r"\b(?:passed|failed|undecided)\b|^(?:fault|hint)(?=: )", re.MULTILINE)
COLOURS = {"passed": GREEN, "failed": RED, "undecided": YELLOW, "fault": RED, "hint": YELLOW}
RESET = "\x1b[0m"


def say(text: str, *, plain: bool = False) -> None:
    """Print a result; its verdicts are coloured on a terminal, unless it is `plain` data."""
    if text and not text.endswith("\n"):
        text += "\n"
    if not plain and has_colour():
        text = MARKS.sub(lambda found: f"{COLOURS[found[0]]}{found[0]}{RESET}", text)
    sys.stdout.write(text)
    sys.stdout.flush()  # a full disk is noticed here, not when it is too late to say so


def tell(text: str) -> None:
    """Print what is not the result: faults, warnings, where things are.

    Nobody may be listening: then the exit code alone has to say it.
    """
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.write(text if text.endswith("\n") else f"{text}\n")
        sys.stderr.flush()


def has_colour() -> bool:
    """True when stdout is a terminal and nobody asked for plain text."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and not os.environ.get("CI")
