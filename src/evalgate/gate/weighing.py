"""Numbers into evidence: an estimate, its bounds, and what they say about a limit."""

import math
from collections.abc import Sequence
from typing import assert_never

from evalgate.domain.finding import Evidence, Verdict
from evalgate.domain.limit import Limit
from evalgate.domain.rule import Rule
from evalgate.gate import intervals
from evalgate.gate.limit import is_beyond
from evalgate.gate.subject import Shape


def weigh(rule: Rule, limit: Limit, shape: Shape, numbers: Sequence[float]) -> Evidence:
    """Give numbers their estimate and bounds; a shape without a method gets no bounds."""
    match shape:
        case "proportion":
            return _proportion(rule, limit, numbers)
        case "paired":
            return _paired(rule, limit, numbers)
        case "fact":
            return _fact(rule, limit, numbers)
        case "general":
            return _estimate_only(rule, limit, numbers, "no interval for this kind of score yet")
        case _:
            assert_never(shape)


def weigh_clustered(rule: Rule, limit: Limit, numbers: Sequence[float]) -> Evidence:
    """Estimate only: cases of one cluster are not independent, and no method here allows for it."""
    return _estimate_only(rule, limit, numbers, "no interval for clustered cases yet")


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


def _proportion(rule: Rule, limit: Limit, numbers: Sequence[float]) -> Evidence:
    cases, successes = len(numbers), sum(number == 1.0 for number in numbers)
    bounds = intervals.clopper_pearson(successes, cases, rule.alpha)
    if limit.side == "at_least":
        p_fail = intervals.p_at_most(successes, cases, limit.value)
    else:
        p_fail = intervals.p_at_least(successes, cases, limit.value)
    return Evidence(
        estimate=successes / cases,
        lower=bounds.lower,
        upper=bounds.upper,
        method="Clopper-Pearson",
        cases=cases,
        p_fail=p_fail,
    )


def _paired(rule: Rule, limit: Limit, numbers: Sequence[float]) -> Evidence:
    cases = len(numbers)
    up, down = sum(number > 0 for number in numbers), sum(number < 0 for number in numbers)
    bounds = intervals.tango(up, down, cases, rule.alpha)
    estimate = (up - down) / cases
    strict = rule.fail == "strict" or rule.min_gain is not None
    if strict or is_beyond(limit, estimate):
        against = limit.value if strict else 0.0
        statistic = intervals.tango_statistic(up, down, cases, against)
        p_fail = intervals.normal_p(statistic if limit.side == "at_least" else -statistic)
    else:
        p_fail = 1.0
    higher = limit.side == "at_least"
    return Evidence(
        estimate=estimate,
        lower=bounds.lower,
        upper=bounds.upper,
        method="Tango",
        cases=cases,
        wins=up if higher else down,
        losses=down if higher else up,
        ties=cases - up - down,
        p_fail=p_fail,
    )


def _fact(rule: Rule, limit: Limit, numbers: Sequence[float]) -> Evidence:
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


def _total(numbers: Sequence[float], exact: float) -> float:
    """Add up; a sum that differs from the limit only in how floats are rounded is the limit."""
    total = math.fsum(numbers)
    rounding = 1e-12 * math.fsum(abs(number) for number in numbers)
    return exact if abs(total - exact) <= rounding else total


def _estimate_only(rule: Rule, limit: Limit, numbers: Sequence[float], method: str) -> Evidence:
    evidence = Evidence(
        estimate=math.fsum(numbers) / len(numbers),
        lower=None,
        upper=None,
        method=method,
        cases=len(numbers),
    )
    percent = rule.margin is not None and rule.margin.percent
    if not rule.needs_baseline or percent:  # c - 0.9 b says nothing of who won a case
        return evidence
    up, down = sum(number > 0 for number in numbers), sum(number < 0 for number in numbers)
    wins, losses = (up, down) if limit.side == "at_least" else (down, up)
    return evidence.model_copy(
        update={"wins": wins, "losses": losses, "ties": len(numbers) - up - down}
    )
