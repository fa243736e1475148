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
_MARK = r"[\s*_`\"']*"
_NUMBER = re.compile(
    rf"(?P<number>{_DIGITS})(?:{_MARK}(?:/|out\s+of){_MARK}(?P<of>{_DIGITS}))?", re.IGNORECASE
)
_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_IN_WORDS = re.compile(  # right after the name: `score: five`, `a score of five`, `rated as five`
    rf"(?:{_WORD.pattern})(?:[^\w\n]|_)*(?:(?:is|was|of|as|an?)(?:[^\w\n]|_)+)*"
    rf"(?<![^\W_])(?P<word>{'|'.join(_WORDS)})(?![^\W_])(?!\s+(?:of|by)\b)",
    re.IGNORECASE,
)
# letters of other scripts that look like those of the names above, in lower case
_LOOK_ALIKES = str.maketrans(
    {
        other: letter
        for letter, others in {
            "a": "\u0430\u03b1\u0251\u1d00",
            "c": "\u0441\u03f2\u1d04",
            "d": "\u0501\u1d05",
            "e": "\u0435\u0454\u04bd\u03b5\u1d07",
            "g": "\u0261\u0581\u0262",
            "i": "\u0456\u03b9\u0131\u026a",
            "n": "\u0578\u0274",
            "o": "\u043e\u03bf\u0585\u1d0f",
            "r": "\u0433\u1d26\u0280",
            "s": "\u0455\ua731",
            "t": "\u0442\u03c4\u1d1b",
            "v": "\u0475\u03bd\u1d20",
        }.items()
        for other in others
    }
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

    `4/5` is 4 where the scale ends at 5. A name and the number below it are one line. Of numbers
    in words only the one right after the name is meant.
    """
    read = _NAMED_ABOVE.sub(r":\1 ", _as_read(text))
    if any(_WORDS.index(found["word"]) != score for found in _IN_WORDS.finditer(read)):
        return True
    return any(
        not _is(score, found["number"])
        or (found["of"] is not None and (scale.high is None or not _is(scale.high, found["of"])))
        for line in read.split("\n")
        if _WORD.search(line)
        for found in _NUMBER.finditer(line)
    )


def _as_read(text: str) -> str:
    """The text as the eye takes it: without accents, in the letters that it looks like."""
    if text.isascii():  # nothing below changes it, letter by letter: most replies
        return text.lower()
    parted = unicodedata.normalize("NFKD", text)
    seen = "".join(sign for sign in parted if not _is_invisible(sign) and not _is_accent(sign))
    return seen.lower().translate(_LOOK_ALIKES)


def _is_invisible(sign: str) -> bool:
    return unicodedata.category(sign) == "Cf"


def _is_accent(sign: str) -> bool:
    return unicodedata.category(sign) == "Mn"


def _is(score: Decimal | float, written: str) -> bool:
    try:
        exact = Decimal(written.replace("\N{MINUS SIGN}", "-"))
    except InvalidOperation:  # such as 4.5.1
        return False
    return exact == (score if isinstance(score, Decimal) else Decimal(repr(score)))
