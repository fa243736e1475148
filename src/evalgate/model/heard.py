"""What an endpoint sent, without the key that it was sent, before anybody reads, shows or keeps it.

An endpoint may repeat the key in an error, a page or a reply. Only the very key is taken out here:
a reply is evidence, and what merely looks like somebody's key belongs to it.
"""

import json
from dataclasses import dataclass
from math import isfinite

from pydantic import JsonValue

from evalgate.quoting.redaction import REDACTED

SHORTEST_KEY = 8  # letters; a shorter one may be any word: local endpoints take `none`
LONGEST_NUMBER = 300  # digits; what is longer is no number that anybody counts with
DEEPEST = 100  # lists within lists; a record that is nested deeper cannot be read again
ESCAPED = '"\\/\b\f\n\r\t'  # what JSON may write in another way without saying \\u


@dataclass(frozen=True, slots=True)
class NotJson:
    """What was sent is only a text."""

    text: str


def heard(content: bytes | str, key: str | None = None) -> JsonValue | NotJson:
    """Read JSON, or what is none; all of it can be written to a file."""
    try:
        written = _written(content)
        said: JsonValue = _DECODER.decode(written)
        return said if _is_harmless(written, key) else _without(key, said, DEEPEST)
    except (ValueError, RecursionError):
        text = content.decode("utf-8", "replace") if isinstance(content, bytes) else content
        return NotJson(without(key, text))


def _written(content: bytes | str) -> str:
    if isinstance(content, str):
        return content
    return content.decode(json.detect_encoding(content), "surrogatepass")


def _is_harmless(written: str, key: str | None) -> bool:
    """True when JSON shows as it is written that nothing has to be taken out of it.

    Most replies do; to look at each of their values takes longer than to read them.
    """
    if "\\u" in written or not written.isascii():
        return False  # an escape may hide the key's letters, or be half a character
    if written.count("[") + written.count("{") >= DEEPEST:
        return False
    return key is None or (key not in written and not any(sign in key for sign in ESCAPED))


def without(key: str | None, text: str) -> str:
    """Take the key out of a text, and halves of characters, which no file can hold."""
    if key is not None and len(key) >= SHORTEST_KEY:
        text = text.replace(key, REDACTED)
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _without(key: str | None, value: JsonValue, levels: int) -> JsonValue:
    if levels == 0:
        raise RecursionError
    match value:
        case str():
            return without(key, value)
        case list():
            return [_without(key, each, levels - 1) for each in value]
        case dict():
            return {
                without(key, name): _without(key, each, levels - 1) for name, each in value.items()
            }
        case _:
            return value


def _whole(written: str) -> int | str:
    return int(written) if len(written) <= LONGEST_NUMBER else written


def _finite(written: str) -> float | str:
    value = float(written)
    return value if isfinite(value) else written


# one for all: json.loads makes another for every call
_DECODER = json.JSONDecoder(parse_int=_whole, parse_float=_finite, parse_constant=str)
