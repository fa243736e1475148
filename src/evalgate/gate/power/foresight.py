"""What a rule will be able to see, before anything is run.

By the normal distribution and by what is assumed of two versions; `study` asks the methods
that decide, and the runs that there are.
"""

import math
from typing import assert_never

from evalgate.domain.checked import Foresight, Prospect
from evalgate.domain.limit import Limit
from evalgate.domain.rule import FACTS, Rule
from evalgate.domain.scale import Scale
from evalgate.gate.extent import ALIKE, Extent
from evalgate.gate.limit import ends_of, limit_of, widest_change
from evalgate.gate.means import worst_row
from evalgate.gate.power.assumed import ASSUMED_FLIPS, assumed_spread, typical, unknown
from evalgate.gate.power.detecting import alpha_of_need, cases_needed, demand_of, detectable, reach
from evalgate.gate.power.setting import Setting
from evalgate.gate.spread import FEWEST_CASES, proportion_spread
from evalgate.gate.subject import shape_of


def foresee(rule: Rule, scale: Scale, extent: Extent, among: int = 1) -> Foresight:
    """Say what so many cases will let a rule detect.

    A rule that can block must fail `among` all of its suite that can; passing is not corrected.
    """
    seen, setting = started(rule, extent), Setting(rule, scale, among).blocking(extent.cases)
    kind = shape_of(rule, scale)
    if seen.prospect is not None:
        return seen
    match kind:
        case "fact":
            return seen.model_copy(update={"prospect": Prospect.FACT})
        case "general":
            return _mean(seen, setting, extent)
        case "proportion":
            return _share(seen, setting, extent)
        case "paired":
            found: dict[str, object] = {"assumed_flips": ASSUMED_FLIPS}
            return _held(seen.model_copy(update=found), setting, extent, math.sqrt(ASSUMED_FLIPS))
        case _:
            assert_never(kind)


def started(rule: Rule, extent: Extent, *, counted: bool = False) -> Foresight:
    """What the number of cases alone says; `counted` in runs, where it is known which are new."""
    seen = Foresight(
        cases=extent.cases,
        min_cases=rule.fewest_cases,
        cannot_block=rule.severity == "block" and rule.cannot_block(extent.cases),
        clusters=extent.clusters,
    )
    if rule.applies_to == "new" and not counted:
        return seen.model_copy(update={"prospect": Prospect.NEW_CASES})
    if extent.cases < rule.fewest_cases:
        return seen.model_copy(update={"prospect": Prospect.TOO_FEW_CASES})
    if extent.too_few_clusters and rule.stat not in FACTS:
        return seen.model_copy(update={"prospect": Prospect.FEW_CLUSTERS})
    return seen


def _share(seen: Foresight, setting: Setting, extent: Extent) -> Foresight:
    rule, limit = setting.rule, limit_of(setting.rule, setting.scale)
    spread = proportion_spread(limit.value, extent.cases)
    found: dict[str, object] = {"detectable": _smallest(setting, extent, spread)}
    if (best := _out_of_reach(rule, limit, extent)) is not None:
        fewest = fewest_perfect(rule, limit, extent)
        found |= {"prospect": Prospect.OUT_OF_REACH, "best_bound": best, "fewest": fewest}
    return _alike(seen.model_copy(update=found), extent)


def _mean(seen: Foresight, setting: Setting, extent: Extent) -> Foresight:
    """Scores that are not two-valued, on a scale whose ends say how far they can vary."""
    spread = assumed_spread(setting)
    if spread is None:
        return seen.model_copy(update={"prospect": unknown(setting, extent)})
    seen = _held(seen.model_copy(update={"assumed_spread": spread}), setting, extent, spread)
    if (extent.clusters or extent.cases) >= FEWEST_CASES:
        return seen
    wider = _with_worst_row(setting, spread, extent.cases)
    found: dict[str, object] = {"detectable": _smallest(setting, extent, wider)}
    if seen.needed is not None:
        found["needed"] = max(seen.needed, FEWEST_CASES)
    return seen.model_copy(update=found)


def _held(seen: Foresight, setting: Setting, extent: Extent, spread: float) -> Foresight:
    """What a margin, or a threshold, asks of cases that vary so much."""
    found: dict[str, object] = {"detectable": _smallest(setting, extent, spread)}
    needed = _needed(setting, spread * math.sqrt(extent.assumed_effect))
    if setting.rule.needs_baseline and (needed is None or needed > extent.cases):
        found["prospect"] = Prospect.OFTEN_UNDECIDED
    return _alike(seen.model_copy(update=found | {"needed": needed}), extent)


def _smallest(setting: Setting, extent: Extent, spread: float) -> float | None:
    asked, wider = demand_of(setting.rule, setting.among), math.sqrt(extent.assumed_effect)
    return detectable(asked, spread * wider, extent.cases, _widest(setting))


def _widest(setting: Setting) -> float | None:
    """How far the truth can be on the bad side; None on a scale without ends."""
    rule, ends = setting.rule, ends_of(setting.rule, setting.scale)
    if rule.needs_baseline or ends.low is None or ends.high is None:
        return widest_change(rule, ends)
    limit = limit_of(rule, setting.scale)
    return limit.value - ends.low if limit.side == "at_least" else ends.high - limit.value


def _needed(setting: Setting, spread: float) -> int | None:
    """How many cases a margin needs; None for a threshold, and for a margin that none suffice."""
    margin = setting.rule.margin
    if margin is None or margin.value == 0:
        return None
    return cases_needed(alpha_of_need(setting.rule, setting.among), spread, margin.value)


def fewest_perfect(rule: Rule, limit: Limit, extent: Extent) -> int | None:
    """The fewest cases of which a perfect run passes; None when none ever does."""
    share = limit.value if limit.side == "at_least" else 1 - limit.value
    if share >= 1.0:
        return None
    alone = 1 if share <= 0.0 else math.ceil(math.log(rule.alpha) / math.log(share))
    return math.ceil(alone * extent.assumed_effect)


def _with_worst_row(setting: Setting, spread: float, cases: int) -> float:
    """The spread that bounds with one more case, at the end of the scale, come down to."""
    ends, limit = ends_of(setting.rule, setting.scale), limit_of(setting.rule, setting.scale)
    assert ends.low is not None, "a spread is assumed where the scale has ends"
    assert ends.high is not None, "a spread is assumed where the scale has ends"
    room = ends.high - limit.value if limit.side == "at_least" else limit.value - ends.low
    tail = worst_row(typical(0.0, spread, cases), -room)
    lower = tail.error - tail.centre / reach(setting.rule.alpha / setting.among)
    return lower * math.sqrt(cases)


def _alike(seen: Foresight, extent: Extent) -> Foresight:
    return seen.model_copy(update={"assumed_alike": ALIKE}) if extent.clusters else seen


def _out_of_reach(rule: Rule, limit: Limit, extent: Extent) -> float | None:
    """The best bound that a perfect run has, when not even that one reaches the limit."""
    # Clopper-Pearson's lower bound of n in n, in closed form
    perfect = rule.alpha ** (1 / (extent.cases / extent.assumed_effect))
    best = perfect if limit.side == "at_least" else 1 - perfect
    beyond = best < limit.value if limit.side == "at_least" else best > limit.value
    return best if beyond else None
