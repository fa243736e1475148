"""The odds of a rule's verdicts: from the runs that there are, else from what is assumed."""

import math
from typing import NamedTuple

from evalgate.domain.checked import Prospect
from evalgate.domain.finding import NoMethod
from evalgate.gate.choosing import Measured, method_for
from evalgate.gate.clusters import DesignEffect
from evalgate.gate.distributions import NORMAL
from evalgate.gate.extent import Extent
from evalgate.gate.limit import ends_of
from evalgate.gate.means import lower_bound
from evalgate.gate.methods import Mean, Method, PairedShares, Share
from evalgate.gate.power.assumed import ASSUMED_FLIPS, assumed_spread, typical, unknown
from evalgate.gate.power.odds import Bars, MeanOdds, PairOdds, ShareOdds
from evalgate.gate.power.past import Past
from evalgate.gate.power.setting import Setting
from evalgate.gate.power.turned import TurnedRule
from evalgate.gate.spread import paired_spread, proportion_spread
from evalgate.gate.subject import shape_of


class Expected(NamedTuple):
    """The odds, and what cases are worth."""

    odds: ShareOdds | PairOdds | MeanOdds
    effect: float  # by how much clusters shrink the cases that the odds are about
    spread: float  # standard deviation of one such case


def expect(setting: Setting, turned: TurnedRule, extent: Extent, past: Past) -> Expected | Prospect:
    """Say how probable each verdict is, or why nobody can."""
    method = _seen(setting, turned, past) if past.numbers else _assumed(setting, turned, extent)
    match method:
        case Prospect():
            return method
        case NoMethod():
            return Prospect.NO_INTERVAL
        case Share():
            effect, bars = _shrunk(setting, turned, method.effect)
            cases = max(round(method.cases / effect), 1)
            spread = proportion_spread(turned.limit, cases)
            return Expected(ShareOdds(bars, cases), effect, spread)
        case PairedShares():
            effect, bars = _shrunk(setting, turned, method.effect)
            moved = method.wins + method.losses
            odds = PairOdds(bars, max(round(method.cases / effect), 1), moved / method.cases)
            return Expected(odds, effect, paired_spread(moved, method.cases))
        case _:
            assert isinstance(method, Mean), "there are three methods"
            variance = past.variance if past.numbers else _assumed_variance(setting, extent)
            odds_of_mean = _mean_odds(_bars(setting, turned), method, variance)
            return Expected(odds_of_mean, 1.0, math.sqrt(variance))


def _seen(setting: Setting, turned: TurnedRule, past: Past) -> Method | NoMethod:
    """The method that the runs' numbers would be given."""
    rule, scale = setting.rule, setting.scale
    shape = shape_of(rule, scale)
    assert shape != "fact", "a fact has no odds"
    numbers = [turned.number(number) for number in past.numbers]
    ends, repeated = turned.ends(ends_of(rule, scale)), past.repeating.trials > 1
    return method_for(Measured(shape, numbers, ends, past.clusters, repeated))


def _assumed(setting: Setting, turned: TurnedRule, extent: Extent) -> Method | NoMethod | Prospect:
    """The method that numbers would be given which vary as they are taken to."""
    rule, scale, cases = setting.rule, setting.scale, extent.cases
    effect = None
    if extent.clusters is not None:
        effect = DesignEffect(extent.assumed_effect, extent.clusters - 1, cases)
    match shape_of(rule, scale):
        case "proportion":
            return Share(turned.limit * cases, cases, effect)
        case "paired":
            flips = ASSUMED_FLIPS * cases / 2
            return PairedShares(flips, flips, cases, effect)
        case _:
            if assumed_spread(setting) is None:
                return unknown(setting, extent)
            spread = math.sqrt(_assumed_variance(setting, extent))
            ends = turned.ends(ends_of(rule, scale))
            return method_for(Measured("general", typical(turned.limit, spread, cases), ends))


def _assumed_variance(setting: Setting, extent: Extent) -> float:
    spread = assumed_spread(setting)
    assert spread is not None, "asked before"
    return spread * spread * extent.assumed_effect


def _bars(setting: Setting, turned: TurnedRule) -> Bars:
    alpha = setting.rule.alpha
    return Bars(turned.limit, turned.surely, alpha, alpha / setting.among)


def _shrunk(
    setting: Setting, turned: TurnedRule, effect: DesignEffect | None
) -> tuple[float, Bars]:
    """By how much clusters shrink the cases, and the errors with what so few clusters cost."""
    bars = _bars(setting, turned)
    if effect is None:
        return 1.0, bars

    def stricter(alpha: float) -> float:
        wider = math.sqrt(effect.at(alpha) / effect.ratio)
        return NORMAL.cdf(NORMAL.inv_cdf(alpha) * wider)

    return effect.ratio, bars._replace(
        pass_alpha=stricter(bars.pass_alpha), fail_alpha=stricter(bars.fail_alpha)
    )


def _mean_odds(bars: Bars, method: Mean, variance: float) -> MeanOdds:
    above = -lower_bound(method.tails[1], bars.fail_alpha) - method.estimate
    return MeanOdds(bars, math.sqrt(variance / method.cases), max(above, 0.0))
