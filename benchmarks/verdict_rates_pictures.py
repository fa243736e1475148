"""Two pictures of the rates: how often an unchanged candidate fails, and a worse one passes.

Written by hand as SVG, so that the same rates are the same bytes with any version of anything.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from verdict_rates_cells import Rates

WIDTH, COLUMNS = 880, 5
LEFT, TOP = 70, 150
ACROSS, DOWN = 162, 192
INNER_WIDTH, INNER_HEIGHT = 146, 126
INK, PALE, GRID = "#1f2328", "#59636e", "#d9dee3"
FONT = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', Helvetica, Arial, sans-serif"
NAMED = (20, 100, 1000)
"""Numbers of cases that are written below the axis; the others have a tick."""


class Line(NamedTuple):
    """One gate: its name, its colour and mark, and how often it errs in a cell."""

    name: str
    colour: str
    mark: str
    wrong: Callable[[Rates], float]


LINES = (
    Line("the estimate, no drop allowed", "#8a5a9e", "triangle", lambda cell: cell.naive_wrong[1]),
    Line("the estimate, same margin", "#d1600f", "square", lambda cell: cell.naive_wrong[0]),
    Line("evalgate", "#0068a8", "circle", lambda cell: cell.wrong),
)
"""Colours that differ also for people who are colour-blind, and marks for those who see none."""


class Picture(NamedTuple):
    """Which truth, and what is said of it."""

    truth: str
    title: str
    subtitle: str
    axis: str


FALSE_BLOCK = Picture(
    "unchanged",
    "How often an unchanged candidate fails",
    "Simulated runs, the same for each gate. Nothing has become worse: lower is better.",
    "runs that fail",
)
FALSE_PASS = Picture(
    "worse",
    "How often a regression passes",
    "Simulated runs, the same for each gate. The drop is just beyond the margin: lower is better.",
    "runs that pass",
)


def drawn(picture: Picture, cells: Sequence[Rates]) -> str:
    """The picture as SVG: one panel for each kind of scores."""
    shown = [cell for cell in cells if cell.truth == picture.truth]
    kinds = list(dict.fromkeys(cell.kind for cell in shown))
    height = TOP + DOWN * math.ceil(len(kinds) / COLUMNS) - 2
    parts = [*_head(picture), *_legend()]
    for place, kind in enumerate(kinds):
        panel = Panel(place, [cell for cell in shown if cell.kind == kind])
        parts += panel.parts()
    middle = (TOP + height - 50) / 2
    turned = f"rotate(-90 15 {middle:.0f})"
    parts.append(_text(15, middle, picture.axis, text_anchor="middle", transform=turned))
    parts.append(_text(WIDTH / 2, height - 12, "cases in the evalset", text_anchor="middle"))
    opened = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img"'
        f' width="{WIDTH}" height="{height}" font-family="{FONT}" fill="{INK}">'
    )
    described = f"<title>{picture.title}</title>", f"<desc>{picture.subtitle}</desc>"
    ground = f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>'
    return "\n".join([opened, *described, ground, *parts, "</svg>\n"])


def _text(x: float, y: float, words: str, size: int = 13, **style: str) -> str:
    attributes = "".join(f' {key.replace("_", "-")}="{value}"' for key, value in style.items())
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}"{attributes}>{words}</text>'


def _head(picture: Picture) -> Iterator[str]:
    yield _text(20, 32, picture.title, 19, font_weight="600")
    yield _text(20, 54, picture.subtitle, 13, fill=PALE)


def _legend() -> Iterator[str]:
    """The gates in a row, and what a line is."""
    x = 20.0
    for line in reversed(LINES):
        yield f'<path d="M{x:.1f} 80h30" stroke="{line.colour}" stroke-width="2.5"/>'
        yield _mark(line, x + 15, 80)
        weight = "600" if line.name == "evalgate" else "400"
        yield _text(x + 38, 84.5, line.name, font_weight=weight)
        x += 66 + 7.2 * len(line.name)
    said = "Each line: the worst of the rates at which scores change by chance. Dashed: 5 %."
    said += " * a known exception."
    yield _text(20, 108, said, 12, fill=PALE)


class Panel:
    """One kind of scores: three lines over the number of cases."""

    def __init__(self, place: int, cells: Sequence[Rates]) -> None:
        self._cells = cells
        self._counts = sorted({cell.cases for cell in cells})
        self._left = LEFT + ACROSS * (place % COLUMNS)
        self._top = TOP + DOWN * (place // COLUMNS)
        self._names_shares = place % COLUMNS == 0

    def parts(self) -> Iterator[str]:
        """Everything in it, from the ground up."""
        first = self._cells[0]
        name = f"{first.kind} *" if first.is_known else first.kind
        yield _text(self._left, self._top - 9, name, 13, font_weight="600")
        yield from self._axes()
        dashes = f'stroke="{INK}" stroke-dasharray="4 3"'
        yield f'<path d="M{self._left} {self._y(0.05):.1f}h{INNER_WIDTH}" {dashes}/>'
        for line in LINES:
            yield from self._line(line)

    def _x(self, cases: int) -> float:
        """Where a number of cases stands: twice as many, the same step further."""
        low, high = math.log(self._counts[0]), math.log(max(self._counts[-1], 1 + self._counts[0]))
        return self._left + 10 + (INNER_WIDTH - 20) * (math.log(cases) - low) / (high - low)

    def _y(self, share: float) -> float:
        return self._top + INNER_HEIGHT * (1 - share)

    def _axes(self) -> Iterator[str]:
        for percent in (0, 50, 100):
            y, colour = self._y(percent / 100), GRID if percent else INK
            yield f'<path d="M{self._left} {y:.1f}h{INNER_WIDTH}" stroke="{colour}"/>'
            if self._names_shares:
                style = {"text_anchor": "end", "fill": PALE}
                yield _text(self._left - 7, y + 4, f"{percent} %", 12, **style)
        for cases in self._counts:
            x = self._x(cases)
            yield f'<path d="M{x:.1f} {self._y(0):.1f}v4" stroke="{INK}"/>'
            if cases in NAMED:
                style = {"text_anchor": "middle", "fill": PALE}
                yield _text(x, self._y(0) + 18, f"{cases:,}", 12, **style)

    def _line(self, line: Line) -> Iterator[str]:
        """The worst rate of change at each number of cases."""
        points = [
            (self._x(n), self._y(max(line.wrong(c) for c in self._cells if c.cases == n)))
            for n in self._counts
        ]
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        yield f'<path d="M{path}" fill="none" stroke="{line.colour}" stroke-width="2"/>'
        for x, y in points:
            yield _mark(line, x, y)


def _mark(line: Line, x: float, y: float) -> str:
    """A shape of its own for each gate."""
    edge = f'fill="{line.colour}" stroke="#ffffff" stroke-width="1"'
    match line.mark:
        case "circle":
            return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" {edge}/>'
        case "square":
            return f'<path d="M{x - 3.5:.1f} {y - 3.5:.1f}h7v7h-7Z" {edge}/>'
        case _:
            return f'<path d="M{x:.1f} {y - 4.5:.1f}l4.5 8h-9Z" {edge}/>'
