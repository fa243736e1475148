"""What each rule of a suite can detect, before anything is run."""

from evalgate.domain.checked import CheckedRule, CheckedSuite
from evalgate.domain.scale import MEASURED_SCORES
from evalgate.domain.specs import Suite
from evalgate.gate.foresight import foresee
from evalgate.judge.protocol import Judge
from evalgate.pipeline.surveying import Survey


def foreseen(named: tuple[str, Suite], seen: Survey, judges: dict[str, Judge]) -> CheckedSuite:
    """A suite without faults: its cases are counted, and each rule's power is known."""
    name, suite = named
    rules = []
    for rule in suite.rules:
        scale = judges[rule.score].scale if rule.score in judges else MEASURED_SCORES[rule.score]
        found = foresee(rule, scale, seen.cases_of(rule))
        rules.append(CheckedRule(rule=str(rule), detectable=found.detectable, note=found.note))
    return CheckedSuite(
        name=name,
        evalset=suite.evalset,
        cases=len(seen.case_ids),
        judges=suite.judges,
        rules=tuple(rules),
    )
