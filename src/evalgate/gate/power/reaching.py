"""The smallest change that a rule finds, and verdicts that no run at all can have."""

import math
from collections.abc import Iterator
from typing import NamedTuple, assert_never

from evalgate.gate.choosing import Measured, method_for
from evalgate.gate.limit import Ends, ends_of
from evalgate.gate.methods import Mean, Method, PairedShares, Share
from evalgate.gate.power.odds import MeanOdds, PairOdds, ShareOdds, smallest
from evalgate.gate.power.setting import Setting
from evalgate.gate.power.turned import TurnedRule

LOOK_AHEAD = 200
"""A share's odds rise and fall with the number of cases; beyond so many nobody looks."""


def smallest_failing(
    turned: TurnedRule, odds: ShareOdds | PairOdds | MeanOdds, ends: Ends
) -> float | None:
    """The smallest change that fails 4 times in 5; None when not even the widest does.

    Counts are whole, so that one case more may find a little less: what so many cases and any
    larger number find is told.
    """
    if isinstance(odds, MeanOdds):
        truth = odds.truth_that_fails()
        beyond = ends.low is not None and truth < ends.low
        return None if beyond else turned.reference - truth
    lowest = 0.0 if isinstance(odds, ShareOdds) else -1.0
    widest = turned.reference - lowest
    found = [
        smallest(lambda change, at=at: at.fails(turned.reference - change), widest)  # type: ignore[misc]  # mypy infers no lambda with a default
        for at in (odds, *_turning_points(odds))
    ]
    known = [change for change in found if change is not None]
    return max(known) if len(known) == len(found) else None


def _turning_points(odds: ShareOdds | PairOdds) -> Iterator[ShareOdds | PairOdds]:
    """The same with so many more cases that the odds are at their next low."""
    match odds:
        case ShareOdds():
            step = max(1 / max(min(odds.bars.limit, 1 - odds.bars.limit), 1e-9), 1.0)
            before, ahead = odds.most_that_fail(), min(math.ceil(step) + 1, LOOK_AHEAD)
            for more in range(1, ahead + 1):
                later = odds.at(odds.cases + more)
                now = later.most_that_fail()
                if now == before:
                    yield later
                before = now
        case PairOdds():
            step = abs(odds.bars.limit)
            if step > 0:
                # the next number of cases at which one loss more is needed to be beyond the margin
                lost = math.floor(odds.cases * step + 1e-9) + 1
                yield odds.at(math.ceil(lost / step - 1e-9))
        case _:
            assert_never(odds)


class Extremes(NamedTuple):
    """What the best and the worst run of all would be given."""

    best: Method
    worst: Method


def extremes(
    setting: Setting, turned: TurnedRule, odds: ShareOdds | PairOdds | MeanOdds, cases: int
) -> Extremes | None:
    """The best and the worst run of so many cases; None on a scale without ends."""
    match odds:
        case ShareOdds():
            return Extremes(Share(odds.cases, odds.cases), Share(0, odds.cases))
        case PairOdds():
            all_of = odds.cases
            return Extremes(PairedShares(all_of, 0, all_of), PairedShares(0, all_of, all_of))
        case MeanOdds():
            ends = turned.ends(ends_of(setting.rule, setting.scale))
            if ends.low is None or ends.high is None:
                return None
            best, worst = (
                method_for(Measured("general", [end] * cases, ends))
                for end in (ends.high, ends.low)
            )
            assert isinstance(best, Mean), "a scale with ends has a method"
            assert isinstance(worst, Mean), "a scale with ends has a method"
            return Extremes(best, worst)
        case _:
            assert_never(odds)
