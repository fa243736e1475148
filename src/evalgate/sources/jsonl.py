"""JSON lines, one at a time, each with its line number; strict about keys, NaN and bytes."""

import json
from collections.abc import Iterator
from pathlib import Path

from pydantic import JsonValue

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
    try:
        value = json.loads(
            line.decode("utf-8-sig" if number == 1 else "utf-8"),
            object_pairs_hook=_unique,
            parse_constant=_refuse_constant,
        )
    except UnicodeDecodeError:
        return Problem("is not UTF-8", shown_as, number, remedy="save it as UTF-8")
    except json.JSONDecodeError as error:
        return Problem(f"is not JSON: {error.msg}", shown_as, number, error.colno)
    except (ValueError, RecursionError) as error:
        return Problem(f"is not JSON: {error}", shown_as, number)
    if not isinstance(value, dict):
        return Problem("is not a JSON object", shown_as, number)
    return value


def _unique(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    values = dict(pairs)
    if len(values) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                msg = f"the key {key!r} is written twice"
                raise ValueError(msg)
            seen.add(key)
    return values


def _refuse_constant(name: str) -> JsonValue:
    msg = f"{name} is not a JSON number"
    raise ValueError(msg)
