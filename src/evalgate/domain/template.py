"""A text with `{{ name }}` slots: which there are, and the text with values in their place."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from evalgate.domain.record import JsonValue

# `\{{` is written for two braces that open no slot. Braces around anything but a name on one
# line are most likely another template language, which would be sent to a model as it is.
_SLOT = re.compile(r"(?P<plain>\\\{\{)|\{\{(?!\{)(?P<inside>(?:(?!\{\{|\}\}).)*)\}\}")
_NAME = re.compile(r"[^\W\d][\w-]*(?:\.[\w-]+)*")


class Slot(NamedTuple):
    """A place that a value is put into."""

    name: str


@dataclass(frozen=True, slots=True)
class Template:
    """A text, cut at its slots; a value is put in once and never looked at for slots again."""

    parts: tuple[str | Slot, ...]

    @property
    def slots(self) -> tuple[str, ...]:
        """The names that are wanted, each once, in their order."""
        return tuple(dict.fromkeys(part.name for part in self.parts if isinstance(part, Slot)))

    def filled(self, text_of: Callable[[str], str]) -> str:
        """Put the text that each name stands for in its place."""
        return "".join(
            text_of(part.name) if isinstance(part, Slot) else part for part in self.parts
        )


class NotASlot(NamedTuple):
    """What stands between double braces is not a name."""

    written: str
    line: int


def parse_template(text: str) -> Template | tuple[NotASlot, ...]:
    """Cut a text at its slots, or return everything in it that looks like a slot and is none."""
    parts: list[str | Slot] = []
    faults: list[NotASlot] = []
    at = 0
    for found in _SLOT.finditer(text):
        parts.append(text[at : found.start()])
        at = found.end()
        if found["plain"]:
            parts.append("{{")
        elif _NAME.fullmatch(name := found["inside"].strip()):
            parts.append(Slot(name))
        else:
            faults.append(NotASlot(found[0], text.count("\n", 0, found.start()) + 1))
    parts.append(text[at:])
    return tuple(faults) if faults else Template(tuple(part for part in parts if part != ""))


def as_text(value: JsonValue) -> str:
    """Write a value into a prompt: text as it is, anything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
