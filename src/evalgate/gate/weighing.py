"""Numbers into evidence: an estimate, its bounds, and what they say about a limit."""

import math
from collections.abc import Sequence

from evalgate.domain.finding import Evidence, NoMethod, Verdict
from evalgate.domain.limit import Limit
from evalgate.domain.rule import Rule
from evalgate.gate.choosing import Measured, method_for
from evalgate.gate.limit import is_beyond, widest_change
from evalgate.gate.methods import Method


def weigh(rule: Rule, limit: Limit, measured: Measured) -> Evidence:
    """Give numbers their estimate and bounds; where there is no method, no bounds and why."""
    numbers = measured.numbers
    method = method_for(measured)
    clusters = len(set(measured.clusters)) or None
    if isinstance(method, NoMethod):
        evidence = Evidence(
            estimate=math.fsum(numbers) / len(numbers),
            lower=None,
            upper=None,
            method="",
            no_method=method,
            cases=len(numbers),
            clusters=clusters,
        )
    else:
        bounds = method.bounds(rule.alpha)
        evidence = Evidence(
            estimate=method.estimate,
            lower=bounds.lower,
            upper=bounds.upper,
            method=method.name,
            cases=len(numbers),
            clusters=clusters,
            p_fail=_p_fail(rule, limit, method),
            spread=method.spread(limit.value),
            widest=widest_change(rule, measured.ends),
        )
    return _with_pairs(rule, limit, evidence, numbers)


def weigh_itself(limit: Limit, numbers: Sequence[float]) -> Evidence:
    """A run held against itself: the same answers, so that the difference is a fact."""
    mean = math.fsum(numbers) / len(numbers)
    return Evidence(
        estimate=mean,
        lower=mean,
        upper=mean,
        method="fact",
        cases=len(numbers),
        wins=0,
        losses=0,
        ties=len(numbers),
        p_fail=0.0 if is_beyond(limit, mean) else 1.0,
    )


def weigh_fact(rule: Rule, limit: Limit, numbers: Sequence[float]) -> Evidence:
    """The least, the greatest or the sum: certain of this run, and of nothing else."""
    match rule.stat:
        case "min":
            number = min(numbers)
        case "max":
            number = max(numbers)
        case _:
            number = _total(numbers, limit.value)
    return Evidence(
        estimate=number,
        lower=number,
        upper=number,
        method="fact",
        cases=len(numbers),
        p_fail=0.0 if is_beyond(limit, number) else 1.0,
    )


def verdict_of(rule: Rule, limit: Limit, evidence: Evidence) -> Verdict:
    """Hold bounds against the limit."""
    if evidence.lower is None or evidence.upper is None:
        return Verdict.UNDECIDED
    if limit.side == "at_least":
        passed, failed = evidence.lower >= limit.value, evidence.upper < limit.value
    else:
        passed, failed = evidence.upper <= limit.value, evidence.lower > limit.value
    if passed:
        return Verdict.PASSED
    if _is_significance(rule, evidence):
        worse = evidence.upper < 0 if limit.side == "at_least" else evidence.lower > 0
        failed = worse and is_beyond(limit, evidence.estimate)
    return Verdict.FAILED if failed else Verdict.UNDECIDED


def _is_significance(rule: Rule, evidence: Evidence) -> bool:
    """A drop fails when it is beyond the margin and surely a drop; `strict` asks for more."""
    drop = rule.max_drop is not None or rule.max_rise is not None
    return drop and rule.fail == "significant" and evidence.method != "fact"


def _p_fail(rule: Rule, limit: Limit, method: Method) -> float:
    """How probable such evidence is when the rule in truth holds."""
    against = limit.value
    if rule.needs_baseline and rule.min_gain is None and rule.fail == "significant":
        if not is_beyond(limit, method.estimate):
            return 1.0
        against = 0.0
    at_least = limit.side == "at_least"
    return method.p_as_low(against) if at_least else method.p_as_high(against)


def _total(numbers: Sequence[float], exact: float) -> float:
    """Add up; a sum that differs from the limit only in how floats are rounded is the limit."""
    total = math.fsum(numbers)
    rounding = 1e-12 * math.fsum(abs(number) for number in numbers)
    return exact if abs(total - exact) <= rounding else total


def _with_pairs(rule: Rule, limit: Limit, evidence: Evidence, numbers: Sequence[float]) -> Evidence:
    """Count who won each case, where the numbers tell."""
    percent = rule.margin is not None and rule.margin.percent
    if not rule.needs_baseline or percent:  # c - 0.9 b says nothing of who won a case
        return evidence
    up, down = sum(number > 0 for number in numbers), sum(number < 0 for number in numbers)
    wins, losses = (up, down) if limit.side == "at_least" else (down, up)
    return evidence.model_copy(
        update={"wins": wins, "losses": losses, "ties": len(numbers) - up - down}
    )
