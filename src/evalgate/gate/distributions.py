"""The beta distribution and Student's t, for shapes that need not be whole.

scipy has them too; why they are here: docs/decisions/0018-four-functions-instead-of-scipy.md.
"""

import math
from statistics import NormalDist

NORMAL = NormalDist()

CLOSE = 1e-15  # a factor so near to 1 changes nothing any more
SETTLED = 1e-9  # after so small a step of Newton's method the next one would change nothing
TINY = 1e-300  # as good as 0
MOST_STEPS = 2_000  # Newton's method takes 3 to 30, and 1,000 to the end of all floats
WHOLE = 16.0  # from here on Stirling's series is exact
TERMS = 10  # each of them is at most a hundredth of the one before it
LEFT_OUT = math.log(2 * math.pi) / 2


def beta_cdf(value: float, a: float, b: float) -> float:
    """The probability of a value at or below `value`."""
    _refuse_no_shape(a, b)
    if b == 1.0 and 0.0 < value < 1.0:
        return float(value**a)
    return _below(a, b, value, 1.0 - value)


def beta_quantile(p: float, a: float, b: float) -> float:
    """The value with a probability of `p` at or below it."""
    _refuse_no_shape(a, b)
    if p <= 0.0 or p >= 1.0:
        return min(max(p, 0.0), 1.0)
    if b == 1.0:  # to the last digit: whoever bounds perfect answers may be met exactly
        return float(p ** (1 / a))
    odds = -_low_odds(1.0 - p, b, a) if p > 0.5 else _low_odds(p, a, b)
    return _of_odds(odds)[0]


def t_cdf(value: float, freedom: float) -> float:
    """The probability of a value at or below `value`."""
    _refuse_no_shape(freedom / 2, 0.5)
    beyond = _below(freedom / 2, 0.5, *_of_t(value, freedom)) / 2
    return beyond if value < 0 else 1.0 - beyond


def t_quantile(p: float, freedom: float) -> float:
    """The value with a probability of `p` at or below it."""
    _refuse_no_shape(freedom / 2, 0.5)
    if p > 0.5:
        return -t_quantile(1.0 - p, freedom)
    if p <= 0.0:
        return -math.inf
    # Newton's method from the normal quantile, which is always nearer to 0: what lies beyond is
    # convex, so that each step comes closer from that side
    value = -NORMAL.inv_cdf(p)
    for _ in range(MOST_STEPS):
        if value == 0.0:
            break
        logarithm, slope = _log_below(freedom / 2, 0.5, *_of_t(value, freedom))
        both = math.exp(logarithm)  # the probability beyond it on either side
        step = (both / 2 - p) * value / (slope * both)
        value += step
        if step <= SETTLED * value:
            break
    return -value


def _of_t(value: float, freedom: float) -> tuple[float, float]:
    """What the beta distribution knows a value of Student's t by, and 1 less that."""
    square = value * value
    return freedom / (freedom + square), square / (freedom + square)


def _low_odds(p: float, a: float, b: float) -> float:
    """The log odds of the value with a probability of `p`, at most a half, at or below it.

    By Newton's method for log(cdf) = log(p), a concave function of the log odds: so each step from
    the second on comes closer from below.
    """
    odds = math.log(a / b)
    for _ in range(MOST_STEPS):
        x, y = _of_odds(odds)
        if min(x, y) <= TINY:
            break
        logarithm, slope = _log_below(a, b, x, y)
        step = (logarithm - math.log(p)) / slope
        odds -= step
        if abs(step) <= SETTLED:
            break
    return odds


def _of_odds(odds: float) -> tuple[float, float]:
    """A value by its log odds, and 1 less that."""
    if odds > 0:
        y, x = _of_odds(-odds)
        return x, y
    power = math.exp(odds)
    return power / (1.0 + power), 1.0 / (1.0 + power)


def _below(a: float, b: float, x: float, y: float) -> float:
    """The probability at or below x; y is 1 - x, which is known better where x is near 1."""
    if x <= TINY:
        return 0.0
    if y <= TINY:
        return 1.0
    return min(math.exp(_log_below(a, b, x, y)[0]), 1.0)


def _log_below(a: float, b: float, x: float, y: float) -> tuple[float, float]:
    """The logarithm of `_below`, however little that is, and its slope along the log odds."""
    log_density = _log_density(a, b, x, y)
    if _is_right(a, b, x):
        density = math.exp(log_density)
        below = max(1.0 - density * _fraction(b, a, y, x), TINY)
        return math.log(below), density / below
    ratio = _fraction(a, b, x, y)
    return log_density + math.log(ratio), 1.0 / ratio


def _refuse_no_shape(a: float, b: float) -> None:
    """Raise where there is no distribution, instead of an answer that looks like one."""
    if not (a > 0.0 and b > 0.0):
        raise ValueError(f"no beta distribution has the shapes {a} and {b}")


def _is_right(a: float, b: float, x: float) -> bool:
    """True where the fraction converges faster from the other side."""
    return x > (a + 1) / (a + b + 2)


def _fraction(a: float, b: float, x: float, y: float) -> float:
    """What the density along the log odds is multiplied by, from a continued fraction.

    The even part of the one in DLMF 8.17.22, which takes half as many terms, by Lentz's method.
    """
    upper = value = (a / (a + 1)) * (a * y - b * x + 1)
    lower, term, factor = 0.0, 0, math.inf
    while abs(factor - 1.0) > CLOSE:  # what is no number ends it too
        term += 1
        at = a + 2 * term
        # in these brackets, or a small shape is lost beside the term
        over = (a + (term - 1)) * (a + b + (term - 1)) * term * (b - term) * (x / (at - 1)) ** 2
        under = term + term * (b - term) * x / (at - 1)
        under += (a + term) * (a * y - b * x + 1 + term * (1 + y)) / (at + 1)
        lower = 1.0 / ((under + over * lower) or TINY)
        upper = (under + over / upper) or TINY
        factor = lower * upper
        value *= factor
    return 1.0 / value


def _log_density(a: float, b: float, x: float, y: float) -> float:
    """The logarithm of x^a y^b / B(a, b), precise for large shapes too (Loader 2000)."""
    whole = a + b
    height = math.log(a * b / (2 * math.pi * whole)) / 2
    height += _stirling(whole) - _stirling(a) - _stirling(b)
    return height - _deviance(a, whole * x) - _deviance(b, whole * y)


def _stirling(z: float) -> float:
    """What Stirling's formula for log gamma(z) leaves out."""
    if z < WHOLE:
        return math.lgamma(z) - ((z - 0.5) * math.log(z) - z + LEFT_OUT)
    square = z * z
    series = 1 / 1260 - (1 / 1680 - 1 / 1188 / square) / square
    return (1 / 12 - (1 / 360 - series / square) / square) / z


def _deviance(seen: float, expected: float) -> float:
    """What `seen * log(seen / expected) + expected - seen` is, of which nothing cancels."""
    apart = (seen - expected) / (seen + expected)
    if abs(apart) > 0.1:
        return seen * math.log(seen / expected) + expected - seen
    total, term, square = (seen - expected) * apart, 2 * seen * apart, apart * apart
    for odd in range(3, 2 * TERMS, 2):
        term *= square
        total += term / odd
    return total
