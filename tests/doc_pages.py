"""What the documentation holds: its pages, the files and the examples in them."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

PROJECT = Path(__file__).parents[1]
DOCS = PROJECT / "docs"

FENCE = re.compile(r"^```(?P<kind>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(
    r"^<!-- file: (?P<name>\S+) -->\n```\w*\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^)\s]+)\)")
ROW = re.compile(r"^\|(?P<cells>.+)\|$", re.MULTILINE)


class Page(NamedTuple):
    """A page of documentation."""

    path: Path
    text: str

    def __str__(self) -> str:
        """Its place in the project."""
        return self.path.relative_to(PROJECT).as_posix()


def page(name: str) -> Page:
    """A page by its path in the project."""
    path = PROJECT / name
    return Page(path, path.read_text(encoding="utf-8"))


def pages() -> list[Page]:
    """Every page that people read: the ones at the top, and all of docs/."""
    top = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md")
    below = sorted(path.relative_to(PROJECT).as_posix() for path in DOCS.rglob("*.md"))
    return [page(name) for name in (*top, *below)]


def blocks(of: Page, kind: str) -> list[str]:
    """The fenced blocks of one language."""
    return [found["text"] for found in FENCE.finditer(of.text) if found["kind"] == kind]


def files_in(of: Page) -> dict[str, str]:
    """The files that a page shows, by their path: a line `<!-- file: PATH -->`, then a block."""
    return {found["name"]: found["text"] for found in FILE.finditer(of.text)}


def links_in(of: Page) -> Iterator[str]:
    """The targets of a page's links, those inside code left out."""
    prose = re.sub(r"`[^`\n]*`", "", FENCE.sub("", of.text))
    for found in LINK.finditer(prose):
        yield found["target"]


def rows_below(of: Page, heading: str) -> list[list[str]]:
    """The rows of the first table below a heading, cell by cell, without the table's head."""
    _, found, section = f"\n{of.text}".partition(f"\n{heading}\n")
    assert found, f"{of} has no heading {heading!r}"
    section = re.split(r"^#", section, maxsplit=1, flags=re.MULTILINE)[0]
    rows = [
        [cell.strip() for cell in re.split(r"(?<!\\)\|", row["cells"])]
        for row in ROW.finditer(section)
    ]
    return rows[2:]
