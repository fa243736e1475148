"""What each rule of a suite can detect, before anything is run."""

from evalgate.domain.checked import CheckedRule, CheckedSuite
from evalgate.domain.scale import MEASURED_SCORES
from evalgate.domain.specs import Suite
from evalgate.gate.foresight import family_size, foresee
from evalgate.judge.protocol import Judge
from evalgate.pipeline.surveying import Survey


def foreseen(named: tuple[str, Suite], seen: Survey, judges: dict[str, Judge]) -> CheckedSuite:
    """A suite without faults: its cases are counted, and each rule's power is known."""
    name, suite = named
    scales = {**MEASURED_SCORES, **{score: judge.scale for score, judge in judges.items()}}
    among = family_size((rule, scales[rule.score]) for rule in suite.rules)
    rules = []
    for rule in suite.rules:
        found = foresee(rule, scales[rule.score], seen.cases_of(rule), among)
        rules.append(CheckedRule(rule=str(rule), foresight=found))
    return CheckedSuite(
        name=name,
        evalset=suite.evalset,
        cases=len(seen.case_ids),
        judges=suite.judges,
        rules=tuple(rules),
    )
