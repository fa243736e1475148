"""Cases that belong together, such as questions about one document, are not independent."""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from evalgate.domain.sheet import Scoresheet
from evalgate.gate.distributions import t_quantile
from evalgate.gate.extent import Cluster

TAIL = 0.4
"""Beyond this error a bound is near the estimate, where the ratio of quantiles has no meaning."""


def clusters_of(sheet: Scoresheet, cases: Sequence[str]) -> list[Cluster]:
    """Each case's cluster, or nothing when every case is one of its own."""
    named = [sheet.cases[case].cluster for case in cases]
    sizes = Counter(named)
    del sizes[None]
    if all(size == 1 for size in sizes.values()):
        return []
    return [place if name is None else name for place, name in enumerate(named)]


def gathered(numbers: Sequence[float], clusters: Sequence[Cluster]) -> list[list[float]]:
    """The numbers of each cluster."""
    groups: dict[Cluster, list[float]] = defaultdict(list)
    for number, cluster in zip(numbers, clusters, strict=True):
        groups[cluster].append(number)
    return list(groups.values())


def pseudo_values(groups: Sequence[Sequence[float]]) -> list[float]:
    """One number for each cluster: their mean is that of all cases, their variance CR1's."""
    cases = sum(map(len, groups))
    mean = math.fsum(number for group in groups for number in group) / cases
    return [
        mean + len(groups) / cases * math.fsum(number - mean for number in group)
        for group in groups
    ]


@dataclass(frozen=True, slots=True)
class DesignEffect:
    """By how much clusters shrink a number of cases: also for how little is known of it."""

    ratio: float  # the variance of the mean, by what it would be if all cases were independent
    freedom: int  # what Student's t takes for the knowledge of that ratio
    cases: int

    def at(self, alpha: float) -> float:
        """The divisor of every count, for a bound that is wrong with a probability of alpha."""
        tail = min(alpha, TAIL)
        wider = t_quantile(tail, self.freedom) / t_quantile(tail, self.cases - 1)
        return self.ratio * wider * wider


def design_effect(groups: Sequence[Sequence[float]]) -> DesignEffect:
    """Hold the larger of CR1's and the jackknife's variance against that of independent cases."""
    numbers = [number for group in groups for number in group]
    cases, count = len(numbers), len(groups)
    alone = _variance(numbers) / cases
    if alone == 0.0 or min(numbers) == max(numbers):  # a mean of equal thirds may differ from them
        return DesignEffect(cases / count, count - 1, cases)
    robust = _variance(pseudo_values(groups)) / count
    total = math.fsum(numbers)
    without = [(total - math.fsum(group)) / (cases - len(group)) for group in groups]
    jackknife = _variance(without) * (count - 1) ** 2 / count
    return DesignEffect(max(1.0, max(robust, jackknife) / alone), _freedom(groups), cases)


def _freedom(groups: Sequence[Sequence[float]]) -> int:
    """One less than the clusters; but few that stand out tell little of how clusters vary.

    As with rare events, whose count alone says how well their variance is known: m clusters that
    stand out are worth 2 m, less where they weigh differently. Simulated, since no closed form
    is exact.
    """
    usual = Counter(number for group in groups for number in group).most_common(1)[0][0]
    standing_out = sum(any(number != usual for number in group) for group in groups)
    return min(2 * standing_out, len(groups) - 1)


def settled(p_at: Callable[[float], float]) -> float:
    """The error at which a bound just excludes a number, when the design effect rests on it.

    `p_at` is the p-value with the design effect of an error; the two meet where they are equal.
    """
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if p_at(middle) < middle:
            high = middle
        else:
            low = middle
    return high


def _variance(numbers: Sequence[float]) -> float:
    mean = math.fsum(numbers) / len(numbers)
    return math.fsum((number - mean) ** 2 for number in numbers) / (len(numbers) - 1)
