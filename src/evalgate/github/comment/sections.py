"""Sections of a text that may not be longer than so many bytes, shortened in a fixed order."""

from collections import Counter
from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import NamedTuple

from evalgate.report.numbers import count

REST_BYTES = 100  # what `and 1,234 more` with where they are, and the ends of lines take at most
NOTE_BYTES = 1_000


class Section(NamedTuple):
    """An opening, items, a closing. `total` is how many there are, also those that are no items.

    Items are made only as long as there is room. `first` moves a section up when it is shown, not
    when there is little room.
    """

    noun: str
    total: int
    opening: str
    items: Iterable[str]
    closing: str = ""
    first: bool = False


def fitted(head: str, sections: Sequence[Section], foot: str, most_bytes: int, where: str) -> str:
    """Write head, sections and foot; what does not fit is left out from the end.

    A section that has no room for all its items is the last, and shows the first of them. What is
    left out is counted; `where` says where it is.
    """
    left = most_bytes - _bytes(head) - _bytes(foot) - NOTE_BYTES
    shown: list[tuple[bool, str]] = []
    missing: Counter[str] = Counter()
    is_full = False
    for section in (each for each in sections if each.total):
        frame = _bytes(section.opening) + _bytes(section.closing) + REST_BYTES
        kept: list[str] = []
        room = left - frame
        for item in () if is_full else section.items:
            room -= _bytes(item) + 1
            if room < 0:
                break
            kept.append(item)
        rest = section.total - len(kept)
        is_full = is_full or room < 0
        if not kept:
            missing[section.noun] += rest
            continue
        opening = [section.opening] if section.opening else []
        more = [f"\nand {count(rest)} more. {where}"] if rest else []
        text = "\n".join([*opening, *kept, *more, section.closing]).rstrip("\n")
        shown.append((not section.first, text))
        left = room
    parts = [head, *(text for _, text in sorted(shown, key=itemgetter(0)))]
    if missing:
        counted = (count(rest, noun) for noun, rest in missing.items())
        parts.append(f"Left out for size: {', '.join(counted)}. {where}")
    return "\n\n".join(part for part in (*parts, foot) if part) + "\n"


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "backslashreplace"))
