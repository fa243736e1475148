"""Candidates from their files: every one of a project, which `check` holds against the evalsets."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from evalgate.candidate.building import build_candidate
from evalgate.candidate.protocol import Candidate
from evalgate.config.candidates import FOLDER, candidate_texts, list_candidates, load_candidate
from evalgate.domain.specs import CandidateSpec, Suite
from evalgate.errors import Problem, UserMistake
from evalgate.pipeline.project import Project


class Elsewhere(NamedTuple):
    """Files that are not those of the working tree: where they lie and what they come from."""

    root: Path
    origin: str


def built_candidate(
    project: Project,
    name: str,
    spec: CandidateSpec,
    in_flight: int,
    elsewhere: Elsewhere | None = None,
) -> Candidate:
    """Build a candidate; whatever its files' commit, today's providers are asked."""
    root = elsewhere.root if elsewhere else project.root
    return build_candidate(
        name,
        spec,
        folder=root / FOLDER,
        root=root,
        origin=elsewhere.origin if elsewhere else "",
        max_in_flight=in_flight,
        model=project.models,
        environment=project.environment,
    )


class Enlisted(NamedTuple):
    """A candidate of the project that has no fault."""

    spec: CandidateSpec
    candidate: Candidate
    texts: Mapping[str, str]  # what shapes its answers, by path


Roster = Mapping[str, Enlisted]


def enlist(project: Project) -> tuple[Roster, list[Problem]]:
    """Build every candidate of the project, and collect what is wrong with the others."""
    roster: dict[str, Enlisted] = {}
    problems: list[Problem] = []
    for name in list_candidates(project.root):
        try:
            spec = load_candidate(project.root, name, project.environment)
            candidate = built_candidate(project, name, spec, 1)
            roster[name] = Enlisted(spec, candidate, candidate_texts(project.root, name, spec))
        except UserMistake as mistake:
            problems += mistake.problems
    return roster, problems


def is_meant(name: str, entry: Enlisted, suite: Suite, suites: Iterable[Suite]) -> bool:
    """True when a candidate is for a suite's evalset: it says so, the suite does, or there is one.

    `suites` are all that the project has.
    """
    if name in (suite.candidate, suite.baseline):
        return True
    evalset = suite.evalset.partition("@")[0]
    if entry.spec.evalset is not None:
        return entry.spec.evalset == evalset
    return all(each.evalset.partition("@")[0] == evalset for each in suites)
