"""A second verdict in a judge's reply: whatever else there is called a score, with another number.

Strict on purpose: who reads on for the number that was meant, guesses.
"""

import re
import unicodedata
from decimal import Decimal, InvalidOperation

from evalgate.domain.scale import Scale

_WORD = re.compile(
    r"score|scoring|(?<![^\W_])(?:rat(?:ed|ings?)|grad(?:e[sd]?|ing)|verdicts?)(?![^\W_])",
    re.IGNORECASE,
)
_DIGITS = r"(?:(?<!\w)[-+\N{MINUS SIGN}])?\.?\d+(?:[.,]\d+)*"
_NUMBER = re.compile(
    rf"(?P<number>{_DIGITS})(?:\s*(?:/|out\s+of)\s*(?P<of>{_DIGITS}))?", re.IGNORECASE
)
_NAMED_ABOVE = re.compile(r":([*_`]*)\s*\n\s*")


def from_first_visible(line: str) -> str:
    """Leave out format characters, such as a zero-width space, that hide a line's beginning."""
    return next((line[at:] for at, sign in enumerate(line) if not _is_invisible(sign)), "")


def is_called_a_score(name: str) -> bool:
    """True for `final_score`, `Rating`, `verdict` and the like."""
    return _WORD.search(_as_read(name)) is not None


def states_another(text: str, score: Decimal, scale: Scale) -> bool:
    """True when a line of `text` speaks of a score and holds a number that is not this one.

    `4/5` is 4 where the scale ends at 5. A name and the number below it are one line.
    """
    lines = _NAMED_ABOVE.sub(r":\1 ", _as_read(text)).split("\n")
    return any(
        not _is(score, found["number"])
        or (found["of"] is not None and (scale.high is None or not _is(scale.high, found["of"])))
        for line in lines
        if _WORD.search(line)
        for found in _NUMBER.finditer(line)
    )


def _as_read(text: str) -> str:
    visible = "".join(sign for sign in text if not _is_invisible(sign))
    return unicodedata.normalize("NFKC", visible)


def _is_invisible(sign: str) -> bool:
    return unicodedata.category(sign) == "Cf"


def _is(score: Decimal | float, written: str) -> bool:
    try:
        exact = Decimal(written.replace("\N{MINUS SIGN}", "-"))
    except InvalidOperation:  # such as 4.5.1
        return False
    return exact == (score if isinstance(score, Decimal) else Decimal(repr(score)))
