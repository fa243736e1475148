"""One look at every candidate and at every case, and all that `check` wants to know of them."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from evalgate.candidate.protocol import Candidate
from evalgate.candidate.recorded import RecordedCandidate
from evalgate.config.candidates import candidate_texts, list_candidates, load_candidate
from evalgate.config.contamination import contamination
from evalgate.domain.case import Case
from evalgate.domain.rule import Rule
from evalgate.domain.specs import CandidateSpec, Suite
from evalgate.errors import Problem, UserMistake
from evalgate.evalset.reading import checked_cases
from evalgate.gate.quantities import is_in_slice
from evalgate.pipeline.catalogue import built_candidate
from evalgate.pipeline.project import Project


class Enlisted(NamedTuple):
    """A candidate of the project that has no fault."""

    spec: CandidateSpec
    candidate: Candidate
    texts: Mapping[str, str]  # what shapes its answers, by path


Roster = Mapping[str, Enlisted]


class Survey(NamedTuple):
    """What one pass over an evalset found out."""

    ref: str
    case_ids: tuple[str, ...]
    in_slice: Mapping[str, int]  # by rule
    contamination: list[Problem]

    def cases_of(self, rule: Rule) -> int:
        """How many cases a rule is about."""
        return self.in_slice[rule.id] if rule.slice else len(self.case_ids)


def enlist(project: Project) -> tuple[Roster, list[Problem]]:
    """Build every candidate of the project, and collect what is wrong with the others."""
    roster: dict[str, Enlisted] = {}
    problems: list[Problem] = []
    for name in list_candidates(project.root):
        try:
            spec = load_candidate(project.root, name, project.environment)
            candidate = built_candidate(project.root, name, spec, 1)
            roster[name] = Enlisted(spec, candidate, candidate_texts(project.root, name, spec))
        except UserMistake as mistake:
            problems += mistake.problems
    return roster, problems


def survey(project: Project, suite: Suite, roster: Roster) -> Survey:
    """Read a suite's cases once; raise all that is wrong with them."""
    evalset = project.evalset_of(suite)
    sliced = [rule for rule in suite.rules if rule.slice]
    case_ids: list[str] = []
    in_slice: Counter[str] = Counter()

    def passing() -> Iterator[Case]:
        for case in checked_cases(evalset):
            case_ids.append(case.id)
            for rule in sliced:
                in_slice[rule.id] += is_in_slice(case.slices, rule.slice)
            yield case

    texts = {
        path: text
        for entry in roster.values()
        if entry.spec.evalset in (None, evalset.name)
        for path, text in entry.texts.items()
    }
    told = contamination(texts, suite.evalset, passing())
    return Survey(suite.evalset, tuple(case_ids), in_slice, told)


def strangers(roster: Roster, suite: Suite, seen: Survey) -> list[Problem]:
    """Warn of recorded answers to cases that the evalset does not have: usually the wrong file."""
    asked = set(seen.case_ids)
    warnings = []
    for name, (spec, candidate, _) in roster.items():
        is_meant = spec.evalset == seen.ref.partition("@")[0] or name in (
            suite.candidate,
            suite.baseline,
        )
        if not isinstance(candidate, RecordedCandidate) or not is_meant:
            continue
        unknown = [case for case in candidate.case_ids if case not in asked]
        if unknown:
            fault = f"answers {len(unknown)} cases that {seen.ref} does not have"
            more = f"the first is {unknown[0]!r}"
            warnings.append(Problem(fault, candidate.shown_as, remedy=more))
    return warnings
