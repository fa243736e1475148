"""How probable a rule is to fail or to pass when the truth is known, by the methods that decide.

The truth is turned so that more is better. Shares and paired shares are exact, where cases are
independent; means rest on the normal distribution of their estimate.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import NamedTuple, Self

from evalgate.gate.distributions import NORMAL
from evalgate.gate.intervals import p_at_least, p_at_most
from evalgate.gate.methods import PairedShares, Share
from evalgate.gate.power.detecting import POWER

LIKELY = 5.0
"""Counts further from their mean than so many standard deviations are left out."""


class Bars(NamedTuple):
    """What a verdict asks of the numbers, turned so that more is better."""

    limit: float  # the lower bound must reach it to pass, the estimate must miss it to fail
    surely: float  # the upper bound must be below it to fail
    pass_alpha: float
    fail_alpha: float  # among all rules that can block


@dataclass(frozen=True)
class ShareOdds:
    """A share of cases, held against a threshold by Clopper and Pearson."""

    bars: Bars
    cases: int

    def at(self, cases: int) -> Self:
        """The same with another number of cases."""
        return replace(self, cases=cases)

    def fails(self, truth: float) -> float:
        """Exactly: by the most good cases that still fail."""
        most = self.most_that_fail()
        return _at_most(most, self.cases, truth)

    def passes(self, truth: float) -> float:
        """Exactly: by the fewest good cases that pass."""
        fewest = _first(self._is_enough, self.cases + 1)
        return _at_least(fewest, self.cases, truth)

    def most_that_fail(self) -> int:
        """The most good cases that still fail; -1 when even none of them is not bad enough."""
        return _first(lambda good: not self._is_bad(good), self.cases + 1) - 1

    def _is_bad(self, good: int) -> bool:
        return Share(good, self.cases).p_as_low(self.bars.limit) <= self.bars.fail_alpha

    def _is_enough(self, good: int) -> bool:
        return Share(good, self.cases).p_as_high(self.bars.limit) <= self.bars.pass_alpha


@dataclass(frozen=True)
class PairOdds:
    """A paired difference of shares, held against a margin by Tango's statistic.

    `flips` is the share of cases that change sides when nothing has changed; a change that is
    larger moves as many as it has to.
    """

    bars: Bars
    cases: int
    flips: float

    def at(self, cases: int) -> Self:
        """The same with another number of cases."""
        return replace(self, cases=cases)

    def fails(self, truth: float) -> float:
        """Exactly: over how many cases change sides, and how many of them get better."""
        most = _most_wins(self.bars, self.cases)
        return self._sum(truth, lambda moved, up: _at_most(most(moved), moved, up))

    def passes(self, truth: float) -> float:
        """Exactly: over how many cases change sides, and how many of them get better."""
        fewest = _fewest_wins(self.bars, self.cases)
        return self._sum(truth, lambda moved, up: _at_least(fewest(moved), moved, up))

    def _sum(self, truth: float, chance: Callable[[int, float], float]) -> float:
        flips = max(self.flips, abs(truth))
        up = 0.5 if flips == 0 else (flips + truth) / (2 * flips)
        return math.fsum(
            weight * chance(moved, up) for moved, weight in binomial(self.cases, flips)
        )


@lru_cache(maxsize=8)
def _most_wins(bars: Bars, cases: int) -> Callable[[int], int]:
    """By how many cases changed sides: with so many wins or fewer it fails; -1 for never."""

    def is_bad(wins: int, moved: int) -> bool:
        seen = PairedShares(wins, moved - wins, cases)
        return seen.estimate < bars.limit and seen.p_as_low(bars.surely) <= bars.fail_alpha

    @cache
    def most(moved: int) -> int:
        return _first(lambda wins: not is_bad(wins, moved), moved + 1) - 1

    return most


@lru_cache(maxsize=8)
def _fewest_wins(bars: Bars, cases: int) -> Callable[[int], int]:
    """By how many cases changed sides: with so many wins or more it passes."""

    @cache
    def fewest(moved: int) -> int:
        return _first(
            lambda wins: (
                PairedShares(wins, moved - wins, cases).p_as_high(bars.limit) <= bars.pass_alpha
            ),
            moved + 1,
        )

    return fewest


def _at_most(count: int, cases: int, share: float) -> float:
    return 0.0 if count < 0 else p_at_most(count, cases, share)


def _at_least(count: int, cases: int, share: float) -> float:
    return 0.0 if count > cases else p_at_least(count, cases, share)


def binomial(cases: int, share: float) -> Iterator[tuple[int, float]]:
    """The likely counts of a binomial distribution with their probabilities."""
    if share in (0.0, 1.0):
        yield round(cases * share), 1.0
        return
    mean, reach = cases * share, LIKELY * math.sqrt(cases * share * (1 - share)) + LIKELY
    fixed = math.lgamma(cases + 1)
    for count in range(max(0, math.ceil(mean - reach)), min(cases, math.floor(mean + reach)) + 1):
        ways = fixed - math.lgamma(count + 1) - math.lgamma(cases - count + 1)
        yield count, math.exp(ways + count * math.log(share) + (cases - count) * math.log1p(-share))


@dataclass(frozen=True)
class MeanOdds:
    """Any other mean: its estimate is normal, and its upper bound lies so far above it."""

    bars: Bars
    error: float  # standard error of the estimate
    above: float

    def truth_that_fails(self) -> float:
        """The truth that fails 4 times in 5: so far below what fails that chance seldom matters."""
        highest = min(self.bars.surely - self.above, self.bars.limit)
        return highest - NORMAL.inv_cdf(POWER) * self.error


def smallest(chance: Callable[[float], float], widest: float) -> float | None:
    """The smallest change, up to the widest, of which the chance is 4 in 5."""
    if chance(widest) < POWER:
        return None
    low, high = 0.0, widest
    for _ in range(20):
        middle = (low + high) / 2
        low, high = (low, middle) if chance(middle) >= POWER else (middle, high)
    return high


def _first(holds: Callable[[int], bool], end: int) -> int:
    """The first number below `end` from which on it holds; `end` when there is none."""
    low, high = 0, end
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low
