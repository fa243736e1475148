"""What changed between two answers, word by word: `[-old-]{+new+}`."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

from evalgate.quoting import for_terminal, redacted, shortened

Kind = Literal["same", "removed", "added"]

MOST_CHARACTERS = 20_000
MOST_WORDS = 500  # comparing is quadratic, and nobody reads more
AROUND = 6  # words of an unchanged run that stay at each of its ends
AROUND_CHANGED = 40
LONGEST_WORD = 200

# A bracket of the text that could be read as part of our marks gets a backslash.
_LIKE_A_MARK = re.compile(r"(?<=[\[{])(?=[-+])|(?<=[-+])(?=[\]}])|^(?=[\]}])|(?<=[\[{])$")


class Stretch(NamedTuple):
    """Neighbouring words that stayed, went or came."""

    kind: Kind
    words: tuple[str, ...]


def word_changes(before: str, after: str) -> list[Stretch]:
    """Cut two texts into the words that stayed, went and came; white space does not count."""
    old, new = before.split(), after.split()
    matcher = SequenceMatcher(None, old[:MOST_WORDS], new[:MOST_WORDS], autojunk=False)
    found: list[Stretch] = []
    for tag, low, high, start, end in matcher.get_opcodes():
        if tag == "equal":
            found.append(Stretch("same", tuple(old[low:high])))
            continue
        if high > low:
            found.append(Stretch("removed", tuple(old[low:high])))
        if end > start:
            found.append(Stretch("added", tuple(new[start:end])))
    if old[MOST_WORDS:] or new[MOST_WORDS:]:
        found.append(Stretch("same", ("…",)))
    return found


def shown_changes(before: str, after: str) -> Iterator[tuple[Kind, str]]:
    """The changes as texts without keys, long stretches shortened; not yet quoted for a sink."""
    clean = [
        shortened(redacted(text[: 2 * MOST_CHARACTERS]), MOST_CHARACTERS)
        for text in (before, after)
    ]
    for kind, words in word_changes(*clean):
        around = AROUND if kind == "same" else AROUND_CHANGED
        yield kind, " ".join(_outer(words, around))


def word_diff(before: str, after: str) -> str:
    """Write the changes as one line for a terminal; only our own marks look like marks.

    Each stretch is quoted by itself, after the texts were compared and before it is marked.
    """
    marked: dict[Kind, str] = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
    parts = [
        (kind, marked[kind].format(unmarked(text))) for kind, text in shown_changes(before, after)
    ]
    line = ""
    previous: Kind | None = None
    for kind, text in parts:
        replaced = previous == "removed" and kind == "added"
        line += text if replaced or not line else f" {text}"
        previous = kind
    return line


def unmarked(text: str) -> str:
    """Quote a stretch so that nothing in it can be read as one of our marks."""
    return _LIKE_A_MARK.sub(r"\\", for_terminal(text))


def _outer(words: tuple[str, ...], around: int) -> list[str]:
    """The words at both ends of a stretch that is too long to show."""
    shown = [shortened(word, LONGEST_WORD) for word in words]
    if len(shown) <= 2 * around + 1:
        return shown
    return [*shown[:around], "…", *shown[-around:]]
