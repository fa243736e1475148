"""How much one case's number varies, from which follows what a number of cases can show."""

import math

FEWEST_CASES = 30
"""Fewer cases do not show how much numbers that are not two-valued vary."""


def proportion_spread(proportion: float, cases: int) -> float:
    """Standard deviation of one case, never 0: unseen is not impossible."""
    inside = min(max(proportion, 1 / (cases + 2)), 1 - 1 / (cases + 2))
    return math.sqrt(inside * (1 - inside))


def paired_spread(flipped: float, cases: int) -> float:
    """Standard deviation of one paired difference when `flipped` cases changed sides."""
    return math.sqrt(max(flipped, 1) / cases)
