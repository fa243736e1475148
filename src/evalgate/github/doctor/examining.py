"""`evalgate doctor`: reads the repository's files, and asks nobody."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from evalgate.errors import Problem, UserMistake
from evalgate.github.doctor.checkouts import shallow_checkouts
from evalgate.github.doctor.diagnosis import Diagnosis, Symptom, in_order
from evalgate.github.doctor.documents import EXPRESSION
from evalgate.github.doctor.elsewhere import named_project, where_to_look
from evalgate.github.doctor.keys import misplaced_keys, missing_keys
from evalgate.github.doctor.permissions import token_permissions
from evalgate.github.doctor.pins import unpinned_actions
from evalgate.github.doctor.policy import project_symptoms
from evalgate.github.doctor.reading import Reader
from evalgate.github.doctor.required import INIT, gates_of, required_checks
from evalgate.github.doctor.scripts import pasted_expressions
from evalgate.github.doctor.triggers import dangerous_triggers
from evalgate.github.doctor.workflow import Workflow
from evalgate.github.team.checks import keys_of
from evalgate.github.team.workflows import FOLDER
from evalgate.github.watched import Ground
from evalgate.pipeline.project import Project, find_project
from evalgate.sources.git import top_of

NO_GIT = "is in no git repository: what is committed was not looked at"


def examine(start: Path, environment: Mapping[str, str]) -> Diagnosis:
    """Look at the project around `start`, and at its repository's workflows."""
    symptoms: list[Symptom] = []
    around = _project(start, environment)
    root = around.root if isinstance(around, Project) else start
    under_git = top_of(root)
    top = (under_git or root).resolve()
    if under_git is None:
        symptoms.append(Symptom(Problem(f"the project {NO_GIT}"), is_fault=False))
    reader = Reader(top, symptoms)
    workflows = reader.workflows()
    if isinstance(around, UserMistake):
        project = named_project(workflows, top, environment)
        absent = () if project else where_to_look(workflows, around)
        symptoms += [Symptom(problem, is_fault=True) for problem in absent]
    else:
        project = around
    if project:
        ground = Ground(top, project.root)
        symptoms += project_symptoms(project, ground, in_git=under_git is not None)
    symptoms += _of_workflows(workflows, _keys(project))
    gates = gates_of(workflows)
    if any(workflow.is_ours for workflow in workflows):
        symptoms += required_checks(workflows, gates)
    else:
        fault = "no workflow that can be read has a step of evalgate's gate"
        symptoms.append(Symptom(Problem(fault, FOLDER, remedy=INIT), is_fault=True))
    checks = dict.fromkeys(gate.check for gate in gates if EXPRESSION not in gate.check)
    return Diagnosis(
        workflows=len(workflows),
        of_evalgate=sum(workflow.is_ours for workflow in workflows),
        checks=tuple(checks),
        faults=in_order(symptoms, faults=True),
        hints=in_order(symptoms, faults=False),
    )


def _project(start: Path, environment: Mapping[str, str]) -> Project | UserMistake:
    """The project around a folder, or that there is none."""
    try:
        return find_project(start, environment)
    except UserMistake as mistake:
        return mistake


def _keys(project: Project | None) -> tuple[str, ...]:
    """The variables in which providers' keys are; what is wrong with the file is told elsewhere."""
    try:
        return keys_of(project.gates) if project else ()
    except UserMistake:
        return ()


def _of_workflows(workflows: list[Workflow], keys: tuple[str, ...]) -> Iterator[Symptom]:
    running = {
        f"./{workflow.document.placed.path}"
        for workflow in workflows
        if any("run" in job.modes for job in workflow.jobs)
    }
    for workflow in workflows:
        yield from dangerous_triggers(workflow)
        yield from unpinned_actions(workflow)
        yield from token_permissions(workflow)
        yield from misplaced_keys(workflow, keys, running)
        yield from missing_keys(workflow, keys)
        yield from pasted_expressions(workflow)
        yield from shallow_checkouts(workflow)
