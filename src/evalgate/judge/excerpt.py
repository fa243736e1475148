"""Somebody's words, short and writable as UTF-8, for a reason or a detail."""

from collections.abc import Sequence

from evalgate.quoting import writable

LONGEST = 80


def excerpt(text: str, longest: int = LONGEST) -> str:
    """Return the first `longest` characters of `text`."""
    return writable(text[:longest])


def quoted(text: str, longest: int = LONGEST) -> str:
    """Return `text` in quotation marks on one line, with an ellipsis where it was cut."""
    return writable(repr(text[:longest])) + ("…" if len(text) > longest else "")


def one_of(texts: Sequence[str]) -> str:
    """Name the first of several texts, and how many more there are."""
    shown = ", ".join(quoted(text) for text in texts[:3])
    return shown + (f" and {len(texts) - 3} more" if len(texts) > 3 else "")
