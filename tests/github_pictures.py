"""Draw docs/pictures anew: what a reviewer sees of a regression in this project's own suite.

The Markdown is that of a real run of the shipped workflows; it is kept in tests/data/pictures, and
each picture says in itself of which text it is.
"""

import hashlib
import html
import re
import struct
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from fake_github import FakeGitHub, served
from github_page import COMMENT_WIDTH, SUMMARY_WIDTH, page_of, photograph
from own_pushes import ANSWERS, CASES, Push, mended, own_scratch, pushes, spoiled
from under_git import git

PROJECT = Path(__file__).parents[1]
PICTURES, SOURCES = PROJECT / "docs" / "pictures", PROJECT / "tests" / "data" / "pictures"
SIGNATURE = b"\x89PNG\r\n\x1a\n"
SOURCE = "Source"
MOST_OF_A_LINE = 100
COLOURS = 128  # as many as text on white needs with a few marks, in a third of the bytes

# What differs from run to run, and what is shown in its place.
BY_CHANCE = (
    (re.compile(r"\btook [\d.]+ m?s\b"), "took 2.1 s"),
    (re.compile(r"\b[0-9a-f]{6}(&#8203;)[0-9a-f]{6}\b"), r"3f9c1a\g<1>b27de0"),
    (re.compile(r"commit `[0-9a-f]{12}`"), "commit `84d2e6f05b1c`"),
    (re.compile(r"evalgate:run:\d+\.1\b"), "evalgate:run:101.1"),
    (re.compile(r"/runs/\d+"), "/runs/101"),
    (re.compile(r"/artifacts/\d+"), "/artifacts/4"),
)


class Picture(NamedTuple):
    """A file's name, the words above it, and how much of it is shown."""

    name: str
    heading: str
    width: int
    most_height: int


DRAWN = (
    Picture("comment-failed", "github-actions bot commented", COMMENT_WIDTH, 4_000),
    Picture("comment-passed", "github-actions bot commented", COMMENT_WIDTH, 4_000),
    Picture("summary", "evalgate summary", SUMMARY_WIDTH, 1_250),
    Picture("annotations", "Files changed", SUMMARY_WIDTH, 4_000),
)
ANNOTATED = ("gates.yaml", ANSWERS, CASES)


def sources_of(first: Push, last: Push) -> dict[str, str]:
    """The Markdown of each picture, without what is another in every run."""
    [summary] = first.gate.summaries
    [failed], [passed] = first.comments, last.comments
    found = {
        "comment-failed": failed,
        "comment-passed": passed,
        "summary": summary,
        "annotations": "\n".join(_annotation(first, file) for file in ANNOTATED),
    }
    return {name: settled(text) for name, text in found.items()}


def _annotation(push: Push, file: str) -> str:
    """The first annotation of a file, below the line that it is about."""
    note = next(each for each in push.gate.annotations if each.properties.get("file") == file)
    number = int(note.properties["line"])
    code = git(push.world.repository, "show", f"{push.world.sha}:{file}").splitlines()[number - 1]
    return (
        f"**{file}**\n\n```\n{number}  {code[:MOST_OF_A_LINE]}\n```\n\n"
        f'<blockquote class="{note.name}">\n\n**{html.escape(note.properties["title"])}**\n\n'
        f"```\n{note.data}\n```\n\n</blockquote>\n"
    )


def settled(text: str) -> str:
    """The text as if it were of one certain run."""
    for found, instead in BY_CHANCE:
        text = found.sub(instead, text)
    return text


def digest(text: str) -> str:
    """What a picture says of its text."""
    return hashlib.sha256(text.encode()).hexdigest()


def size_and_source(png: bytes) -> tuple[int, int, str]:
    """A picture's width and height, and of which text it says to be."""
    assert png.startswith(SIGNATURE)
    at, width, height, source = len(SIGNATURE), 0, 0, ""
    while at < len(png):
        length, kind = struct.unpack_from(">I4s", png, at)
        data = png[at + 8 : at + 8 + length]
        if kind == b"IHDR":
            width, height = struct.unpack_from(">II", data)
        if kind == b"tEXt" and data.startswith(SOURCE.encode() + b"\0"):
            source = data.partition(b"\0")[2].decode("ascii")
        at += length + 12
    return width, height, source


def draw(picture: Picture, text: str) -> None:
    """Have the page photographed; then make the file small, and have it say of what it is."""
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    with tempfile.TemporaryDirectory() as folder:
        shot = Path(folder, "shot.png")
        page = page_of(text, picture.heading, picture.width)
        photograph(page, picture.width, picture.most_height, shot)
        says = PngInfo()
        says.add_text(SOURCE, digest(text))
        seen = Image.open(shot).convert("RGB")
        # a method that keeps the few red, orange and blue points among all the grey ones
        small = seen.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
        small.save(PICTURES / f"{picture.name}.png", optimize=True, pnginfo=says)


def main(names: Sequence[str]) -> None:
    """Run the pushes and draw; `names` are pictures whose text is to be taken as it is kept."""
    for kept in (PICTURES, SOURCES):
        kept.mkdir(parents=True, exist_ok=True)
    if not names:
        with tempfile.TemporaryDirectory() as folder, served(FakeGitHub()) as github:
            scratch = own_scratch(Path(folder), github, f"sqlite:///{folder}/mlflow.db")
            first, last = pushes(scratch, [spoiled(), mended])
            for name, markdown in sources_of(first, last).items():
                (SOURCES / f"{name}.md").write_text(markdown, encoding="utf-8")
    for picture in DRAWN:
        if not names or picture.name in names:
            draw(picture, (SOURCES / f"{picture.name}.md").read_text(encoding="utf-8"))


if __name__ == "__main__":
    main(sys.argv[1:])
