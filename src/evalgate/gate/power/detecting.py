"""What a number of cases can show: the smallest change it detects, and how many decide."""

import math
from typing import TYPE_CHECKING, NamedTuple

from evalgate.domain.limit import Limit
from evalgate.domain.rule import Rule
from evalgate.gate.distributions import NORMAL
from evalgate.gate.limit import is_beyond

if TYPE_CHECKING:  # what a rule can detect is known before there is any
    from evalgate.domain.finding import Evidence

POWER = 0.8


def reach(alpha: float) -> float:
    """By how many standard errors a change must exceed zero to be found 4 times in 5."""
    return NORMAL.inv_cdf(1 - alpha) + NORMAL.inv_cdf(POWER)


class Demand(NamedTuple):
    """What a failure asks of a change: more than chance, and more than the margin."""

    alpha: float  # among all rules that can block
    margin: float = 0.0
    strict: bool = False  # surely beyond the margin, not only by the estimate


def demand_of(rule: Rule, among: int = 1) -> Demand:
    """What a failure asks; where there is no margin in the score's units, from the limit on."""
    margin, alpha = rule.margin, rule.alpha / among
    if margin is None or margin.percent or rule.min_gain is not None:
        return Demand(alpha)
    return Demand(alpha, margin.value, rule.fail == "strict")


def detectable(
    demand: Demand, spread: float, cases: int, widest: float | None = 1.0
) -> float | None:
    """The smallest true change that fails 4 times in 5, by the normal distribution.

    None when not even the widest, of a share that from none to all, would.
    """
    error = spread / math.sqrt(cases)
    by_chance = reach(demand.alpha) * error
    if demand.strict:
        smallest = demand.margin + by_chance
    else:
        smallest = max(by_chance, demand.margin + NORMAL.inv_cdf(POWER) * error)
    return None if widest is not None and smallest > widest else smallest


def alpha_of_need(rule: Rule, among: int) -> float:
    """The error that a margin's own number of cases rests on.

    With it what has not changed gets its verdict 4 times in 5, and so does twice the margin.
    """
    passes_easily = rule.min_gain is None and rule.fail == "significant"
    percent = rule.margin is not None and rule.margin.percent
    return rule.alpha if passes_easily and not percent else rule.alpha / among


def cases_needed(alpha: float, spread: float, distance: float) -> int:
    """How many cases find a true change of `distance` 4 times in 5."""
    return math.ceil((reach(alpha) * spread / distance) ** 2)


def outlook(
    rule: Rule, limit: Limit, evidence: "Evidence", among: int = 1
) -> tuple[float | None, int | None]:
    """The smallest change that fails, and how many more cases decide if the estimate stays.

    A failure must survive `among` rules (Holm's hardest step); passing is never corrected.
    """
    spread, cases = evidence.spread, evidence.cases
    if spread is None:
        return None, None
    alpha, reached = rule.alpha, limit.value
    if is_beyond(limit, evidence.estimate):
        alpha = rule.alpha / among
        significant = rule.needs_baseline and rule.min_gain is None and rule.fail == "significant"
        reached = 0.0 if significant else limit.value
    distance = abs(evidence.estimate - reached)
    smallest = detectable(demand_of(rule, among), spread, cases, evidence.widest)
    if distance == 0:
        return smallest, None
    return smallest, max(cases_needed(alpha, spread, distance) - cases, 1)
