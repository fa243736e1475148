"""A rule turned so that more is better: what is asked of the truth, and how far that is."""

from typing import NamedTuple

from evalgate.domain.rule import Rule
from evalgate.domain.scale import Scale
from evalgate.gate.limit import Ends, limit_of
from evalgate.gate.subject import Shape


class TurnedRule(NamedTuple):
    """Numbers as the odds take them. A turned share is that of the good cases."""

    sign: float
    start: float  # what a turned 0 was
    limit: float  # the lower bound must reach it to pass, the estimate must miss it to fail
    surely: float  # the upper bound must be below it to fail
    reference: float  # from where a change is counted
    unchanged: float | None  # the truth when nothing has changed; None for a threshold

    def number(self, number: float) -> float:
        """A number of a case, a mean or a limit, so that more is better."""
        return self.start + self.sign * number

    def back(self, number: float) -> float:
        """The same number as it was before it was turned."""
        return self.sign * (number - self.start)

    def ends(self, ends: Ends) -> Ends:
        """Between which numbers a turned one lies."""
        low, high = (None if end is None else self.number(end) for end in ends)
        return Ends(low, high) if self.sign > 0 else Ends(high, low)

    @property
    def margin(self) -> float | None:
        """How far the limit is from no change; None for a threshold."""
        return None if self.unchanged is None else abs(self.unchanged - self.limit)


def turned_rule(
    rule: Rule, scale: Scale, shape: Shape, baseline_mean: float | None
) -> TurnedRule | None:
    """What a rule asks; None where it is a share of a baseline that nobody knows yet."""
    limit = limit_of(rule, scale)
    sign = 1.0 if limit.side == "at_least" else -1.0
    start = 1.0 if sign < 0 and shape == "proportion" else 0.0
    at, margin = start + sign * limit.value, rule.margin
    if margin is None:
        return TurnedRule(sign, start, at, at, at, None)
    gain = rule.min_gain is not None
    if margin.percent:
        if baseline_mean is None or baseline_mean <= 0:
            return None
        units = margin.value * baseline_mean
        return TurnedRule(sign, start, at, at, at if gain else units, -units if gain else units)
    surely = 0.0 if not gain and rule.fail == "significant" else at
    return TurnedRule(sign, start, at, surely, at if gain else 0.0, 0.0)
