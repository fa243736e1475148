"""One look at every case, and all that `check` wants to know of them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from evalgate.candidate.protocol import Candidate
from evalgate.candidate.recorded import RecordedCandidate
from evalgate.config.contamination import contamination
from evalgate.config.gates import LoadedGates
from evalgate.domain.case import Case
from evalgate.domain.rule import Rule
from evalgate.domain.specs import Suite
from evalgate.errors import Problem, UserMistake
from evalgate.evalset.reading import checked_cases
from evalgate.gate.extent import Extent, Extents
from evalgate.pipeline.model_checks import slot_check
from evalgate.pipeline.project import Project
from evalgate.pipeline.roster import Roster
from evalgate.report.numbers import count


class Survey(NamedTuple):
    """What one pass over an evalset found out."""

    ref: str
    case_ids: tuple[str, ...]
    extents: Mapping[str, Extent]  # by rule
    faults: Sequence[Problem]  # slots that find no input
    warnings: Sequence[Problem]

    def cases_of(self, rule: Rule) -> int:
        """How many cases a rule is about."""
        return self.extents[rule.id].cases


def survey(project: Project, suite: Suite, roster: Roster, suites: Sequence[Suite]) -> Survey:
    """Read a suite's cases once; raise all that is wrong with them.

    `suites` are all that the project has.
    """
    evalset = project.evalset_of(suite)
    case_ids: list[str] = []
    extents = Extents(suite.rules)

    def passing() -> Iterator[Case]:
        for case in checked_cases(evalset):
            case_ids.append(case.id)
            extents.add(case.slices, case.cluster)
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
    faults = tuple(slots.faults(suite.evalset))
    return Survey(suite.evalset, tuple(case_ids), extents.by_rule(), faults, told)


def short_of_trials(
    loaded: LoadedGates, named: tuple[str, Suite], roster: Roster
) -> Iterator[Problem]:
    """Recorded answers that are fewer for each case than the suite asks for."""
    name, suite = named
    for text in (suite.candidate, suite.baseline):
        candidate = roster[text].candidate if text and text in roster else None
        if isinstance(candidate, RecordedCandidate) and candidate.trials < suite.trials:
            has = f"{candidate.shown_as} has {count(candidate.trials, 'answer')} per case"
            at = ("suites", name, "trials")
            yield loaded.problem(at, f"is {suite.trials}, and {has}", MORE_RECORDED)


def refuse_missing_trials(candidate: Candidate, trials: int) -> None:
    """Raise UserMistake when each case is to be answered more often than it was recorded."""
    if isinstance(candidate, RecordedCandidate) and candidate.trials < trials:
        has = f"has {count(candidate.trials, 'answer')} per case, not {trials}"
        raise UserMistake(Problem(has, candidate.shown_as, key="trials", remedy=MORE_RECORDED))


MORE_RECORDED = "record more, each with its `trial`; or hold it as a stored run: run:ID"


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
