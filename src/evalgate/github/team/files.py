"""`evalgate init --github`: a team's workflows, in the repository that its project is in."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from evalgate.config.gates import load_gates
from evalgate.domain.names import GATES
from evalgate.errors import Problem, UserMistake
from evalgate.github.team.checks import (
    content_faults,
    folder_faults,
    key_faults,
    keys_of,
    own_version_hints,
    policy_hint,
    seen_from,
)
from evalgate.github.team.pin import find_pin
from evalgate.github.team.workflows import FOLDER, OUR_KEY, Team, render_workflows
from evalgate.github.watched import Ground
from evalgate.pipeline.starting import already_there, first_files, write_new
from evalgate.sources.git import top_of

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Added:
    """What was written and what was there already, as the current folder names it."""

    written: tuple[str, ...]
    unchanged: tuple[str, ...]
    is_first: bool  # a first project was written too
    team: Team
    hints: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is to be in the project and at the repository's top."""

    first: Mapping[str, bytes]
    team: Team
    workflows: Mapping[str, bytes]


def add_workflows(start: Path, action: str | None, environment: Mapping[str, str]) -> Added:
    """Write the workflows, and a first project where there is none.

    Nothing that is there is touched. Every fault is raised at once, before anything is written.
    """
    start = start.resolve()
    top, root = ground = _ground(start)
    plan = _planned(ground, start, action, environment)
    there = [name for name in plan.workflows if os.path.lexists(top / name)]
    new = {name: text for name, text in plan.workflows.items() if name not in there}
    write_new(root, plan.first)
    write_new(top, new)
    written = [*(root / name for name in sorted(plan.first)), *(top / name for name in new)]
    return Added(
        written=tuple(seen_from(start, path) for path in written),
        unchanged=tuple(seen_from(start, top / name) for name in there),
        is_first=bool(plan.first),
        team=plan.team,
        hints=_hints(root, environment),
    )


def _planned(
    ground: Ground, start: Path, action: str | None, environment: Mapping[str, str]
) -> _Plan:
    """Decide on everything; raises UserMistake with all that stands in the way."""
    folder = ground.prefix.rstrip("/")
    problems = [*folder_faults(folder)]
    first: Mapping[str, bytes] = {}
    keys: tuple[str, ...] = (OUR_KEY,)
    if (ground.root / GATES).is_file():
        gates = _known(problems, lambda: load_gates(ground.root, environment))
        if gates is not None:
            problems += key_faults(gates)
            # code of the team's own may want a key, and `env:` may not be empty
            keys = keys_of(gates) or keys
    else:
        problems += already_there(ground.root)
        first = first_files()
    pin = _known(problems, lambda: find_pin(action))
    if pin is None:
        raise UserMistake(problems)
    team = Team(pin, folder, keys)
    texts = render_workflows(team).items()
    workflows = {f"{FOLDER}/{name}": text.encode() for name, text in texts}
    problems += [
        problem
        for name, text in workflows.items()
        for problem in content_faults(ground.top / name, text, start)
    ]
    if problems:
        raise UserMistake(problems)
    return _Plan(first, team, workflows)


def _hints(root: Path, environment: Mapping[str, str]) -> tuple[Problem, ...]:
    """What the workflows will miss in the project's gates, in those of a first project too."""
    gates = load_gates(root, environment)
    own_version = own_version_hints(root, gates, environment)
    return (*policy_hint(root, gates, environment), *own_version)


def _ground(start: Path) -> Ground:
    """The repository, and in it the nearest project upwards; without one it is to be here."""
    found = top_of(start)
    if found is None:
        fault = "this folder is in no git repository, and workflows belong to one"
        raise UserMistake(Problem(fault, remedy="`git init` makes one"))
    top = found.resolve()
    inside = [each for each in (start, *start.parents) if each.is_relative_to(top)]
    return Ground(top, next((each for each in inside if (each / GATES).is_file()), start))


def _known(problems: list[Problem], look_up: Callable[[], T]) -> T | None:
    """What is looked up; None, and its faults among the others, when it is a mistake."""
    try:
        return look_up()
    except UserMistake as mistake:
        problems += mistake.problems
        return None
