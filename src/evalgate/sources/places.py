"""Where each value of a text file was written."""

from collections.abc import Mapping
from typing import NamedTuple

from pydantic import JsonValue

Loc = tuple[str | int, ...]


class Placed(NamedTuple):
    """A document as plain values, and the place of each key and item in it."""

    path: str
    value: JsonValue
    places: Mapping[Loc, tuple[int, int]] = {}

    def place_of(self, loc: Loc) -> tuple[int, int]:
        """Line and column of `loc`, or of the nearest parent that has a place."""
        for length in range(len(loc), -1, -1):
            if loc[:length] in self.places:
                return self.places[loc[:length]]
        return (0, 0)


def dotted(loc: Loc) -> str:
    """A place inside a document as people read it: `suites.open-qa.rules.0`."""
    return ".".join(_readable(str(part)) for part in loc)


def _readable(part: str) -> str:
    # a key may hold line breaks; a message is one line
    return part if part.isprintable() else repr(part)[1:-1]
