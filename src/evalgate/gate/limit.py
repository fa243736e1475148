"""What a rule comes down to: which quantity of a case, and which side of which number."""

from typing import NamedTuple

from evalgate.domain.limit import Difference, Level, Limit
from evalgate.domain.rule import QUANTILES, Rule
from evalgate.domain.scale import Scale


class Ends(NamedTuple):
    """Between which numbers one case's number lies; None where the scale has no such end."""

    low: float | None
    high: float | None


def limit_of(rule: Rule, scale: Scale) -> Limit:
    """Compile a rule into one number on the natural scale of what is compared."""
    if rule.stat in QUANTILES:
        # p95 at most T holds exactly when at most 5 % of the cases lie above T
        share = 1.0 - QUANTILES[rule.stat] if rule.at_most is not None else QUANTILES[rule.stat]
        return Limit(
            quantity="share_above" if rule.at_most is not None else "share_below",
            side="at_most",
            value=round(share, 12),
            beyond=rule.threshold,
        )
    if rule.at_least is not None:
        return Limit(quantity=_level(rule), side="at_least", value=rule.at_least)
    if rule.at_most is not None:
        return Limit(quantity=_level(rule), side="at_most", value=rule.at_most)
    return _against_baseline(rule, scale)


def _level(rule: Rule) -> Level:
    match rule.stat:
        case "min" | "max" | "total" | "rate":
            return rule.stat
        case _:
            return "mean"


def _against_baseline(rule: Rule, scale: Scale) -> Limit:
    higher = rule.better(scale) == "higher"
    margin = rule.margin
    assert margin is not None, "a rule has a threshold or a margin"
    what: Difference = "difference_of_totals" if rule.stat == "total" else "difference"
    toward = 1.0 if rule.min_gain is not None else -1.0  # a gain is asked for, a drop is allowed
    side = "at_least" if higher else "at_most"
    signed = toward * margin.value if higher else -toward * margin.value
    if margin.percent:
        times = baseline_factor(rule, scale)
        return Limit(quantity=what, side=side, value=0.0, times_baseline=times)
    return Limit(quantity=what, side=side, value=signed + 0.0)  # + 0.0 makes -0.0 a plain 0


def baseline_factor(rule: Rule, scale: Scale) -> float:
    """By what the baseline's scores are multiplied before they are subtracted."""
    margin = rule.margin
    if margin is None or not margin.percent:
        return 1.0
    up = (rule.min_gain is not None) == (rule.better(scale) == "higher")
    return round(1.0 + margin.value if up else 1.0 - margin.value, 12)


def is_beyond(limit: Limit, estimate: float) -> bool:
    """True when the estimate alone misses the limit."""
    return estimate < limit.value if limit.side == "at_least" else estimate > limit.value


def ends_of(rule: Rule, scale: Scale) -> Ends:
    """The least and the greatest number that one case can give to what the rule compares."""
    two_valued = rule.stat == "rate" or rule.stat in QUANTILES
    low, high = (0.0, 1.0) if two_valued else (scale.low, scale.high)
    if not rule.needs_baseline:
        return Ends(low, high)
    if low is None or high is None:
        return Ends(None, None)
    factor = baseline_factor(rule, scale)
    return Ends(low - max(factor * low, factor * high), high - min(factor * low, factor * high))


def widest_change(rule: Rule, ends: Ends) -> float | None:
    """The largest change: over the whole scale, or from no difference to the greatest one."""
    if ends.low is None or ends.high is None:
        return None
    return max(-ends.low, ends.high) if rule.needs_baseline else ends.high - ends.low
