"""Text on a terminal: it cannot move the cursor, colour, hide or start a line."""

from evalgate.quoting.ci_log import for_ci_log
from evalgate.quoting.visible import on_one_line, split_lines

ELLIPSIS = "…"


def for_terminal(text: str, width: int | None = None) -> str:
    """Make `text` one harmless line, at most `width` cells wide.

    What reaches a terminal reaches a CI log too, so commands to a runner are neutralised.
    """
    quoted = for_ci_log(on_one_line(text))
    return quoted if width is None else _narrowed(quoted, width)


def lines_for_terminal(text: str) -> list[str]:
    """Make `text` harmless line by line; the caller puts a mark of its own before each."""
    return [for_terminal(line) for line in split_lines(text)]


def shortened(text: str, length: int) -> str:
    """Cut `text` to `length` characters; what was cut shows as an ellipsis."""
    return text if len(text) <= length else text[: max(length - 1, 0)] + ELLIPSIS[:length]


def cells_of(text: str) -> int:
    """How many cells of a terminal `text` takes, which holds no control character."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len  # here: plain text need not wait for it

    return cell_len(text)


def _narrowed(text: str, width: int) -> str:
    if len(text) <= width and cells_of(text) <= width:
        return text
    kept, used = [], 0
    for char in text[: 4 * width]:
        used += cells_of(char)
        if used > width - 1:
            break
        kept.append(char)
    return "".join(kept) + ELLIPSIS[:width]
