"""What is taken for granted of cases until a run shows it."""

from evalgate.domain.checked import Prospect
from evalgate.gate.extent import Extent
from evalgate.gate.limit import ends_of
from evalgate.gate.power.setting import Setting
from evalgate.gate.spread import FEWEST_CASES

ASSUMED_FLIPS = 0.10
"""Share of cases that change sides between two versions, until a run shows the real one."""

ASSUMED_CHANGE, ASSUMED_SPREAD = 1 / 6, 1 / 4
"""Shares of the scale by which scores differ between two versions, and among cases."""

ASSUMED_DISTANCE = 0.05
"""Share of the scale by which the truth is taken to be better than a threshold."""


def assumed_spread(setting: Setting) -> float | None:
    """Standard deviation of one case on a scale with two ends; None where nobody can say."""
    rule, scale = setting.rule, setting.scale
    percent = rule.margin is not None and rule.margin.percent
    if scale.low is None or scale.high is None or percent:
        return None
    share = ASSUMED_CHANGE if rule.needs_baseline else ASSUMED_SPREAD
    return share * (scale.high - scale.low)


def typical(middle: float, spread: float, cases: int) -> list[float]:
    """Numbers with this mean, and nearly this standard deviation."""
    return [middle - spread, middle + spread] * (cases // 2) + [middle] * (cases % 2)


def unknown(setting: Setting, extent: Extent) -> Prospect:
    """Why nothing is foreseen of scores that vary nobody knows how much."""
    few = (extent.clusters or extent.cases) < FEWEST_CASES
    endless = None in ends_of(setting.rule, setting.scale)
    return Prospect.NO_INTERVAL if endless and few else Prospect.UNKNOWN_SPREAD
