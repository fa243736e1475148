"""Lay out a first project: small, whole, and it runs at once without a key."""

from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from evalgate.errors import Problem, ServiceFailed, UserMistake

RENAMED = {"gitignore": ".gitignore"}  # a packaged .gitignore would hide files from the build


def start_project(folder: Path) -> list[str]:
    """Write the project's files into `folder`; nothing that is there is touched."""
    if problems := already_there(folder):
        raise UserMistake(problems)
    contents = first_files()
    write_new(folder, contents)
    return sorted(contents)


def first_files() -> dict[str, bytes]:
    """The first project's files by their names."""
    found = _contents(files("evalgate.pipeline") / "first_project", "")
    return {name: source.read_bytes() for name, source in found}


def already_there(folder: Path) -> list[Problem]:
    """What a first project would have to write over."""
    return [
        Problem("is there already", path=name, remedy="use an empty folder")
        for name in first_files()
        if (folder / name).exists()
    ]


def write_new(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Write files that are not there yet."""
    for name, content in contents.items():
        try:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            with (folder / name).open("xb") as file:  # what somebody has just put there stays
                file.write(content)
        except OSError as error:
            raise ServiceFailed(f"{name} cannot be written: {error.strerror or error}") from error


def _contents(folder: Traversable, prefix: str) -> list[tuple[str, Traversable]]:
    found: list[tuple[str, Traversable]] = []
    for entry in folder.iterdir():
        name = f"{prefix}{RENAMED.get(entry.name, entry.name)}"
        found += _contents(entry, f"{name}/") if entry.is_dir() else [(name, entry)]
    return found
