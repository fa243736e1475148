"""What a rule will be able to see, before anything is run."""

import math
from collections.abc import Iterable
from typing import assert_never

from evalgate.domain.checked import Foresight, Prospect
from evalgate.domain.limit import Limit
from evalgate.domain.rule import Rule
from evalgate.domain.scale import Scale
from evalgate.gate.limit import ends_of, limit_of
from evalgate.gate.power import detectable
from evalgate.gate.spread import FEWEST_CASES, proportion_spread
from evalgate.gate.subject import shape_of

ASSUMED_FLIPS = 0.10
"""Share of cases that change sides between two versions, until a run shows the real one."""


def foresee(rule: Rule, scale: Scale, cases: int, among: int = 1) -> Foresight:
    """Say what `cases` cases will let a rule detect.

    A rule that can block must fail `among` all of its suite that can; passing is not corrected.
    """
    seen = Foresight(cases=cases, min_cases=rule.min_cases)
    if cases < rule.min_cases:
        return seen.model_copy(update={"prospect": Prospect.TOO_FEW_CASES})
    alpha = rule.alpha / among if rule.severity == "block" else rule.alpha
    kind = shape_of(rule, scale)
    match kind:
        case "fact":
            return seen.model_copy(update={"prospect": Prospect.FACT})
        case "general":
            endless = None in ends_of(rule, scale)
            never = endless and cases < FEWEST_CASES
            prospect = Prospect.NO_INTERVAL if never else Prospect.UNKNOWN_SPREAD
            return seen.model_copy(update={"prospect": prospect})
        case "proportion":
            limit = limit_of(rule, scale)
            smallest = detectable(alpha, proportion_spread(limit.value, cases), cases)
            found: dict[str, object] = {"detectable": smallest}
            if (best := _out_of_reach(rule, limit, cases)) is not None:
                found |= {"prospect": Prospect.OUT_OF_REACH, "best_bound": best}
            return seen.model_copy(update=found)
        case "paired":
            spread, margin = math.sqrt(ASSUMED_FLIPS), rule.margin
            passes = detectable(rule.alpha, spread, cases) or 1.0  # by so much above the margin
            found = {"detectable": detectable(alpha, spread, cases)}
            if margin is not None and rule.min_gain is None and passes > margin.value:
                found["prospect"] = Prospect.OFTEN_UNDECIDED
            return seen.model_copy(update=found | {"assumed_flips": ASSUMED_FLIPS})
        case _:
            assert_never(kind)


def family_size(rules: Iterable[tuple[Rule, Scale]]) -> int:
    """How many of a suite's rules can block and rest on a test; 1 when none does."""
    members = sum(
        rule.severity == "block" and shape_of(rule, scale) != "fact" for rule, scale in rules
    )
    return max(members, 1)


def _out_of_reach(rule: Rule, limit: Limit, cases: int) -> float | None:
    """The best bound that a perfect run has, when not even that one reaches the limit."""
    perfect = rule.alpha ** (1 / cases)  # Clopper-Pearson's lower bound of n in n, in closed form
    best = perfect if limit.side == "at_least" else 1 - perfect
    beyond = best < limit.value if limit.side == "at_least" else best > limit.value
    return best if beyond else None
