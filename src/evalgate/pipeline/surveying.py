"""One look at every case, and all that `check` wants to know of them."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from evalgate.candidate.recorded import RecordedCandidate
from evalgate.config.contamination import contamination
from evalgate.domain.case import Case
from evalgate.domain.rule import Rule
from evalgate.domain.specs import Suite
from evalgate.errors import Problem
from evalgate.evalset.reading import checked_cases
from evalgate.gate.subject import is_in_slice
from evalgate.pipeline.model_checks import slot_check
from evalgate.pipeline.project import Project
from evalgate.pipeline.roster import Roster


class Survey(NamedTuple):
    """What one pass over an evalset found out."""

    ref: str
    case_ids: tuple[str, ...]
    in_slice: Mapping[str, int]  # by rule
    faults: Sequence[Problem]  # slots that find no input
    warnings: Sequence[Problem]

    def cases_of(self, rule: Rule) -> int:
        """How many cases a rule is about."""
        return self.in_slice[rule.id] if rule.slice else len(self.case_ids)


def survey(project: Project, suite: Suite, roster: Roster, suites: Sequence[Suite]) -> Survey:
    """Read a suite's cases once; raise all that is wrong with them.

    `suites` are all that the project has.
    """
    evalset = project.evalset_of(suite)
    sliced = [(rule.id, rule.slice) for rule in suite.rules if rule.slice]
    case_ids: list[str] = []
    in_slice: Counter[str] = Counter()

    def passing() -> Iterator[Case]:
        for case in checked_cases(evalset):
            case_ids.append(case.id)
            for rule_id, wanted in sliced:
                in_slice[rule_id] += is_in_slice(case.slices, wanted)
            slots.look_at(case)
            yield case

    slots = slot_check(roster, suite, suites)
    texts = {
        path: text
        for entry in roster.values()
        if entry.spec.evalset in (None, evalset.name)
        for path, text in entry.texts.items()
    }
    told = contamination(texts, suite.evalset, passing())
    told += slots.warnings(suite.evalset)
    return Survey(
        suite.evalset, tuple(case_ids), in_slice, tuple(slots.faults(suite.evalset)), told
    )


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
