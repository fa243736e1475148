"""A prompt's own file, and a line that is too long to be one."""

from pathlib import Path

import pytest

from evalgate.errors import Problem, UserMistake
from evalgate.sources.jsonl import LONGEST_LINE_BYTES, read_jsonl
from evalgate.sources.prompt_text import read_prompt


def test_a_prompt_is_read_as_it_stands(tmp_path: Path) -> None:
    """White space may matter to a model."""
    (tmp_path / "p.md").write_bytes(b" Answer:\r\n\n")

    assert read_prompt(tmp_path / "p.md", "p.md", "v1.yaml") == " Answer:\r\n\n"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(None, "p.md: there is no such file (v1.yaml names it)", id="absent"),
        pytest.param(b"\xff", "p.md: is not UTF-8", id="not UTF-8"),
        pytest.param(b" \n", "p.md: is empty", id="blank"),
    ],
)
def test_a_prompt_that_cannot_be_used(tmp_path: Path, content: bytes | None, said: str) -> None:
    """The fault names the file, and who names it."""
    if content is not None:
        (tmp_path / "p.md").write_bytes(content)

    with pytest.raises(UserMistake) as caught:
        read_prompt(tmp_path / "p.md", "p.md", "v1.yaml")

    assert str(caught.value) == said


def test_a_folder_is_no_prompt(tmp_path: Path) -> None:
    """The system's own words say why."""
    with pytest.raises(UserMistake, match=r"p\.md: cannot be read: Is a directory"):
        read_prompt(tmp_path, "p.md", "v1.yaml")


def test_a_line_that_is_too_long_ends_the_reading(tmp_path: Path) -> None:
    """What follows it cannot be trusted to begin a line."""
    with (tmp_path / "long.jsonl").open("wb") as file:
        file.write(b'{"a": 1}\n')
        file.truncate(LONGEST_LINE_BYTES + 100)

    read = list(read_jsonl(tmp_path / "long.jsonl", "long.jsonl"))

    assert read == [(1, {"a": 1}), (2, Problem("the line is longer than 64 MiB", "long.jsonl", 2))]
