"""A file that something depends on, a folder or a pattern of files, from the repository's top."""

import os
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Literal, NamedTuple


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
        plain = PurePosixPath(pattern).as_posix()  # without `./`
        return Watched("glob", f"{self.prefix}{plain}", who)

    def _placed(self, kind: Literal["file", "folder"], path: str, who: str) -> list[Watched]:
        named = self.named(path)
        found = (self.root / path).resolve()
        top = self.top.resolve()
        leads_to = found.relative_to(top).as_posix() if found.is_relative_to(top) else named
        return [Watched(kind, at, who) for at in dict.fromkeys((named, leads_to))]
