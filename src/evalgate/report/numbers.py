"""The one place that formats numbers."""

import math
from collections.abc import Sequence

MOST_PLACES = 17  # two different floats below 100 differ by then, or nobody can see that they do


def shown_beside(value: float, bound: float) -> tuple[str, str]:
    """Write both with as many digits as it takes until they look as different as they are."""
    texts = shown_together((value,), bound)
    return texts[0], texts[-1]


def shown_together(values: Sequence[float], bound: float) -> tuple[str, ...]:
    """Write `values`, then `bound`, alike; none that differs from `bound` looks equal to it."""
    numbers = (*values, bound)
    for places in range(max(_places(number) for number in numbers), MOST_PLACES + 1):
        *texts, limit = (_fixed(number, places) for number in numbers)
        if all(t != limit or v == bound for t, v in zip(texts, values, strict=True)):
            return (*texts, limit)
    return tuple(repr(number) for number in numbers)


def number(value: float) -> str:
    """Write a score, or a statistic of scores."""
    return _fixed(value, _places(value))


def as_written(value: float) -> str:
    """Write a number of a rule as people write it: `3`, `0.8`."""
    return f"{value:.10g}"


def mark(value: float) -> str:
    """Write one case's score: a whole number stays whole."""
    return f"{value:,.0f}" if value == int(value) else number(value)


def marks_beside(before: float, after: float) -> tuple[str, str]:
    """Write one case's two scores; two that differ never look equal."""
    texts = mark(before), mark(after)
    if before != after and _read(texts[0]) == _read(texts[1]):
        return shown_beside(before, after)
    return texts


def signed(value: float) -> str:
    """Write a difference with its sign."""
    return _signed(number(value), value)


def signed_together(values: Sequence[float], bound: float) -> tuple[str, ...]:
    """Write differences, then the `bound` they are held against, all with their signs."""
    texts = shown_together(values, bound)
    return tuple(_signed(t, v) for t, v in zip(texts, (*values, bound), strict=True))


def percent(share: float) -> str:
    """Write a share in percent; only all of it is 100 %, only none of it is 0 %."""
    for places in range(1, MOST_PLACES):
        text = f"{share * 100:.{places}f}%"
        if float(text[:-1]) not in (0.0, 100.0) or share in (0.0, 1.0):
            return text
    return f"{share * 100!r}%"


def percent_beside(share: float, bound: float) -> tuple[str, str]:
    """Write both in percent with as many digits as it takes until they differ."""
    for places in range(1, MOST_PLACES):
        texts = f"{share * 100:.{places}f}%", f"{bound * 100:.{places}f}%"
        if texts[0] != texts[1] or share == bound:
            return texts
    return f"{share * 100!r}%", f"{bound * 100!r}%"


def count(cases: int, noun: str = "") -> str:
    """Write `1,319`, or `1,319 cases` and `1 case` with a noun."""
    if not noun:
        return f"{cases:,}"
    return f"{cases:,} {noun}" if cases == 1 else f"{cases:,} {noun}s"


def probability(p_value: float) -> str:
    """Write a probability; what is too small to write is said to be so."""
    if 0 < p_value < 0.0001:
        return "below 0.0001"
    return f"{p_value:.4f}"


def duration(seconds: float) -> str:
    """Write `412 ms`, `3.2 s`, `2 min 05 s` or `1 h 02 min`."""
    if seconds < 0.9995:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    return f"{minutes // 60} h {minutes % 60:02d} min"


def usd(dollars: float) -> str:
    """Write `$5.00`; below a dollar with the digits that are left."""
    places = 2 if dollars >= 1 or dollars == 0 else _places(dollars)
    return f"${dollars:,.{places}f}"


def _places(value: float) -> int:
    """At least 4 decimals and 2 digits that count; fewer decimals for large numbers."""
    size = abs(value)
    if size >= 10_000:
        return 0 if value == int(value) else 1
    if size >= 100:
        return 2
    if 0 < size < 0.001:
        return min(1 - math.floor(math.log10(size)), MOST_PLACES)
    return 4


def _fixed(value: float, places: int) -> str:
    return f"{value + 0.0:,.{places}f}"  # + 0.0 makes -0.0 a plain 0


def _read(text: str) -> float:
    return float(text.replace(",", ""))


def _signed(text: str, value: float) -> str:
    return text if value < 0 else f"+{text}"
