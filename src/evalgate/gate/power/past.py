"""What the runs that there are say of a rule's next numbers."""

import math
from collections import Counter
from collections.abc import Sequence
from statistics import fmean
from typing import NamedTuple

from evalgate.domain.rule import Rule
from evalgate.domain.sheet import Column, Scoresheet, marks_of
from evalgate.gate.clusters import clusters_of, gathered, pseudo_values
from evalgate.gate.extent import Cluster, Extent, extent_of
from evalgate.gate.limit import baseline_factor
from evalgate.gate.quantities import chosen_cases, quantities_of


class Repeating(NamedTuple):
    """How often each case is asked, and what that does to the variance of its number."""

    trials: int = 1
    within: float | None = None  # the variance that one trial has; None where nobody knows
    same: bool = False  # asking again gives the same answer


class Past(NamedTuple):
    """A rule's numbers in the newest runs, in the order of the cases; none without a run."""

    numbers: Sequence[float] = ()
    clusters: Sequence[Cluster] = ()
    baseline_mean: float | None = None
    repeating: Repeating = Repeating()

    @property
    def extent(self) -> Extent:
        """How many cases these are."""
        return extent_of(Counter(self.clusters)) if self.clusters else Extent(len(self.numbers))

    @property
    def variance(self) -> float:
        """Of one case's number; where cases share a cluster, of what a case then comes to."""
        groups = gathered(self.numbers, self.clusters) if self.clusters else []
        independent = pseudo_values(groups) if groups else self.numbers
        if len(independent) < 2:
            return 0.0
        mean = fmean(independent)
        found = math.fsum((number - mean) ** 2 for number in independent) / (len(independent) - 1)
        return found * len(self.numbers) / len(independent)


NOTHING_KNOWN = Past()


def past_of(
    rule: Rule, candidate: Scoresheet, baseline: Scoresheet | None, *, same: bool = False
) -> Past:
    """Read a rule's numbers out of two runs; `same` where asking again gives the same answers."""
    column = candidate.columns.get(rule.score)
    if column is None or (rule.compares and baseline is None):
        return NOTHING_KNOWN
    cases = chosen_cases(rule, candidate, baseline)
    theirs = baseline.columns.get(rule.score) if baseline and rule.needs_baseline else None
    if rule.needs_baseline and theirs is None:
        return NOTHING_KNOWN
    read = quantities_of(rule, cases, column, theirs)
    clusters = clusters_of(candidate, cases)
    places = [place for place, each in enumerate(read.numbers) if each.observed is not None]
    numbers = [each.observed for each in read.numbers if each.observed is not None]
    return Past(
        numbers,
        [clusters[place] for place in places] if clusters else [],
        read.baseline_mean,
        Repeating(column.trials, _within(rule, cases, column, theirs), same),
    )


def _within(
    rule: Rule, cases: Sequence[str], column: Column, theirs: Column | None
) -> float | None:
    """Of one trial of the candidate, and of one of the baseline where both are compared."""
    ours = _variance_within(rule, cases, column)
    if theirs is None:
        return ours
    before = _variance_within(rule, cases, theirs)
    if ours is None or before is None:
        return None
    return ours + baseline_factor(rule, column.scale) ** 2 * before


def _variance_within(rule: Rule, cases: Sequence[str], column: Column) -> float | None:
    """The mean variance of one case's number over its trials; None where there is one trial."""
    if column.trials < 2:
        return None
    asked = [
        Column(column.scale, {case: marks_of(column, case)[trial] for case in cases})
        for trial in range(column.trials)
    ]
    every = [quantities_of(rule, cases, one, None).numbers for one in asked]
    found = []
    for trials in zip(*every, strict=True):
        numbers = [number.observed for number in trials if number.observed is not None]
        if len(numbers) > 1:
            found.append(_variance_of(numbers))
    return fmean(found) if found else None


def _variance_of(numbers: Sequence[float]) -> float:
    mean = fmean(numbers)
    return math.fsum((number - mean) ** 2 for number in numbers) / (len(numbers) - 1)
