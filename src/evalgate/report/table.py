"""Plain text in aligned columns."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from evalgate.quoting import cells_of, for_terminal

GAP = "  "


class Column(NamedTuple):
    """A heading, the side its cells are aligned to, and how wide they may be."""

    title: str
    align: Literal["left", "right"] = "left"
    most: int | None = None


def table(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> list[str]:
    """Lay out rows under their headings: the headings first, then one line per row.

    Cells are quoted here once more, so a cell is never more than its part of one line.
    """
    cells = [[column.title for column in columns]]
    cells += [[_fitted(c, t) for c, t in zip(columns, row, strict=True)] for row in rows]
    widths = [max(cells_of(row[i]) for row in cells) for i in range(len(columns))]
    return [_line(columns, widths, row) for row in cells]


def _fitted(column: Column, text: str) -> str:
    return for_terminal(text, column.most)


def _line(columns: Sequence[Column], widths: Sequence[int], row: Sequence[str]) -> str:
    parts = []
    for column, width, text in zip(columns, widths, row, strict=True):
        blank = " " * (width - cells_of(text))
        parts.append(blank + text if column.align == "right" else text + blank)
    return GAP.join(parts).rstrip()
