"""The methods: each says its bounds, and how probable its estimate is if a number were true."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from evalgate.gate import intervals
from evalgate.gate.clusters import DesignEffect, settled
from evalgate.gate.intervals import Bounds
from evalgate.gate.limit import Ends
from evalgate.gate.means import Tail, lower_bound, p_above
from evalgate.gate.spread import paired_spread, proportion_spread

ON_EFFECTIVE = " on effective counts"


class Method(Protocol):
    """An estimate with its uncertainty; a bound excludes a number where its p is below alpha."""

    @property
    def name(self) -> str:
        """Whose method it is."""

    @property
    def estimate(self) -> float:
        """The mean."""

    def bounds(self, alpha: float) -> Bounds:
        """A lower and an upper bound, each wrong with a probability of at most alpha."""

    def p_as_low(self, number: float) -> float:
        """The probability of a mean so low or lower when the true one is `number`."""

    def p_as_high(self, number: float) -> float:
        """The probability of a mean so high or higher when the true one is `number`."""

    def spread(self, limit: float) -> float:
        """Standard deviation of one case, as far as it matters for power."""


@dataclass(frozen=True, slots=True)
class Share:
    """A share of cases, by Clopper and Pearson; of clusters, by what their cases are worth."""

    successes: float  # of trials the sum of each case's share
    cases: int
    effect: DesignEffect | None = None

    @property
    def name(self) -> str:
        """Whose method it is."""
        return f"Clopper-Pearson{ON_EFFECTIVE if self.effect else ''}"

    @property
    def estimate(self) -> float:
        """The share itself."""
        return self.successes / self.cases

    def bounds(self, alpha: float) -> Bounds:
        """Exact ones, where cases are independent."""
        by = self.effect.at(alpha) if self.effect else 1.0
        return intervals.clopper_pearson(self.successes / by, self.cases / by, alpha)

    def p_as_low(self, number: float) -> float:
        """From the binomial distribution."""
        return _p_value(
            self.effect,
            lambda by: intervals.p_at_most(self.successes / by, self.cases / by, number),
        )

    def p_as_high(self, number: float) -> float:
        """From the binomial distribution."""
        return _p_value(
            self.effect,
            lambda by: intervals.p_at_least(self.successes / by, self.cases / by, number),
        )

    def spread(self, limit: float) -> float:
        """That of a share which is exactly at the limit."""
        return proportion_spread(limit, self.cases) * _widened(self.effect)


@dataclass(frozen=True, slots=True)
class PairedShares:
    """A paired difference of shares, by Tango's score statistic; of clusters, likewise."""

    wins: float  # of trials by how much, added up
    losses: float
    cases: int
    effect: DesignEffect | None = None

    @property
    def name(self) -> str:
        """Whose method it is."""
        return f"Tango{ON_EFFECTIVE if self.effect else ''}"

    @property
    def estimate(self) -> float:
        """Wins without losses."""
        return (self.wins - self.losses) / self.cases

    def bounds(self, alpha: float) -> Bounds:
        """Where the statistic meets its quantile."""
        by = self.effect.at(alpha) if self.effect else 1.0
        return intervals.tango(self.wins / by, self.losses / by, self.cases / by, alpha)

    def p_as_low(self, number: float) -> float:
        """From the normal distribution of the statistic."""
        return _p_value(self.effect, lambda by: intervals.normal_p(self._statistic(number, by)))

    def p_as_high(self, number: float) -> float:
        """From the normal distribution of the statistic."""
        return _p_value(self.effect, lambda by: intervals.normal_p(-self._statistic(number, by)))

    def spread(self, limit: float) -> float:
        """That of the cases that changed sides, wherever the limit is."""
        del limit
        return paired_spread(self.wins + self.losses, self.cases) * _widened(self.effect)

    def _statistic(self, number: float, by: float) -> float:
        return intervals.tango_statistic(self.wins / by, self.losses / by, self.cases / by, number)


def _p_value(effect: DesignEffect | None, divided: Callable[[float], float]) -> float:
    """The p-value with counts divided by the design effect, which rests on the error itself."""
    return divided(1.0) if effect is None else settled(lambda alpha: divided(effect.at(alpha)))


def _widened(effect: DesignEffect | None) -> float:
    return 1.0 if effect is None else math.sqrt(effect.ratio)


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean of other numbers; `tails` are the lower one and the mirrored upper one."""

    name: str
    estimate: float
    tails: tuple[Tail, Tail]
    ends: Ends
    cases: int

    def bounds(self, alpha: float) -> Bounds:
        """What the tails say, between the ends of the scale."""
        low, high = self.ends
        lower, upper = lower_bound(self.tails[0], alpha), -lower_bound(self.tails[1], alpha)
        # rounding apart, a bound lies on its own side of the estimate
        lower, upper = min(lower, self.estimate), max(upper, self.estimate)
        return Bounds(
            lower if low is None else max(lower, low), upper if high is None else min(upper, high)
        )

    def p_as_low(self, number: float) -> float:
        """From Student's distribution; beyond the scale nothing is probable."""
        beyond = self.ends.high is not None and number > self.ends.high
        return 0.0 if beyond else p_above(self.tails[1], -number)

    def p_as_high(self, number: float) -> float:
        """From Student's distribution; beyond the scale nothing is probable."""
        beyond = self.ends.low is not None and number < self.ends.low
        return 0.0 if beyond else p_above(self.tails[0], number)

    def spread(self, limit: float) -> float:
        """What the standard error comes from, wherever the limit is."""
        del limit
        return max(tail.error for tail in self.tails) * math.sqrt(self.cases)
