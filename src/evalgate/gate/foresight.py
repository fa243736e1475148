"""What a rule will be able to see, before anything is run."""

import math
from typing import NamedTuple

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
    match shape_of(rule, scale):
        case "fact":
            return Foresight(None, "a fact of the run, without an interval")
        case "general":
            return Foresight(None, "always undecided: no interval for this kind of score yet")
        case "proportion":
            spread = proportion_spread(aim(rule, scale).value, cases)
            return Foresight(detectable(rule.alpha, spread, cases))
        case "paired":
            smallest = detectable(rule.alpha, math.sqrt(ASSUMED_FLIPS), cases)
            margin = rule.margin
            note = f"if {ASSUMED_FLIPS:.0%} of the cases change sides"
            if margin is not None and rule.min_gain is None and smallest > margin.value:
                note += ": often undecided with this margin"
            return Foresight(smallest, note)
