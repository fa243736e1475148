"""One-sided bounds: the one place that knows how uncertain a number is.

Each bound is wrong with probability at most `alpha`, so a pair of them is a 1 - 2 alpha interval.
Counts may be effective ones, which clusters have shrunk, and so need not be whole.
"""

import math
from typing import NamedTuple

from evalgate.gate.distributions import NORMAL, beta_cdf, beta_quantile


class Bounds(NamedTuple):
    """A lower and an upper bound of the same quantity."""

    lower: float
    upper: float


def clopper_pearson(successes: float, cases: float, alpha: float) -> Bounds:
    """Bound a proportion; exact, so its error is never above alpha (Clopper, Pearson 1934)."""
    failures = cases - successes
    lower = 0.0 if successes == 0 else beta_quantile(alpha, successes, failures + 1)
    upper = 0.0 if failures == 0 else beta_quantile(alpha, failures, successes + 1)
    return Bounds(lower, 1.0 - upper)


def p_at_most(successes: float, cases: float, proportion: float) -> float:
    """The probability of so few successes or fewer when the true proportion is `proportion`."""
    if successes >= cases:
        return 1.0
    # the binomial distribution, in a form that effective counts need not be whole for
    return beta_cdf(min(max(1.0 - proportion, 0.0), 1.0), cases - successes, successes + 1)


def p_at_least(successes: float, cases: float, proportion: float) -> float:
    """The probability of so many successes or more when the true proportion is `proportion`."""
    return p_at_most(cases - successes, cases, 1.0 - proportion)


def tango_statistic(wins: float, losses: float, cases: float, difference: float) -> float:
    """Score statistic of a paired difference of proportions against `difference` (Tango 1998).

    The variance is taken under the hypothesis, so that few or no discordant pairs do not make
    it collapse.
    """
    linear = -wins - losses + (2 * cases - wins + losses) * difference
    constant = -losses * difference * (1 - difference)
    root = math.sqrt(max(linear * linear - 8 * cases * constant, 0.0))
    discordant = (root - linear) / (4 * cases)
    variance = cases * (2 * discordant + difference * (1 - difference))
    distance = wins - losses - cases * difference
    if variance <= 1e-15:
        return 0.0 if abs(distance) < 1e-12 else math.copysign(math.inf, distance)
    return distance / math.sqrt(variance)


def tango(wins: float, losses: float, cases: float, alpha: float) -> Bounds:
    """Bound a paired difference of proportions by inverting `tango_statistic`."""
    z = NORMAL.inv_cdf(1 - alpha)
    estimate = (wins - losses) / cases

    def lowest(low: float, high: float, limit: float) -> float:
        """Bisect for where the statistic, which falls in the difference, crosses `limit`."""
        while low < (middle := (low + high) / 2) < high:
            if tango_statistic(wins, losses, cases, middle) >= limit:
                low = middle
            else:
                high = middle
        return low if limit > 0 else high

    return Bounds(lowest(-1.0, estimate, z), lowest(estimate, 1.0, -z))


def normal_p(statistic: float) -> float:
    """The probability of a standard normal value at or below `statistic`."""
    if math.isinf(statistic):
        return 0.0 if statistic < 0 else 1.0
    return NORMAL.cdf(statistic)
