"""A file that something depends on, a folder or a pattern of files, from the repository's top."""

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Literal, NamedTuple

from evalgate.errors import Problem, UserMistake


class Watched(NamedTuple):
    """What to look at, and why: `who` says who reads it."""

    kind: Literal["file", "folder", "glob"]
    at: str
    who: str

    def covers(self, path: str) -> bool:
        """True when a changed path is this, lies in it, or is a submodule that holds it."""
        if self.kind == "glob":
            return _fits(path.split("/"), self.at.split("/"))
        if self.kind == "folder" and path.startswith(f"{self.at}/"):
            return True
        return path == self.at or self.at.startswith(f"{path}/")


def _fits(parts: Sequence[str], globs: Sequence[str]) -> bool:
    if not globs:
        return not parts
    if globs[0] == "**":
        return len(globs) == 1 or any(
            _fits(parts[skipped:], globs[1:]) for skipped in range(len(parts) + 1)
        )
    return bool(parts) and fnmatchcase(parts[0], globs[0]) and _fits(parts[1:], globs[1:])


class Ground(NamedTuple):
    """Where a project lies: the top of its repository, and its own folder in that."""

    top: Path
    root: Path

    @property
    def prefix(self) -> str:
        """The project's folder from the top, with a slash at its end unless it is the top."""
        inside = self.root.resolve().relative_to(self.top.resolve()).as_posix()
        return "" if inside == "." else f"{inside}/"

    def named(self, path: str) -> str:
        """A path of the project, from the top."""
        return os.path.normpath(f"{self.prefix}{path}")

    def file(self, path: str, who: str) -> list[Watched]:
        """A file of the project, and what it leads to when it is a link."""
        return self._placed("file", path, who)

    def folder(self, path: str, who: str) -> list[Watched]:
        """All that is in a folder of the project."""
        return self._placed("folder", path, who)

    def glob(self, pattern: str, who: str) -> Watched:
        """The files that a pattern of the project names, also those that are gone."""
        return Watched("glob", self.named(pattern), who)

    def matched(self, pattern: str, who: str) -> list[Watched]:
        """What a pattern names, and what the files that it names today lead to."""
        found: list[Path] = []
        with suppress(ValueError, NotImplementedError, OSError):  # whoever builds it says why
            found = [path for path in self.root.glob(pattern) if path.is_file()]
        files = [self.file(path.relative_to(self.root).as_posix(), who) for path in found]
        behind = {each for placed in files for each in placed[1:]}
        return [self.glob(pattern, who), *sorted(behind)]

    def _placed(self, kind: Literal["file", "folder"], path: str, who: str) -> list[Watched]:
        names = names_of(self.top, self.named(path), within=kind == "folder")
        return [Watched(kind, at, who) for at in names]


MOST_LINKS = 40
"""As many as Linux follows: links that lead round in a circle go on without end."""


def names_of(top: Path, named: str, *, within: bool) -> Sequence[str]:
    """Every path from `top` on the way to a file: its own first, then those that links lead to.

    `within`: also those that links in that folder lead to. Raises UserMistake when there is no end.
    """
    found: dict[str, None] = {}
    todo = [(named, 0)]
    while todo:
        at, followed = todo.pop()
        if at in found or at.startswith("../"):  # outside of the repository
            continue
        if followed > MOST_LINKS:
            fault = f"is more than {MOST_LINKS} links away: they lead round in a circle"
            raise UserMistake(Problem(fault, named))
        found[at] = None
        todo += [(to, followed + 1) for to in _led_to(top, at)]
        if within and _is_folder_of(top, at):
            links = (path for path in (top / at).rglob("*") if path.is_symlink())
            todo += [(path.relative_to(top).as_posix(), followed) for path in links]
    return tuple(found)


def _is_folder_of(top: Path, at: str) -> bool:
    real = Path(os.path.realpath(top / at))
    return real.is_dir() and real.is_relative_to(top.resolve())


def _led_to(top: Path, at: str) -> Iterator[str]:
    """Where a path goes on at each link that is on its way."""
    for link in (PurePosixPath(at), *PurePosixPath(at).parents):
        if (top / link).is_symlink():
            to = os.path.relpath(top / link.parent / (top / link).readlink(), top)
            yield os.path.normpath(PurePosixPath(to) / PurePosixPath(at).relative_to(link))
