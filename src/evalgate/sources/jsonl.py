"""JSON, whole or one line at a time with its number; strict about keys, numbers and bytes."""

import json
import math
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from pydantic import JsonValue
from pydantic_core import from_json

from evalgate.errors import Problem, UserMistake

LONGEST_LINE_BYTES = 64 << 20


def read_jsonl(path: Path, shown_as: str) -> Iterator[tuple[int, dict[str, JsonValue] | Problem]]:
    """Yield each line's number and its object, or the Problem that the line has.

    Blank lines are passed over. A file that cannot be read is a UserMistake.
    """
    try:
        with path.open("rb") as file:
            number = 0
            while line := file.readline(LONGEST_LINE_BYTES + 1):
                number += 1
                if len(line) > LONGEST_LINE_BYTES:
                    yield number, Problem("the line is longer than 64 MiB", shown_as, number)
                    return
                if line.strip():
                    yield number, parse_json_line(line, shown_as, number)
    except FileNotFoundError:
        raise UserMistake(Problem("there is no such file", path=shown_as)) from None
    except OSError as error:
        fault = f"cannot be read: {error.strerror or error}"
        raise UserMistake(Problem(fault, path=shown_as)) from error


def parse_json_line(line: bytes, shown_as: str, number: int) -> dict[str, JsonValue] | Problem:
    """Turn one line into an object, or say what is wrong with it."""
    # without its line break a fault at its end has a column on this line, not on the next
    parsed = _parse(line.rstrip(b"\r\n"), shown_as, number)
    if isinstance(parsed, Problem):
        return parsed
    value = parsed[0]
    return value if isinstance(value, dict) else Problem("is not a JSON object", shown_as, number)


def parse_json(content: bytes, shown_as: str) -> JsonValue:
    """Turn a whole JSON file into values; a fault in it is a UserMistake."""
    parsed = _parse(content, shown_as, 1)
    if isinstance(parsed, Problem):
        raise UserMistake(parsed)
    return parsed[0]


def _parse(content: bytes, shown_as: str, line: int) -> tuple[JsonValue] | Problem:
    """The value, boxed because None is one too; `line` is the number of the first line."""
    return _parse_quickly(content) or _parse_strictly(content, shown_as, line)


def _parse_strictly(content: bytes, shown_as: str, line: int) -> tuple[JsonValue] | Problem:
    try:
        value = _decoder().decode(content.decode("utf-8-sig" if line == 1 else "utf-8"))
        if b"\\ud" in content or b"\\uD" in content:
            json.dumps(value, ensure_ascii=False).encode()
    except UnicodeDecodeError as error:
        at = line + content.count(b"\n", 0, error.start)
        return Problem("is not UTF-8", shown_as, at, remedy="save it as UTF-8")
    except UnicodeEncodeError:
        return Problem("is not JSON: half a character (a lone surrogate)", shown_as, line)
    except json.JSONDecodeError as error:
        at = line + error.lineno - 1
        return Problem(f"is not JSON: {error.msg}", shown_as, at, error.colno)
    except ValueError as error:
        return Problem(f"is not JSON: {error}", shown_as, line)
    except RecursionError:
        return Problem("is nested too deeply", shown_as, line)
    return (value,)


def _parse_quickly(content: bytes) -> tuple[JsonValue] | None:
    """The value where nothing can be wrong with it, else None: the strict reader finds the words.

    This parser keeps the last of two equal keys and says nothing. But each key that is written has
    its colon: where there are no more colons than keys, no key was lost.
    """
    try:
        value: JsonValue = from_json(content, allow_inf_nan=False)
    except ValueError:
        return None
    keys, found = 0, [value]
    for each in found:  # grows meanwhile
        if isinstance(each, str):
            continue  # most are
        if isinstance(each, dict):
            keys += len(each)
            found += each.values()
        elif isinstance(each, list):
            found += each
        elif isinstance(each, float) and not math.isfinite(each):
            return None
    return (value,) if keys == content.count(b":") else None


@cache
def _decoder() -> json.JSONDecoder:
    # made once: `json.loads` with hooks makes a new one for every line
    return json.JSONDecoder(
        object_pairs_hook=_unique, parse_constant=_refuse_constant, parse_float=_finite
    )


def _unique(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    values = dict(pairs)
    if len(values) < len(pairs):
        counts = Counter(key for key, _ in pairs)
        msg = f"the key {counts.most_common(1)[0][0]!r} is written twice"
        raise ValueError(msg)
    return values


def _refuse_constant(name: str) -> JsonValue:
    msg = f"{name} is not a JSON number"
    raise ValueError(msg)


def _finite(written: str) -> float:
    value = float(written)
    if not math.isfinite(value):
        msg = f"{written[:40]} is too large for a number"
        raise ValueError(msg)
    return value
