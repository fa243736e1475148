"""What Markdown reports are made of: tables, lists, and text that is shown as it is."""

import re
from collections.abc import Iterable, Iterator, Sequence

from evalgate.report.said import in_markdown

LONG = 4_000
BACKTICKS = re.compile("`+")


def markdown_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A table; every cell is quoted here."""
    yield _line(map(in_markdown, head))
    yield _line("---" for _ in head)
    yield from (_line(in_markdown(cell, LONG) for cell in row) for row in rows)


def markdown_list(lines: Iterable[str]) -> Iterator[str]:
    """A list; every line is quoted here."""
    return (f"- {in_markdown(line, LONG)}" for line in lines)


def markdown_block(shown: str) -> Iterator[str]:
    """Text that was made fit for a terminal, fenced longer than any fence within."""
    longest = max((len(run) for run in BACKTICKS.findall(shown)), default=0)
    fence = "`" * max(3, longest + 1)
    yield f"{fence}text"
    yield shown.rstrip("\n")
    yield fence


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
