"""What a rule can show with so many cases, by the methods that decide.

Where runs tell how much cases vary, their numbers are taken; else what `foresight` assumes.
"""

import math
from statistics import fmean

from evalgate.domain.checked import Prospect
from evalgate.domain.powered import MoreTrials, RulePower
from evalgate.gate.extent import ALIKE, Extent
from evalgate.gate.limit import ends_of, limit_of
from evalgate.gate.power.assumed import ASSUMED_DISTANCE, ASSUMED_FLIPS, assumed_spread, unknown
from evalgate.gate.power.detecting import alpha_of_need, cases_needed
from evalgate.gate.power.expecting import Expected, expect
from evalgate.gate.power.foresight import fewest_perfect, started
from evalgate.gate.power.needs import Need, fewest_cases, trials_for_cases, works
from evalgate.gate.power.odds import MeanOdds
from evalgate.gate.power.past import Past
from evalgate.gate.power.reaching import extremes, smallest_failing
from evalgate.gate.power.setting import Setting
from evalgate.gate.power.turned import TurnedRule, turned_rule
from evalgate.gate.spread import FEWEST_CASES
from evalgate.gate.subject import shape_of


def study(setting: Setting, extent: Extent, past: Past) -> RulePower:
    """Say what a rule can detect, what it needs, and whether more trials would do."""
    rule = setting.rule
    extent = past.extent if past.numbers else extent
    setting = setting.blocking(extent.cases)
    found = RulePower(
        rule=rule,
        from_runs=bool(past.numbers),
        foresight=started(rule, extent, counted=bool(past.numbers)),
        more_trials=MoreTrials.SAME if past.repeating.same else MoreTrials.UNKNOWN,
    )
    shape = shape_of(rule, setting.scale)
    if found.foresight.prospect is not None:
        return found
    if shape == "fact":
        return _foreseen(found, prospect=Prospect.FACT)
    turned = turned_rule(rule, setting.scale, shape, past.baseline_mean)
    if turned is None:
        return _foreseen(found, prospect=unknown(setting, extent))
    expected = expect(setting, turned, extent, past)
    if isinstance(expected, Prospect):
        return _foreseen(found, prospect=expected)
    found = _resting_on(found, setting, extent, past)
    found = _within_reach(found, (setting, turned), expected, extent)
    return _needs(found, (setting, turned), expected, past)


def _foreseen(found: RulePower, **update: object) -> RulePower:
    """The same with more of what is foreseen."""
    foresight = found.foresight.model_copy(update=update)
    return found.model_copy(update={"foresight": foresight})


def _resting_on(found: RulePower, setting: Setting, extent: Extent, past: Past) -> RulePower:
    """Name what the figures rest on: what runs showed, or what is assumed."""
    shape = shape_of(setting.rule, setting.scale)
    if past.numbers:
        flips = fmean(number != 0 for number in past.numbers) if shape == "paired" else None
        spread = math.sqrt(past.variance) if shape == "general" else None
        return found.model_copy(update={"flips": flips, "spread": spread})
    return _foreseen(
        found,
        assumed_flips=ASSUMED_FLIPS if shape == "paired" else None,
        assumed_spread=assumed_spread(setting) if shape == "general" else None,
        assumed_alike=None if extent.clusters is None else ALIKE,
    )


def _within_reach(
    found: RulePower, asked: tuple[Setting, TurnedRule], expected: Expected, extent: Extent
) -> RulePower:
    """Which verdicts there can be, and the smallest change that fails."""
    (setting, turned), odds = asked, expected.odds
    rule, ends = setting.rule, ends_of(setting.rule, setting.scale)
    change = smallest_failing(turned, odds, turned.ends(ends))
    if change is not None:
        found = found.model_copy(update={"fails_at": _fails_at(turned, change)})
    found = _foreseen(found, detectable=change)
    reached = extremes(setting, turned, odds, extent.cases)
    if reached is None:
        return found
    if (best := reached.best.bounds(odds.bars.pass_alpha).lower) < turned.limit:
        alone = turned.unchanged is None and not isinstance(odds, MeanOdds)
        fewest = fewest_perfect(rule, limit_of(rule, setting.scale), extent) if alone else None
        return _foreseen(
            found,
            prospect=Prospect.OUT_OF_REACH,
            best_bound=turned.back(best),
            fewest=fewest,
        )
    if reached.worst.bounds(odds.bars.fail_alpha).upper >= turned.surely:
        return _foreseen(found, prospect=Prospect.NEVER_FAILS)
    return found


def _fails_at(turned: TurnedRule, change: float) -> float:
    """The level, or the difference from the baseline, at which a rule fails 4 times in 5."""
    truth = turned.reference - change
    return turned.back(truth if turned.unchanged is None else truth - turned.unchanged)


def _needs(
    found: RulePower, asked: tuple[Setting, TurnedRule], expected: Expected, past: Past
) -> RulePower:
    """How many cases its own margin needs, or the distance to its threshold, and of trials."""
    setting, turned = asked
    need = _need(setting, turned, past)
    if need is None:
        return found if turned.margin is None else _often(found)
    needed = _cases_for(turned, need, expected, found.foresight.cases)
    more_trials, trials = trials_for_cases(past, need, needed)
    if turned.margin is None:
        found = found.model_copy(
            update={"distance": need.distance if need.better else -need.distance}
        )
    found = _foreseen(found, needed=needed)
    found = found.model_copy(update={"more_trials": more_trials, "trials": trials})
    lacking = needed > found.foresight.cases and turned.margin is not None
    return _often(found) if lacking else found


def _often(found: RulePower) -> RulePower:
    prospect = found.foresight.prospect or Prospect.OFTEN_UNDECIDED
    return _foreseen(found, prospect=prospect)


def _need(setting: Setting, turned: TurnedRule, past: Past) -> Need | None:
    """What has to be told apart; None where no number of cases does."""
    rule = setting.rule
    if turned.margin is not None:
        alpha = alpha_of_need(rule, setting.among)
        return Need(turned.margin, better=True, alpha=alpha) if turned.margin > 0 else None
    if past.numbers:
        distance = turned.number(fmean(past.numbers)) - turned.limit
    else:
        distance = _assumed_distance(setting, turned)
    if abs(distance) < 1e-9:
        return None
    alpha = rule.alpha if distance > 0 else rule.alpha / setting.among
    return Need(abs(distance), distance > 0, alpha)


def _assumed_distance(setting: Setting, turned: TurnedRule) -> float:
    """A little better than the threshold; half of what there is where that is less."""
    ends = turned.ends(ends_of(setting.rule, setting.scale))
    assert ends.high is not None, "without a run and without ends nothing is known"
    assert ends.low is not None, "without a run and without ends nothing is known"
    return min(ASSUMED_DISTANCE * (ends.high - ends.low), (ends.high - turned.limit) / 2)


def _cases_for(turned: TurnedRule, need: Need, expected: Expected, cases: int) -> int:
    odds = expected.odds
    guess = cases_needed(need.alpha, expected.spread, need.distance)
    if isinstance(odds, MeanOdds):
        # with fewer, bounds are so wide that the spread does not tell how many would do
        return guess if cases >= FEWEST_CASES else max(guess, FEWEST_CASES)
    return math.ceil(fewest_cases(odds, works(turned, need), guess) * expected.effect)
