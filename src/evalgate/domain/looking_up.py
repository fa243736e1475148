"""A value by its name, as slots and columns name it."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from evalgate.domain.record import JsonValue

_INDEX = re.compile(r"[0-9]{1,9}")


class Absent(NamedTuple):
    """No value is known by this name."""

    name: str


def look_up(values: Mapping[str, JsonValue], name: str) -> JsonValue | Absent:
    """Find a name, as it stands or along its dots; a list is entered by its index."""
    if name in values:
        return values[name]
    here: JsonValue = dict(values)
    for part in name.split("."):
        match here:
            case dict() if part in here:
                here = here[part]
            case list() if _INDEX.fullmatch(part) and int(part) < len(here):
                here = here[int(part)]
            case _:
                return Absent(name)
    return here
