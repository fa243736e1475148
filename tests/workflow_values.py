"""What GitHub's expressions make of values: truth, equality, numbers, text."""

import json
from collections.abc import Mapping
from typing import Any

Value = Any  # None, bool, number, text, list or mapping: JSON


def member(value: Value, key: Value) -> Value:
    """What a mapping or a list has there; nothing is null, whoever is asked."""
    if isinstance(value, Mapping):
        wanted = str(key).lower()
        return next((each for name, each in value.items() if name.lower() == wanted), None)
    if isinstance(value, list) and isinstance(key, float) and key < len(value):
        return value[int(key)]
    return None


def is_true(value: Value) -> bool:
    """GitHub's idea of it: an empty list is true."""
    return not (value is None or value is False or value == "" or _is_zero(value))


def _is_zero(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value == 0


def as_number(value: Value) -> float:
    """What GitHub makes of a value in a comparison of different kinds."""
    try:
        return float(value or 0) if not isinstance(value, list | Mapping) else float("nan")
    except ValueError:
        return float("nan")


def same(one: Value, other: Value) -> bool:
    """`==`: text without regard to case."""
    if isinstance(one, str) and isinstance(other, str):
        return one.lower() == other.lower()
    if isinstance(one, list | Mapping) or isinstance(other, list | Mapping):
        return one is other
    return as_number(one) == as_number(other)


def as_text(value: Value) -> str:
    """How a value is written into text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return json.dumps(value) if isinstance(value, list | Mapping) else str(value)
