"""Which method bounds which numbers, and where there is none."""

import math
from collections.abc import Sequence
from typing import Literal, NamedTuple, assert_never

from evalgate.gate.clusters import FEWEST_CLUSTERS, Cluster, design_effect, gathered, pseudo_values
from evalgate.gate.limit import Ends
from evalgate.gate.means import FEWEST_DIFFERENT, different, tail_of, worst_row
from evalgate.gate.methods import Mean, Method, PairedShares, Share
from evalgate.gate.spread import FEWEST_CASES

Kind = Literal["proportion", "paired", "general"]
ENDLESS = "on a scale without ends"


class Measured(NamedTuple):
    """What is weighed: a number for each case, of what kind, and between which ends."""

    kind: Kind
    numbers: Sequence[float]
    ends: Ends
    clusters: Sequence[Cluster] = ()  # of each case; none when all are independent


class NoMethod(NamedTuple):
    """There is none, because."""

    why: str


def method_for(measured: Measured) -> Method | NoMethod:
    """Choose by the kind of numbers, how many there are, and how many of them differ."""
    numbers, clusters = measured.numbers, measured.clusters
    groups = gathered(numbers, clusters) if clusters else [[number] for number in numbers]
    if clusters and len(groups) < FEWEST_CLUSTERS:
        return NoMethod(f"no interval for fewer than {FEWEST_CLUSTERS} clusters")
    match measured.kind:
        case "proportion":
            effect = design_effect(groups) if clusters else None
            return Share(sum(number == 1.0 for number in numbers), len(numbers), effect)
        case "paired":
            wins, losses = sum(n > 0 for n in numbers), sum(n < 0 for n in numbers)
            effect = design_effect(groups) if clusters else None
            return PairedShares(wins, losses, len(numbers), effect)
        case "general":
            return _mean(measured, groups)
        case _:
            assert_never(measured.kind)


def _mean(measured: Measured, groups: Sequence[Sequence[float]]) -> Method | NoMethod:
    numbers, ends = measured.numbers, measured.ends
    units, over = ("clusters", " over clusters") if measured.clusters else ("cases", "")
    independent = pseudo_values(groups) if measured.clusters else numbers
    few = _too_few(groups, ends, units)
    if not few:
        tail = tail_of(independent)
        name, tails = "Student and Hall", (tail, tail.mirrored())
    elif ends.low is None or ends.high is None:
        return NoMethod(f"no interval {few}, {ENDLESS}")
    else:
        name = "Student with a worst row"
        mirrored = [-number for number in independent]
        tails = worst_row(independent, ends.low), worst_row(mirrored, -ends.high)
    estimate = math.fsum(numbers) / len(numbers)
    return Mean(f"{name}{over}", estimate, tails, ends, len(numbers))


def _too_few(groups: Sequence[Sequence[float]], ends: Ends, units: str) -> str:
    """Why the spread that was seen cannot be relied on; empty when it can."""
    if len(groups) < FEWEST_CASES:
        return f"for fewer than {FEWEST_CASES} {units}"
    if different(groups, ends) < FEWEST_DIFFERENT:
        return f"where fewer than {FEWEST_DIFFERENT} {units} differ"
    return ""
