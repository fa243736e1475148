"""Bounds of a mean of scores that are not two-valued: Student's t, Hall's, and a worst row.

Student's bound errs too often where scores are skewed, so that Hall's (1992), which corrects for
it, is taken where it is the more careful one. With few cases, or few that differ, neither knows
what was not seen: then one more case at the very end of the scale is added (close to
Gaffke's bound), and without such an end there is no bound.
"""

import math
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from evalgate.gate.distributions import t_cdf, t_quantile
from evalgate.gate.limit import Ends

FEWEST_DIFFERENT = 10
STRAIGHT = 1e-6
"""Skewness below which Hall's correction is nothing but rounding."""


class Tail(NamedTuple):
    """What the lower bound of a mean rests on; the mirrored tail is that of the upper one."""

    centre: float
    error: float  # standard error
    freedom: int
    skew: float = 0.0  # 0: Student's bound alone

    def mirrored(self) -> "Tail":
        """The same of the negated numbers."""
        return Tail(-self.centre, self.error, self.freedom, -self.skew)


def tail_of(numbers: Sequence[float]) -> Tail:
    """Mean, standard error and skewness of numbers that are not all equal."""
    count = len(numbers)
    mean = math.fsum(numbers) / count
    second = math.fsum((number - mean) ** 2 for number in numbers) / count
    third = math.fsum((number - mean) ** 3 for number in numbers) / count
    skew = third / second**1.5
    error = math.sqrt(second / (count - 1))
    return Tail(mean, error, count - 1, skew if abs(skew) > STRAIGHT else 0.0)


def worst_row(numbers: Sequence[float], end: float) -> Tail:
    """The same with one more case, at the low end of the scale."""
    rows = [*numbers, min(end, *numbers)]
    mean = math.fsum(rows) / len(rows)
    squares = math.fsum((row - mean) ** 2 for row in rows)
    return Tail(mean, math.sqrt(squares / len(numbers) / len(rows)), len(numbers))


def lower_bound(tail: Tail, alpha: float) -> float:
    """The lower of Student's and Hall's bound, each wrong with a probability of about alpha."""
    quantile = -t_quantile(alpha, tail.freedom)
    plain = tail.centre - quantile * tail.error
    if tail.skew == 0.0:
        return plain
    count, skew = tail.freedom + 1, tail.skew
    inner = 1 + skew * (quantile / math.sqrt(count) - skew / (6 * count))
    hall = 3 * math.sqrt(count) / skew * (math.cbrt(inner) - 1)
    return min(plain, tail.centre - hall * tail.error)


def p_above(tail: Tail, number: float) -> float:
    """The smallest alpha at which `lower_bound` is above `number`."""
    distance = tail.centre - number
    if tail.error == 0.0:
        return 0.0 if distance > 0 else 1.0
    statistic = distance / tail.error
    plain = t_cdf(-statistic, tail.freedom)
    if tail.skew == 0.0:
        return plain
    count, skew = tail.freedom + 1, tail.skew
    root = 1 + skew * statistic / (3 * math.sqrt(count))
    quantile = math.sqrt(count) * ((root * root * root - 1) / skew + skew / (6 * count))
    return max(plain, t_cdf(-quantile, tail.freedom))


def different(groups: Sequence[Sequence[float]], ends: Ends) -> int:
    """How many groups hold a number that is not the commonest, but for how floats are rounded."""
    span = 0.0 if ends.low is None or ends.high is None else ends.high - ends.low
    grain = 1e-12 * max(span, *(abs(number) for group in groups for number in group))
    if grain == 0.0:
        return 0
    steps = [{round(number / grain) for number in group} for group in groups]
    numbers = (round(number / grain) for group in groups for number in group)
    commonest = Counter(numbers).most_common(1)[0][0]
    return sum(bool(group - {commonest}) for group in steps)
