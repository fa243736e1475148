"""How many cases a rule needs for what it is about, and whether more trials stand in for them."""

import math
from collections.abc import Callable
from typing import NamedTuple

from evalgate.domain.powered import MoreTrials
from evalgate.domain.specs import MOST_TRIALS
from evalgate.gate.power.detecting import POWER, reach
from evalgate.gate.power.odds import PairOdds, ShareOdds
from evalgate.gate.power.past import Past
from evalgate.gate.power.turned import TurnedRule

FAR = 20_000
"""Beyond so many cases the normal distribution is as good as the exact one."""


class Need(NamedTuple):
    """What a verdict has to tell apart, and with which error."""

    distance: float  # of the truth from the limit
    better: bool  # on its good side
    alpha: float


def works(turned: TurnedRule, need: Need) -> Callable[[ShareOdds | PairOdds], bool]:
    """Whether the verdict that is due comes 4 times in 5.

    With a margin: for what has not changed, and for what is twice as far on the other side.
    """
    if turned.unchanged is None:
        truth = turned.limit + (need.distance if need.better else -need.distance)
        if need.better:
            return lambda odds: odds.passes(min(truth, 1.0)) >= POWER
        return lambda odds: odds.fails(max(truth, 0.0)) >= POWER
    good = max(turned.unchanged, 2 * turned.limit - turned.unchanged)
    bad = min(turned.unchanged, 2 * turned.limit - turned.unchanged)
    return lambda odds: odds.passes(min(good, 1.0)) >= POWER and odds.fails(max(bad, -1.0)) >= POWER


def fewest_cases(
    odds: ShareOdds | PairOdds, does: Callable[[ShareOdds | PairOdds], bool], guess: int
) -> int:
    """About the fewest cases with which it works, near a guess; to a hundredth."""
    if guess > FAR:
        return guess
    high = max(guess, 1)
    while not does(odds.at(high)):
        high = math.ceil(1.25 * high)
        if high > FAR:
            return high
    low = high
    while low > 1 and does(odds.at(low)):
        low, high = math.floor(low / 1.25), low
    while high - low > max(1, high // 100):
        middle = (low + high) // 2
        low, high = (low, middle) if does(odds.at(middle)) else (middle, high)
    return high


def trials_for_cases(
    past: Past, need: Need | None, needed: int | None
) -> tuple[MoreTrials, int | None]:
    """Whether more trials would do with today's cases, and how many."""
    cases, (trials, within, same) = len(past.numbers), past.repeating
    if needed is not None and cases and needed <= cases:
        return MoreTrials.ENOUGH, None
    if same or within == 0.0:
        return MoreTrials.SAME, None
    if within is None or need is None or not cases:
        return MoreTrials.UNKNOWN, None
    between = max(past.variance - within / trials, 0.0)
    allowed = cases * (need.distance / reach(need.alpha)) ** 2
    if within >= MOST_TRIALS * (allowed - between):
        return MoreTrials.TOO_LITTLE, None
    return MoreTrials.HELP, max(math.ceil(within / (allowed - between)), trials + 1)
