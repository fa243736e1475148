"""The one adapter around github-action-toolkit: what a runner reads out of a step's output.

What the toolkit does wrongly is done here: docs/decisions/0014-the-toolkit-behind-an-adapter.md.
"""

import re
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Literal

from evalgate.errors import Problem, ServiceFailed, UserMistake
from evalgate.quoting import lines_for_terminal, redacted, shortened

Level = Literal["error", "warning", "notice"]

MOST_OF_A_KIND = 10  # the runner drops the eleventh annotation of a kind in one step, silently
LONGEST_MESSAGE, LONGEST_TITLE = 3_500, 200  # the runner cuts a message at 4,096 characters
LARGEST_SUMMARY_BYTES = 1 << 20  # one byte more, and the runner drops the whole summary
OUTPUT_NAME = re.compile(r"[a-z][a-z0-9-]{0,63}")
MASKED_FROM = 4
"""Characters; a shorter mask, `true` for one, would take whole outputs out of a job."""


@dataclass(frozen=True, slots=True)
class Annotation:
    """Words on a line of a file; without a path they stand on the run alone."""

    level: Level
    title: str
    message: str
    path: str = ""
    line: int = 0


def toolkit() -> ModuleType:
    """Import the toolkit; it takes about a second and is an extra."""
    try:
        import github_action_toolkit
    except ImportError as error:
        # GitPython, which it imports, raises the same without a git on PATH
        fault = f"github-action-toolkit cannot be imported: {error}"
        remedy = "pip install 'evalgate[github]', and have git on PATH"
        raise UserMistake(Problem(fault.partition("\n")[0], remedy=remedy)) from error
    return github_action_toolkit


def annotate(annotation: Annotation) -> None:
    """Put words on a line of a file, as one command to the runner."""
    from github_action_toolkit.print_messages import escape_data

    say = getattr(toolkit(), annotation.level)
    place = {"file": annotation.path} if annotation.path else {}
    line = {"line": annotation.line} if annotation.path and annotation.line > 0 else {}
    # the toolkit escapes titles and paths, and not the message
    message = escape_data(_lines(annotation.message, LONGEST_MESSAGE))
    say(message, title=_line(annotation.title, LONGEST_TITLE), **place, **line)


def mask(secret: str) -> None:
    """Have the runner hide a value in its log from now on."""
    if len(secret) >= MASKED_FROM:
        toolkit().add_mask(secret)


@contextmanager
def group(title: str) -> Iterator[None]:
    """Fold what is printed meanwhile; the group ends also when its content fails."""
    from github_action_toolkit.print_messages import escape_data

    toolkit().start_group(escape_data(_line(title, LONGEST_TITLE)))
    try:
        yield
    finally:
        sys.stdout.write("\n")  # what was printed may not have ended its line
        toolkit().end_group()
        sys.stdout.flush()


@contextmanager
def commands_stopped() -> Iterator[None]:
    """Have the runner take nothing for a command while somebody else's code prints.

    It holds for what is written to stdout; a step merges stderr into it (`2>&1`).
    """
    token = f"evalgate-{secrets.token_hex(16)}"  # the toolkit has no such guard
    sys.stdout.write(f"\n::stop-commands::{token}\n")
    sys.stdout.flush()
    try:
        yield
    finally:
        sys.stderr.flush()
        sys.stdout.write(f"\n::{token}::\n")
        sys.stdout.flush()


def write_output(file: Path, name: str, value: str) -> None:
    """Set an output of the step: the value as it is, between two marks that it cannot hold."""
    if not OUTPUT_NAME.fullmatch(name):
        raise AssertionError(name)  # names are ours
    if "\n" in value or "\r" in value:
        raise AssertionError(name)  # numbers, words of ours and paths have one line
    mark = f"evalgate-{secrets.token_hex(16)}"
    _append(file, f"{name}<<{mark}\n{value}\n{mark}\n".encode("utf-8", "backslashreplace"))


def add_to_summary(file: Path, markdown: str) -> bool:
    """Append to the step's summary; False, and nothing is written, when it would be too large."""
    before = _size(file)
    apart = "\n\n" if before else ""  # what another wrote may not have ended its paragraph
    content = f"{apart}{markdown.rstrip()}\n".encode("utf-8", "backslashreplace")
    if before + len(content) > LARGEST_SUMMARY_BYTES:
        return False
    _append(file, content)
    return True


def room_in_summary(file: Path) -> int:
    """How many bytes may still be added to a summary."""
    return max(0, LARGEST_SUMMARY_BYTES - _size(file) - 2)


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0  # not begun yet


def _append(file: Path, content: bytes) -> None:
    try:
        with file.open("ab") as stream:
            stream.write(content)
    except OSError as error:
        raise ServiceFailed(f"{file.name} cannot be written: {error.strerror or error}") from error


def _line(text: str, length: int) -> str:
    return " ".join(_lines(text, length).split("\n"))


def _lines(text: str, length: int) -> str:
    return shortened("\n".join(lines_for_terminal(redacted(text))), length)
