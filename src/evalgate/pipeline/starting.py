"""Lay out a first project: small, whole, and it runs at once without a key."""

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from evalgate.errors import Problem, ServiceFailed, UserMistake

RENAMED = {"gitignore": ".gitignore"}  # a packaged .gitignore would hide files from the build


def start_project(folder: Path) -> list[str]:
    """Write the project's files into `folder`; nothing that is there is touched."""
    contents = dict(_contents(files("evalgate.pipeline") / "first_project", ""))
    problems = [
        Problem("is there already", path=name, remedy="use an empty folder")
        for name in contents
        if (folder / name).exists()
    ]
    if problems:
        raise UserMistake(problems)
    for name, source in contents.items():
        try:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(source.read_bytes())
        except OSError as error:
            raise ServiceFailed(f"{name} cannot be written: {error.strerror or error}") from error
    return sorted(contents)


def _contents(folder: Traversable, prefix: str) -> list[tuple[str, Traversable]]:
    found: list[tuple[str, Traversable]] = []
    for entry in folder.iterdir():
        name = f"{prefix}{RENAMED.get(entry.name, entry.name)}"
        found += _contents(entry, f"{name}/") if entry.is_dir() else [(name, entry)]
    return found
