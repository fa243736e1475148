"""Reading `expected`: a text, a number, a list of acceptable ones, or a mapping with a key."""

import math
from decimal import Decimal
from typing import NamedTuple

from evalgate.domain.judgement import Unscored
from evalgate.domain.record import JsonValue
from evalgate.judge.excerpt import quoted


class Part(NamedTuple):
    """What a judge is to look at; a value of its own, because None may be expected."""

    value: JsonValue


def part_of(expected: JsonValue, key: str | None) -> Part | Unscored:
    """Pick `key` of `expected`, or the whole without a key."""
    if key is None:
        return Part(expected)
    if not isinstance(expected, dict):
        return _unsuitable(f"`expected` is {_kind(expected)}, and expected_key is {key!r}")
    if key not in expected:
        return _unsuitable(f"`expected` has no key {key!r}")
    return Part(expected[key])


def acceptable_texts(expected: JsonValue, key: str | None) -> tuple[str, ...] | Unscored:
    """Return the texts of which one is to be met; never none, never an empty one."""
    items = _acceptable(expected, key)
    if isinstance(items, Unscored):
        return items
    texts: list[str] = []
    for item in items:
        text = _text_of(item)
        if text is None:
            return _unsuitable(f"`expected` holds {_kind(item)}, not a text or a number")
        if not text.strip():
            return _unsuitable("`expected` holds an empty text")
        texts.append(text)
    return tuple(texts)


def acceptable_numbers(expected: JsonValue, key: str | None) -> tuple[Decimal, ...] | Unscored:
    """Return the numbers of which one is to be met; a text must be a number as a whole."""
    from evalgate.judge.number import exact_number  # here: `check` must not wait for it

    items = _acceptable(expected, key)
    if isinstance(items, Unscored):
        return items
    numbers: list[Decimal] = []
    for item in items:
        text = _text_of(item)
        number = None if text is None else exact_number(text)
        if number is None:
            shown = quoted(item) if isinstance(item, str) else _kind(item)
            return _unsuitable(f"`expected` holds {shown}, not a number")
        numbers.append(number)
    return tuple(numbers)


def _acceptable(expected: JsonValue, key: str | None) -> list[JsonValue] | Unscored:
    part = part_of(expected, key)
    if isinstance(part, Unscored):
        return part
    match part.value:
        case None:
            return _unsuitable("`expected` is missing")
        case []:
            return _unsuitable("`expected` is an empty list")
        case list(items):
            return items
        case dict():
            return _unsuitable("`expected` is a mapping; expected_key says which key to use")
        case one:
            return [one]


def _text_of(item: JsonValue) -> str | None:
    match item:
        case str():
            return item
        case bool():
            return None
        case int() | float() if math.isfinite(_as_float(item)):
            return str(item)
        case _:
            return None


def _as_float(number: float) -> float:
    try:
        return float(number)
    except OverflowError:
        return math.inf


def _kind(value: JsonValue) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case int() | float():
            return "a number" if math.isfinite(_as_float(value)) else "a number that is too large"
        case str():
            return "a text"
        case list():
            return "a list"
        case dict():
            return "a mapping"


def _unsuitable(detail: str) -> Unscored:
    return Unscored(cause="judge_error", detail=detail)
