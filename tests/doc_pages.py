"""What the documentation holds: its pages, the files and the examples in them."""

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from evalgate.candidate.building import build_candidate
from evalgate.config.candidates import load_candidate
from evalgate.domain.answer import Answer
from evalgate.domain.case import Question
from evalgate.testing import ScriptedModel

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


def shown_runs(text: str) -> list[tuple[str, str]]:
    """Each command of a console block with the output that stands below it."""
    _, *runs = re.split(r"^\$ ", text, flags=re.MULTILINE)
    return [(command, output) for command, _, output in (run.partition("\n") for run in runs)]


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


def laid_out(name: str, root: Path) -> Path:
    """Write the files that a page shows into a folder."""
    for path, text in files_in(page(name)).items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return root


def asked(
    root: Path, name: str, says: ScriptedModel | None = None, *, case: str = "q1"
) -> tuple[Answer, bool]:
    """Build a candidate as a run would, and ask it; True when its digest is complete."""

    async def once() -> tuple[Answer, bool]:
        spec = load_candidate(root, name, {})
        folder, environment = root / "candidates", {"HELP_DESK_TOKEN": "Bearer abc"}
        candidate = build_candidate(
            name, spec, folder=folder, root=root, model=says, environment=environment
        )
        try:
            answer = await candidate.answer(Question(case, {"question": "Do you ship?"}))
            return answer, candidate.identity.complete
        finally:
            await candidate.aclose()

    return asyncio.run(once())
