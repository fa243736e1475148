"""Words and sentences, as the simulated models see them."""

import re

_WORD = re.compile(r"\w+(?:[.,'-]\w+)*")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[^\W\d_a-z])|\n+")
_FILLERS = """
a an and are as at be by did do does for from had has have how in is it its of on or that the their
they this to was were what when where which who whom whose why will with
"""
FILLERS = frozenset(_FILLERS.split())


def words_of(text: str) -> list[str]:
    """The words of a text, in lower case."""
    return [word.lower() for word in _WORD.findall(text)]


def telling_words(text: str) -> set[str]:
    """The words of a text that say what it is about."""
    return set(words_of(text)) - FILLERS


def sentences_of(text: str) -> list[str]:
    """The sentences and lines of a text."""
    return [part.strip() for part in _SENTENCE.split(text) if part.strip()]


def overlap(one: str, other: str) -> float:
    """F1 of the telling words of two texts."""
    first, second = telling_words(one), telling_words(other)
    both = len(first & second)
    return 2 * both / (len(first) + len(second)) if both else 0.0
