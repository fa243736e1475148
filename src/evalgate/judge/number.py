"""Numbers in text, read and compared without rounding."""

import math
import re
from decimal import Context, Decimal

MINUS = "\N{MINUS SIGN}"
NUMBER = re.compile(
    rf"""
    (?: (?<!\w) [-+{MINUS}] )?                                 # in `3-4` the dash is no sign
    (?: [0-9]{{1,3}} (?: ,[0-9]{{3}} )+ (?![0-9]) | [0-9]+ | (?<![0-9]) (?=\.[0-9]) )
    (?: \.[0-9]+ )?
    (?: [eE] [-+]? [0-9]+ )?
    """,
    re.VERBOSE,
)
CLEAR = Context(prec=60, traps=[])  # a judge's arithmetic never raises


def last_number_text(text: str) -> str | None:
    """Return the last thing in `text` that is written as a number."""
    last = None
    for match in NUMBER.finditer(text):
        last = match[0]
    return last


def exact_number(text: str) -> Decimal | None:
    """Read a text that is a number as a whole; None for anything else, infinity included."""
    written = text.strip().removesuffix(".")
    if not NUMBER.fullmatch(written):  # a comma that separates no thousands is not read away
        return None
    bare = written.replace(",", "").replace(MINUS, "-")
    rounded = float(bare)
    if not math.isfinite(rounded):
        return None
    return CLEAR.create_decimal(bare) if rounded else Decimal(0)


def is_within(found: Decimal, expected: Decimal, tolerance: float, *, relative: bool) -> bool:
    """True when the two differ by at most `tolerance`, or that share of the expected number."""
    allowed = CLEAR.create_decimal(repr(tolerance))
    if relative:
        allowed = CLEAR.multiply(allowed, expected.copy_abs())
    return CLEAR.subtract(found, expected).copy_abs() <= allowed
