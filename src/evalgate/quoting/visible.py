"""Characters that steer a screen or cannot be seen, made visible."""

import re
import unicodedata

NEWLINE = "␤"

# Zero-width or blank although Unicode calls them letters or marks; the selectors that emoji
# are written with (U+FE0E, U+FE0F) stay.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0") | frozenset(
    map(chr, [*range(0x180B, 0x1810), *range(0xFE00, 0xFE0E), *range(0xE0100, 0xE01F0)])
)
_ALL_BUT_PLAIN = re.compile(r"[^\x20-\x7e]")
_LINE_ENDS = re.compile("\r\n|[\n\x85\u2028\u2029]")


def visible(text: str, keep: str = "") -> str:
    """Make every control, bidi, zero-width and surrogate character visible, but for `keep`."""
    return _ALL_BUT_PLAIN.sub(lambda found: _shown(found[0], keep), text)


def writable(text: str) -> str:
    """Write out lone surrogates, which an escape in JSON or YAML can make and no file can hold."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def on_one_line(text: str) -> str:
    """Make `text` one visible line: a line's end is ␤, a tab a space."""
    return visible(_LINE_ENDS.sub(NEWLINE, text).replace("\t", " "))


def split_lines(text: str) -> list[str]:
    """Cut `text` where any reader might see a new line."""
    return re.split("\r\n|[\n\r\v\f\x85\u2028\u2029]", text)


def _shown(char: str, keep: str) -> str:
    if char in keep:
        return char
    code = ord(char)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    match unicodedata.category(char):
        case "Zs":
            return " "
        case "Cc" | "Cf" | "Cs" | "Zl" | "Zp":
            return f"<U+{code:04X}>"
        case _:
            return f"<U+{code:04X}>" if char in _BLANK else char
