"""The methods: each says its bounds, and how probable its estimate is if a number were true."""

import math
from dataclasses import dataclass
from typing import Protocol

from evalgate.gate import intervals
from evalgate.gate.intervals import Bounds
from evalgate.gate.limit import Ends
from evalgate.gate.means import Tail, lower_bound, p_above
from evalgate.gate.spread import paired_spread, proportion_spread


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
    """A share of cases, by Clopper and Pearson."""

    successes: int
    cases: int
    name: str = "Clopper-Pearson"

    @property
    def estimate(self) -> float:
        """The share itself."""
        return self.successes / self.cases

    def bounds(self, alpha: float) -> Bounds:
        """Exact ones."""
        return intervals.clopper_pearson(self.successes, self.cases, alpha)

    def p_as_low(self, number: float) -> float:
        """From the binomial distribution."""
        return intervals.p_at_most(self.successes, self.cases, number)

    def p_as_high(self, number: float) -> float:
        """From the binomial distribution."""
        return intervals.p_at_least(self.successes, self.cases, number)

    def spread(self, limit: float) -> float:
        """That of a share which is exactly at the limit."""
        return proportion_spread(limit, self.cases)


@dataclass(frozen=True, slots=True)
class PairedShares:
    """A paired difference of shares, by Tango's score statistic."""

    wins: int
    losses: int
    cases: int
    name: str = "Tango"

    @property
    def estimate(self) -> float:
        """Wins without losses."""
        return (self.wins - self.losses) / self.cases

    def bounds(self, alpha: float) -> Bounds:
        """Where the statistic meets its quantile."""
        return intervals.tango(self.wins, self.losses, self.cases, alpha)

    def p_as_low(self, number: float) -> float:
        """From the normal distribution of the statistic."""
        return intervals.normal_p(self._statistic(number))

    def p_as_high(self, number: float) -> float:
        """From the normal distribution of the statistic."""
        return intervals.normal_p(-self._statistic(number))

    def spread(self, limit: float) -> float:
        """That of the cases that changed sides, wherever the limit is."""
        del limit
        return paired_spread(self.wins + self.losses, self.cases)

    def _statistic(self, number: float) -> float:
        return intervals.tango_statistic(self.wins, self.losses, self.cases, number)


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
