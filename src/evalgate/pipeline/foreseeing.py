"""What each rule of a suite can detect, before anything is run."""

from evalgate.domain.checked import CheckedRule, CheckedSuite
from evalgate.domain.rule import Rule
from evalgate.domain.scale import MEASURED_SCORES
from evalgate.domain.specs import Suite
from evalgate.evalset.reading import read_cases, verify_cases
from evalgate.evalset.store import Evalset
from evalgate.gate.foresight import foresee
from evalgate.gate.quantities import is_in_slice
from evalgate.judge.protocol import Judge


def foreseen(named: tuple[str, Suite], evalset: Evalset, judges: dict[str, Judge]) -> CheckedSuite:
    """A suite without faults: its cases are counted, and each rule's power is known."""
    name, suite = named
    total = verify_cases(evalset)
    rules = []
    for rule in suite.rules:
        scale = judges[rule.score].scale if rule.score in judges else MEASURED_SCORES[rule.score]
        seen = foresee(rule, scale, _cases_of(rule, evalset) if rule.slice else total)
        rules.append(CheckedRule(rule=str(rule), detectable=seen.detectable, note=seen.note))
    return CheckedSuite(
        name=name, evalset=suite.evalset, cases=total, judges=suite.judges, rules=tuple(rules)
    )


def _cases_of(rule: Rule, evalset: Evalset) -> int:
    """How many cases a slice has."""
    return sum(is_in_slice(case.slices, rule.slice) for case in read_cases(evalset))
