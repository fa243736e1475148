"""A workflow's or an action's YAML: its values with their places, and the lines they stand on."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from evalgate.errors import Problem
from evalgate.github.doctor.diagnosis import Symptom
from evalgate.quoting import writable
from evalgate.sources.places import Loc, Placed, dotted

OURS = "evalgate"
EXPRESSION = "${{"
SPACES = re.compile(r"\s+")
INSIDE = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)

Table = Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """A file that was read."""

    placed: Placed
    lines: Sequence[str]

    def fault(self, loc: Loc, fault: str, remedy: str) -> Symptom:
        """What has to be mended at a place of this file."""
        return Symptom(self._problem(loc, fault, remedy), is_fault=True)

    def hint(self, loc: Loc, fault: str, remedy: str) -> Symptom:
        """What would be better otherwise at a place of this file."""
        return Symptom(self._problem(loc, fault, remedy), is_fault=False)

    def _problem(self, loc: Loc, fault: str, remedy: str) -> Problem:
        line, column = self.placed.place_of(loc)
        return Problem(writable(fault), self.placed.path, line, column, dotted(loc), remedy)

    def comment_at(self, loc: Loc) -> str:
        """What stands behind a `#` on the line of a place."""
        line = self.placed.place_of(loc)[0]
        return self.lines[line - 1].partition(" #")[2] if line <= len(self.lines) else ""

    def mentions_us(self) -> bool:
        """True when a key or a text names evalgate; a comment does not count."""
        keys = (str(part) for loc in self.placed.places for part in loc)
        words = (text for _, text in texts_in(self.placed.value, ()))
        return any(OURS in word.lower() for word in (*keys, *words))


def texts_in(value: JsonValue, loc: Loc) -> Iterator[tuple[Loc, str]]:
    """Every text in a value, with its place."""
    match value:
        case str():
            yield loc, value
        case dict():
            for key, entry in value.items():
                yield from texts_in(entry, (*loc, key))
        case list():
            for index, entry in enumerate(value):
                yield from texts_in(entry, (*loc, index))


def expressions_in(value: JsonValue, loc: Loc) -> Iterator[tuple[Loc, str]]:
    """Every expression in a value, with its place; an `if` is one without `${{ }}` too."""
    for at, text in texts_in(value, loc):
        if at[-1:] == ("if",):
            yield at, text
        else:
            yield from ((at, inside) for inside in INSIDE.findall(text))


def table_of(value: JsonValue) -> Table:
    """A mapping; anything else has no keys."""
    return value if isinstance(value, dict) else {}


def text_of(value: JsonValue) -> str:
    """A scalar as a workflow's expression would see it; nothing for what is no scalar."""
    match value:
        case bool():
            return "true" if value else "false"
        case str() | int() | float():
            return str(value)
        case _:
            return ""


def condition_of(body: Table) -> str:
    """An `if:` without spaces and `${{ }}` around it, in small letters; empty without one."""
    written = SPACES.sub("", text_of(body.get("if"))).lower()
    if written.startswith(EXPRESSION) and written.endswith("}}") and written.count("}}") == 1:
        return written[len(EXPRESSION) : -2]
    return written
