"""Which suites a change can affect, and because of what; where nobody can know, all of them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import NamedTuple, TypeVar

from pydantic import TypeAdapter

from evalgate.config.gates import ADAPTER as GATES_ADAPTER
from evalgate.config.waivers import ADAPTER as WAIVERS_ADAPTER
from evalgate.config.waivers import FILE as WAIVERS
from evalgate.domain.names import GATES
from evalgate.domain.record import Record
from evalgate.domain.specs import Gates, Waivers
from evalgate.errors import Problem, UserMistake
from evalgate.github.changes import Changes, text_at
from evalgate.github.dependence import Needs, needs_of
from evalgate.github.watched import Ground
from evalgate.pipeline.project import Project
from evalgate.sources.strict import read_record
from evalgate.sources.yaml_text import parse_yaml

WORKFLOW = re.compile(r"(^|/)\.github/|(^|/)action\.ya?ml$")
OURS = b"evalgate"
R = TypeVar("R", bound=Record)

Affected = Mapping[str, Sequence[str]]
"""Why, by suite; the suites that a change cannot affect are not among them."""


class Why(NamedTuple):
    """A reason for one suite, or for all of them where `suite` is empty."""

    suite: str
    words: str


def affected_by(project: Project, ground: Ground, changes: Changes) -> Affected:
    """Every suite that the changes can affect, with the reasons."""
    suites = project.gates.gates.suites
    if changes.files is None:
        return dict.fromkeys(suites, (changes.unknown,))
    needs = _needs(project, ground)
    found: dict[str, dict[str, None]] = {}
    for path in changes.files:
        for why in _reasons(project, ground, needs, changes.base, path):
            for name in [why.suite] if why.suite else suites:
                if name in suites:
                    found.setdefault(name, {})[f"{path}: {why.words}"] = None
    return {name: tuple(found[name]) for name in suites if name in found}


def _needs(project: Project, ground: Ground) -> Mapping[str, Needs]:
    """What each suite needs; the faults of all their files at once."""
    needs: dict[str, Needs] = {}
    problems: dict[Problem, None] = {}
    for name, suite in project.gates.gates.suites.items():
        try:
            needs[name] = needs_of(project, ground, name, suite)
        except UserMistake as mistake:
            problems |= dict.fromkeys(mistake.problems)
    if problems:
        raise UserMistake(list(problems))
    return needs


def _reasons(
    project: Project, ground: Ground, needs: Mapping[str, Needs], base: str, path: str
) -> Iterator[Why]:
    if _is(ground, GATES, path):
        yield from _of_gates(project, ground, base)
        return
    if _is(ground, WAIVERS, path):
        yield from _of_waivers(project, ground, base)
        return
    if PurePosixPath(path).name == GATES and not (ground.top / path).is_file():
        yield Why("", "gates that are gone")  # whoever looks for them finds these ones above
    if WORKFLOW.search(path) and _mentions_us(ground, base, path):
        yield Why("", "it runs evalgate")
    for name, each in needs.items():
        if words := each.why(path, ground.prefix):
            yield Why(name, words)


def _is(ground: Ground, file: str, path: str) -> bool:
    """True for a file of the project by its own name, and by that of what it leads to."""
    return any(each.covers(path) for each in ground.file(file, ""))


def _of_gates(project: Project, ground: Ground, base: str) -> Iterator[Why]:
    ours = project.gates.gates
    theirs: Gates | None = _at(project, ground, base, GATES, GATES_ADAPTER)
    if theirs is None:
        yield Why("", "the base has none that can be read")
        return
    written = read_record(GATES_ADAPTER, project.gates.placed)  # as written, like the base's
    if _beside_suites(written) != _beside_suites(theirs):
        yield Why("", "providers, budget or policy of all suites changed")
    if gone := sorted(theirs.suites.keys() - ours.suites.keys()):
        yield Why("", f"the suite {gone[0]} was removed")
    for name, suite in written.suites.items():
        if theirs.suites.get(name) != suite:
            yield Why(name, "its entry changed" if name in theirs.suites else "it is new")


def _beside_suites(gates: Gates) -> Gates:
    return gates.model_copy(update={"suites": {}})


def _of_waivers(project: Project, ground: Ground, base: str) -> Iterator[Why]:
    before: Waivers | None = None
    if text_at(ground.top, base, ground.named(WAIVERS)) is None:
        before = Waivers(schema_version=1)
    else:
        before = _at(project, ground, base, WAIVERS, WAIVERS_ADAPTER)
    if before is None:
        yield Why("", "the base's cannot be read")
        return
    theirs = before.waivers
    for waiver in [each for each in project.waivers if each not in theirs] + [
        each for each in theirs if each not in project.waivers
    ]:
        yield Why(waiver.suite, "its waivers changed")


def _at(
    project: Project, ground: Ground, base: str, file: str, adapter: TypeAdapter[R]
) -> R | None:
    """A file of the project as it was at the base; None for one that cannot be read."""
    text = text_at(ground.top, base, ground.named(file))
    if text is None:
        return None
    try:
        return read_record(adapter, parse_yaml(text, file, project.environment))
    except UserMistake:
        return None


def _mentions_us(ground: Ground, base: str, path: str) -> bool:
    return any(OURS in (text_at(ground.top, at, path) or b"") for at in (base, "HEAD"))
