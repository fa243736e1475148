"""From the rates to what is read: the whole table, the short one, and the two pictures.

Alone it writes pages and pictures again from the rates that are there.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, fields
from pathlib import Path

from verdict_rates_cells import Rates
from verdict_rates_pictures import FALSE_BLOCK, FALSE_PASS, drawn

PROJECT = Path(__file__).parents[1]
RATES = Path("benchmarks/verdict_rates.json")
WHOLE, SHORT = Path("benchmarks/README-verdicts.md"), Path("docs/evidence.md")
PICTURES = {
    Path("docs/evidence-false-block.svg"): FALSE_BLOCK,
    Path("docs/evidence-false-pass.svg"): FALSE_PASS,
}
BEGIN, END = "<!-- rates: written by benchmarks/verdict_rates.py -->", "<!-- end of rates -->"


def dump_rates(cells: Iterable[Rates]) -> str:
    """The rates as JSON, one cell on a line."""
    lines = ",\n".join(json.dumps(asdict(cell)) for cell in cells)
    return f"[\n{lines}\n]\n"


def load_rates(path: Path) -> list[Rates]:
    """Read what `dump_rates` wrote."""
    return [Rates(**cell) for cell in json.loads(path.read_text(encoding="utf-8"))]


def percent(share: float) -> str:
    """A share with one digit after the point."""
    return f"{share * 100:.1f}"


def whole_table(cells: Sequence[Rates]) -> Iterator[str]:
    """Every cell on a line."""
    heads = ["scores", "truth", "flips", "cases", "runs", "passed", "failed", "undecided"]
    heads += ["merged, warn", "merged, block", "merged, estimate"]
    heads += ["naive merges: margin", "naive merges: no drop"]
    yield f"| {' | '.join(heads)} | |"
    yield "|---|---|" + "---:|" * (len(heads) - 2) + "---|"
    for cell in cells:
        numbers = [getattr(cell, field.name) for field in fields(cell)][5:-1]
        shown = " | ".join(percent(number) for number in numbers)
        facts = f"{cell.kind} | {cell.truth} | {cell.flips:g} | {cell.cases:,} | {cell.runs}"
        yield f"| {facts} | {shown} | {remark(cell)} |"


def remark(cell: Rates) -> str:
    """What is said of a cell whose verdicts err."""
    if cell.is_missed:
        return "**missed**"
    return "known exception" if cell.is_known and cell.wrong > 0.05 else ""


def short_table(cells: Sequence[Rates]) -> Iterator[str]:
    """The worst cell of each kind, and how many cases make an unchanged candidate pass."""
    heads = ["scores", "unchanged: evalgate fails", "the estimate, same margin, fails"]
    heads += ["the estimate, no drop allowed, fails", "worse: evalgate passes"]
    heads += ["the estimate, same margin, passes", "cases that decide"]
    yield f"| {' | '.join(heads)} |"
    yield "|---|" + "---:|" * (len(heads) - 1)
    for kind in dict.fromkeys(cell.kind for cell in cells):
        same, worse = (
            [cell for cell in cells if (cell.kind, cell.truth) == (kind, truth)]
            for truth in ("unchanged", "worse")
        )
        known = " (known exception)" if any(remark(cell) for cell in (*same, *worse)) else ""
        numbers = [
            max(cell.wrong for cell in same),
            max(cell.naive_wrong[0] for cell in same),
            max(cell.naive_wrong[1] for cell in same),
            max(cell.wrong for cell in worse),
            max(cell.naive_wrong[0] for cell in worse),
        ]
        shown = " | ".join(f"{percent(number)} %" for number in numbers)
        yield f"| {kind}{known} | {shown} | {deciding_cases(same)} |"


def deciding_cases(same: Sequence[Rates]) -> str:
    """The fewest cases with which an unchanged candidate passes in four runs of five."""
    counts = sorted({cell.cases for cell in same})
    flips = sorted({cell.flips for cell in same})
    middle = [cell for cell in same if cell.flips == flips[len(flips) // 2]]
    enough = [cell.cases for cell in middle if cell.passed >= 0.8]
    return f"{min(enough):,}" if enough else f"more than {counts[-1]:,}"


def written_between(text: str, lines: Iterable[str]) -> str:
    """A page with everything between its two marks replaced."""
    before, found, rest = text.partition(BEGIN)
    _, ended, after = rest.partition(END)
    assert found, "the page has a mark where the rates begin"
    assert ended, "the page has a mark where the rates end"
    return "\n".join([f"{before}{BEGIN}", "", *lines, "", f"{END}{after}"])


def written(cells: Sequence[Rates], root: Path) -> dict[Path, str]:
    """Every page and picture as these rates make it, by its path in the project."""
    pages = {WHOLE: whole_table, SHORT: short_table}
    texts = {
        path: written_between((root / path).read_text(encoding="utf-8"), table(cells))
        for path, table in pages.items()
    }
    return texts | {path: drawn(picture, cells) for path, picture in PICTURES.items()}


def write_pages(root: Path) -> None:
    """Write pages and pictures from the rates that are there."""
    cells = load_rates(root / RATES)
    for path, text in written(cells, root).items():
        (root / path).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write_pages(PROJECT)
