"""What a rule is about: which cases, and which kind of numbers."""

from collections.abc import Mapping
from typing import Literal

from evalgate.domain.case import SliceValue
from evalgate.domain.rule import FACTS, QUANTILES, Rule
from evalgate.domain.scale import Scale

Shape = Literal["proportion", "paired", "fact", "general"]


def is_in_slice(slices: Mapping[str, SliceValue], wanted: Mapping[str, SliceValue]) -> bool:
    """True when a case has every value that a rule's slice asks for, however it was written."""
    return all(key in slices and str(slices[key]) == str(value) for key, value in wanted.items())


def shape_of(rule: Rule, scale: Scale) -> Shape:
    """Which kind of numbers these are; declared by rule and scale, never guessed from values."""
    if rule.stat in FACTS:
        return "fact"
    two_valued = scale.kind == "binary" or rule.stat == "rate" or rule.stat in QUANTILES
    if not two_valued:
        return "general"
    if not rule.needs_baseline:
        return "proportion"
    percent = rule.margin is not None and rule.margin.percent
    return "general" if percent else "paired"
