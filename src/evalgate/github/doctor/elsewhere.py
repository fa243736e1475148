"""The project, where the current folder is in none: the workflows name its folder."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from evalgate.domain.names import GATES
from evalgate.errors import Problem, UserMistake
from evalgate.github.doctor.documents import EXPRESSION, text_of
from evalgate.github.doctor.workflow import Workflow
from evalgate.pipeline.project import Project, find_project

WORKING_DIRECTORY = "working-directory"


def named_project(
    workflows: Sequence[Workflow], top: Path, environment: Mapping[str, str]
) -> Project | None:
    """The project that the steps of the gate are about, where all of them are about one."""
    roots = {(top / name).resolve() for name in _folders(workflows)}
    if len(roots) != 1:
        return None
    (root,) = roots
    is_ours = root.is_relative_to(top) and (root / GATES).is_file()
    return find_project(root, environment) if is_ours else None


def where_to_look(workflows: Sequence[Workflow], mistake: UserMistake) -> Iterator[Problem]:
    """That there is no project here, and where the workflows say that there is one."""
    folders = ", ".join(sorted(_folders(workflows)))
    for problem in mistake.problems:
        remedy = f"the workflows name {folders}: run it there" if folders else problem.remedy
        yield replace(problem, remedy=remedy)


def _folders(workflows: Sequence[Workflow]) -> set[str]:
    given = (
        text_of(step.given.get(WORKING_DIRECTORY))
        for workflow in workflows
        for step in workflow.steps
        if step.modes and step.uses
    )
    return {name for name in given if name and EXPRESSION not in name and "\0" not in name}
