"""Where a judge is declared: what its messages name and where its files are looked for."""

from pathlib import Path
from typing import NamedTuple

from evalgate.errors import Problem


class Place(NamedTuple):
    """A judge's name, its own folder and the project's folder."""

    name: str
    folder: Path
    root: Path

    @property
    def shown_as(self) -> str:
        """The judge's file as messages name it."""
        return self.show("judge.yaml")

    def show(self, file: str) -> str:
        """Name a file of the judge's folder, relative to the project's folder if it is inside."""
        path, root = (self.folder / file).resolve(), self.root.resolve()
        return (path.relative_to(root) if path.is_relative_to(root) else path).as_posix()

    def problem(self, fault: str, *, key: str = "", remedy: str = "") -> Problem:
        """Build a Problem that names the judge's file."""
        return Problem(fault, path=self.shown_as, key=key, remedy=remedy)
