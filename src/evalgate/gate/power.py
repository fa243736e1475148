"""What a number of cases can show: the smallest change it detects, and how many decide."""

import math
from typing import TYPE_CHECKING

from evalgate.domain.limit import Limit
from evalgate.domain.rule import Rule
from evalgate.gate.intervals import NORMAL
from evalgate.gate.limit import is_beyond

if TYPE_CHECKING:  # what a rule can detect is known before there is any
    from evalgate.domain.finding import Evidence

POWER = 0.8


def reach(alpha: float) -> float:
    """By how many standard errors a change must exceed zero to be found 4 times in 5."""
    return NORMAL.inv_cdf(1 - alpha) + NORMAL.inv_cdf(POWER)


def detectable(alpha: float, spread: float, cases: int, widest: float | None = 1.0) -> float | None:
    """The smallest true change that `cases` cases find 4 times in 5.

    None when not even the widest, of a share that from none to all, would be found.
    """
    smallest = reach(alpha) * spread / math.sqrt(cases)
    return None if widest is not None and smallest > widest else smallest


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
    smallest = detectable(rule.alpha / among, spread, cases, evidence.widest)
    if distance == 0:
        return smallest, None
    return smallest, max(cases_needed(alpha, spread, distance) - cases, 1)
