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


def detectable(alpha: float, spread: float, cases: int) -> float | None:
    """The smallest true change of a share that `cases` cases find 4 times in 5.

    None when not even a change from none to all would be found.
    """
    smallest = reach(alpha) * spread / math.sqrt(cases)
    return None if smallest > 1 else smallest


def cases_needed(alpha: float, spread: float, distance: float) -> int:
    """How many cases find a true change of `distance` 4 times in 5."""
    return math.ceil((reach(alpha) * spread / distance) ** 2)


def proportion_spread(proportion: float, cases: int) -> float:
    """Standard deviation of one case, never 0: unseen is not impossible."""
    inside = min(max(proportion, 1 / (cases + 2)), 1 - 1 / (cases + 2))
    return math.sqrt(inside * (1 - inside))


def paired_spread(flipped: int, cases: int) -> float:
    """Standard deviation of one paired difference when `flipped` cases changed sides."""
    return math.sqrt(max(flipped, 1) / cases)


def outlook(
    rule: Rule, limit: Limit, evidence: "Evidence", among: int = 1
) -> tuple[float | None, int | None]:
    """The smallest change that fails, and how many more cases decide if the estimate stays.

    A failure must survive `among` rules (Holm's hardest step); passing is never corrected.
    """
    match evidence.method:
        case "Clopper-Pearson":
            spread = proportion_spread(limit.value, evidence.cases)
        case "Tango":
            spread = paired_spread((evidence.wins or 0) + (evidence.losses or 0), evidence.cases)
        case _:
            return None, None
    alpha, reached = rule.alpha, limit.value
    if is_beyond(limit, evidence.estimate):
        alpha = rule.alpha / among
        significant = rule.needs_baseline and rule.min_gain is None and rule.fail == "significant"
        reached = 0.0 if significant else limit.value
    distance = abs(evidence.estimate - reached)
    smallest = detectable(rule.alpha / among, spread, evidence.cases)
    if distance == 0:
        return smallest, None
    return smallest, max(cases_needed(alpha, spread, distance) - evidence.cases, 1)
