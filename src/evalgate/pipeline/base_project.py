"""A project whose gates, waivers, judges and evalsets are those of a pull request's base."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from evalgate.config.gates import LoadedGates, load_gates
from evalgate.config.waivers import load_waivers
from evalgate.domain.names import GATES, GIT
from evalgate.domain.specs import Waiver
from evalgate.errors import UserMistake
from evalgate.evalset.store import Evalsets
from evalgate.pipeline.models import Models
from evalgate.pipeline.project import Project
from evalgate.sources.git import resolve_ref
from evalgate.sources.worktrees import Worktrees

SHORT = 12  # characters of a commit


@dataclass(frozen=True, kw_only=True)
class BaseProject(Project):
    """The files that decide are the base's; candidates, runs and models are the change's."""

    head: Project
    folder: Path
    at: str

    @property
    def has_gates(self) -> bool:
        """False where the base is from before the project."""
        return (self.folder / GATES).is_file()

    @property
    def policy_root(self) -> Path:
        """The project's folder as it is in the base."""
        return self.folder

    @cached_property
    def gates(self) -> LoadedGates:
        """The base's suites."""
        with told_of(self.at):
            return load_gates(self.folder, self.environment)

    @cached_property
    def waivers(self) -> tuple[Waiver, ...]:
        """What the base lets be bad for a while."""
        with told_of(self.at):
            return load_waivers(self.folder, self.environment).waivers

    @cached_property
    def evalsets(self) -> Evalsets:
        """The base's evalsets."""
        return Evalsets(self.folder, self.environment)

    @cached_property
    def models(self) -> Models:
        """One purse and one set of limits for both."""
        return self.head.models

    @cached_property
    def worktrees(self) -> Worktrees:
        """The same folders, held once."""
        return self.head.worktrees

    @cached_property
    def commit(self) -> tuple[str, bool]:
        """The change's own: it is the change that is run."""
        return self.head.commit


@contextmanager
def told_of(commit: str) -> Iterator[None]:
    """Say of every fault that it is in the base's file, which nobody sees in the working tree."""
    try:
        yield
    except UserMistake as mistake:
        prefix = f"{GIT}{commit[:SHORT]}:"
        raise UserMistake(
            [
                replace(each, path=f"{prefix}{each.path}") if each.path else each
                for each in mistake.problems
            ]
        ) from None


def base_project(project: Project, ref: str) -> BaseProject:
    """The project as its base has it."""
    commit = resolve_ref(project.root, ref)
    _, folder = project.worktrees.at(commit)
    return BaseProject(
        root=project.root,
        environment=project.environment,
        asking=project.asking,
        head=project,
        folder=folder,
        at=commit,
    )
