"""What a rule will be able to see, before anything is run."""

import math
from typing import NamedTuple, assert_never

from evalgate.domain.finding import Target
from evalgate.domain.rule import Rule
from evalgate.domain.scale import Scale
from evalgate.gate.power import detectable, proportion_spread
from evalgate.gate.quantities import shape_of
from evalgate.gate.target import aim

ASSUMED_FLIPS = 0.10
"""Share of cases that change sides between two versions, until a run shows the real one."""


class Foresight(NamedTuple):
    """The smallest true change that will be found 4 times in 5, or why none will."""

    detectable: float | None
    note: str = ""


def foresee(rule: Rule, scale: Scale, cases: int) -> Foresight:
    """Say what `cases` cases will let a rule detect."""
    if cases < rule.min_cases:
        return Foresight(None, f"always undecided: {cases} cases, min_cases is {rule.min_cases}")
    kind = shape_of(rule, scale)
    match kind:
        case "fact":
            return Foresight(None, "a fact of the run, without an interval")
        case "general":
            return Foresight(None, "always undecided: no interval for this kind of score yet")
        case "proportion":
            target = aim(rule, scale)
            spread = proportion_spread(target.value, cases)
            return Foresight(
                detectable(rule.alpha, spread, cases), _out_of_reach(rule, target, cases)
            )
        case "paired":
            smallest = detectable(rule.alpha, math.sqrt(ASSUMED_FLIPS), cases)
            margin = rule.margin
            note = f"if {ASSUMED_FLIPS:.0%} of the cases change sides"
            if margin is not None and rule.min_gain is None and (smallest or 1) > margin.value:
                note += ": often undecided with this margin"
            return Foresight(smallest, note)
        case _:
            assert_never(kind)


def _out_of_reach(rule: Rule, target: Target, cases: int) -> str:
    """Say so when not even a perfect run has a bound that reaches the target."""
    perfect = rule.alpha ** (1 / cases)  # Clopper-Pearson's lower bound of n in n, in closed form
    best = perfect if target.side == "at_least" else 1 - perfect
    beyond = best < target.value if target.side == "at_least" else best > target.value
    return f"cannot pass: {cases} perfect cases prove no better than {best:.4f}" if beyond else ""
