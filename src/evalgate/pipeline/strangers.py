"""Recorded answers to questions that nobody asks: usually the wrong file."""

from evalgate.candidate.recorded import RecordedCandidate
from evalgate.config.candidates import list_candidates, load_candidate
from evalgate.domain.specs import Suite
from evalgate.errors import Problem
from evalgate.evalset.reading import read_cases
from evalgate.evalset.store import Evalset
from evalgate.pipeline.catalogue import built_candidate
from evalgate.pipeline.project import Project


def strangers(project: Project, suite: Suite, evalset: Evalset) -> list[Problem]:
    """Warn of answers to cases that the suite's evalset does not have."""
    asked = {case.id for case in read_cases(evalset)}
    warnings = []
    for name in list_candidates(project.root):
        spec = load_candidate(project.root, name, project.environment)
        is_meant = spec.evalset == evalset.name or name in (suite.candidate, suite.baseline)
        if spec.kind != "recorded" or not is_meant:
            continue
        candidate = built_candidate(project.root, name, spec, 1)
        assert isinstance(candidate, RecordedCandidate), "a recorded spec makes one"
        unknown = [case for case in candidate.case_ids if case not in asked]
        if unknown:
            fault = f"answers {len(unknown)} cases that {evalset.ref} does not have"
            more = f"the first is {unknown[0]!r}"
            warnings.append(Problem(fault, f"candidates/{spec.answers}", remedy=more))
    return warnings
