"""The number that a rule comes down to."""

from typing import Literal

from evalgate.domain.record import Finite, Record

Level = Literal["mean", "rate", "min", "max", "total"]
Share = Literal["share_above", "share_below"]
Difference = Literal["difference", "difference_of_totals"]


class Limit(Record):
    """The number a rule comes down to: `quantity` has to be `side` (at least, at most) `value`."""

    quantity: Level | Share | Difference
    side: Literal["at_least", "at_most"]
    value: Finite
    beyond: Finite | None = None  # a share is of the cases above, or below, this score
    times_baseline: Finite | None = None  # a percent difference is from so many times the baseline
