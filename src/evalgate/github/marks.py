"""How evalgate knows its own comment or issue again, and which run wrote it last."""

import re
from typing import NamedTuple

from evalgate.errors import Problem, UserMistake

KEY = re.compile(r"[A-Za-z0-9._-]{1,64}")
ACTIONS = "github-actions[bot]"
"""Who writes with a job's own token."""

_STAMP = re.compile(r"<!-- evalgate:run:(\d{1,19})\.(\d{1,19}) -->")


class Stamp(NamedTuple):
    """Which run wrote; runs are numbered upwards, and so are the attempts of each."""

    run_id: int
    attempt: int


class Post(NamedTuple):
    """A comment or an issue as it stands on GitHub; `number` is what it is changed by."""

    number: int
    author: str
    is_bot: bool
    body: str
    url: str = ""


def checked_key(key: str) -> str:
    """A key that may stand in a marker; raise UserMistake for any other."""
    if "--" in key or not KEY.fullmatch(key):
        fault = f"{key!r} cannot be a key"
        remedy = "1 to 64 letters, digits, dots, underscores and single dashes"
        raise UserMistake(Problem(fault, key="--key", remedy=remedy))
    return key


def marker(kind: str, key: str) -> str:
    """The hidden first line of what evalgate writes for `key`."""
    return f"<!-- evalgate:{kind}:v1:{key} -->"


def stamped(mark: str, stamp: Stamp) -> str:
    """The two hidden lines on top: whose it is, and which run wrote it."""
    return f"{mark}\n<!-- evalgate:run:{stamp.run_id}.{stamp.attempt} -->"


def stamp_of(body: str) -> Stamp:
    """Which run wrote a text; one that does not say is older than any."""
    lines = _lines(body)
    found = _STAMP.fullmatch(lines[1]) if len(lines) > 1 else None
    return Stamp(int(found[1]), int(found[2])) if found else Stamp(0, 0)


def said_in(body: str) -> str:
    """What stands below the hidden lines of a text of ours."""
    _, *lines = _lines(body)
    if lines and _STAMP.fullmatch(lines[0]):
        del lines[0]
    return "\n".join(lines)


def own(post: Post, mark: str, author: str) -> bool:
    """True for what `author` wrote under this marker; a marker that somebody quotes is none.

    The author comes first: anybody may write a marker.
    """
    same = post.author.casefold() == author.casefold()
    rightful = same and post.is_bot == author.endswith("[bot]")
    return rightful and _lines(post.body)[0] == mark


def same_text(one: str, other: str) -> bool:
    """True when two bodies say the same; GitHub may give the ends of lines back otherwise."""
    return "\n".join(_lines(one)).strip() == "\n".join(_lines(other)).strip()


def _lines(body: str) -> list[str]:
    return body.replace("\r\n", "\n").split("\n")
