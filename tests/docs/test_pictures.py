"""The pictures of docs/github.md are small, are shown, and are of the text that is kept."""

import pytest

from doc_pages import page
from github_pictures import DRAWN, PICTURES, SOURCES, Picture, digest, settled, size_and_source

LARGEST_BYTES = 150_000


def test_every_picture_is_shown() -> None:
    """With words for whoever cannot see it."""
    shown = page("docs/github.md").text

    assert sorted(path.stem for path in PICTURES.iterdir()) == sorted(one.name for one in DRAWN)
    for picture in DRAWN:
        assert f"](pictures/{picture.name}.png)" in shown
        assert f"![](pictures/{picture.name}.png)" not in shown


@pytest.mark.parametrize("picture", DRAWN, ids=[picture.name for picture in DRAWN])
def test_a_picture_is_of_the_text_that_is_kept(picture: Picture) -> None:
    """A text that changed without its picture is seen; `make pictures` draws it anew."""
    png = (PICTURES / f"{picture.name}.png").read_bytes()
    text = (SOURCES / f"{picture.name}.md").read_text(encoding="utf-8")

    width, height, source = size_and_source(png)

    assert source == digest(text)
    assert len(png) < LARGEST_BYTES
    assert picture.width < width < picture.width + 50
    assert 300 < height <= picture.most_height


def test_what_differs_by_chance_is_not_in_a_picture() -> None:
    """Two runs of the same commit give the same text."""
    text = "decided by the files of 0a1b2c&#8203;3d4e5f\n<sub>took 140 ms · commit `{}`</sub>"

    assert settled(text.format("0" * 12)) == settled(text.format("f" * 12).replace("140 ms", "9 s"))
