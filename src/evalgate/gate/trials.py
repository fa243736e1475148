"""Several answers of one case become one number, before anything is said of cases.

Trials of one case are not independent: n cases with k trials are n numbers, never n times k.
"""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from evalgate.domain.rule import Rule


class Quantity(NamedTuple):
    """One case's number, three times; None where it is missing or the scale has no end there."""

    observed: float | None
    at_worst: float | None
    at_best: float | None
    counts: bool = True  # False: there is nothing to measure, and nothing is missing


NOTHING = Quantity(None, None, None, counts=False)

Join = Callable[[Sequence[float]], float]


def joined(rule: Rule, trials: Sequence[Quantity]) -> Quantity:
    """One case's number: what its trials that have one come to, at worst and at best all of them.

    The mean, of a share the case's own share. The least and the greatest are of all answers, and a
    total counts every answer; but against a baseline, which may have another number of trials, it
    is that of one answer of each case.
    """
    if len(trials) == 1:
        return trials[0]
    measured = [trial for trial in trials if trial.counts]
    if not measured:
        return NOTHING
    join = _join_of(rule)
    return Quantity(
        _over([trial.observed for trial in measured if trial.observed is not None], join),
        _over([trial.at_worst for trial in measured], join),
        _over([trial.at_best for trial in measured], join),
    )


def _join_of(rule: Rule) -> Join:
    match rule.stat:
        case "min":
            return min
        case "max":
            return max
        case "total" if not rule.needs_baseline:
            return math.fsum
        case _:
            return _mean


def _over(numbers: Sequence[float | None], join: Join) -> float | None:
    """None where a trial has no number, or where there is no trial."""
    found = [number for number in numbers if number is not None]
    return join(found) if found and len(found) == len(numbers) else None


def _mean(numbers: Sequence[float]) -> float:
    """The mean; equal numbers are their own, without rounding."""
    first = numbers[0]
    if all(number == first for number in numbers):
        return first
    return math.fsum(numbers) / len(numbers)
