"""Which method bounds which numbers, and where there is none."""

import math
from collections.abc import Sequence
from typing import Literal, NamedTuple, assert_never

from evalgate.domain.finding import NoMethod
from evalgate.gate.clusters import design_effect, gathered, pseudo_values
from evalgate.gate.extent import FEWEST_CLUSTERS, Cluster
from evalgate.gate.limit import Ends
from evalgate.gate.means import FEWEST_DIFFERENT, different, tail_of, worst_row
from evalgate.gate.methods import Mean, Method, PairedShares, Share
from evalgate.gate.spread import FEWEST_CASES

Kind = Literal["proportion", "paired", "general"]


class Measured(NamedTuple):
    """What is weighed: a number for each case, of what kind, and between which ends."""

    kind: Kind
    numbers: Sequence[float]
    ends: Ends
    clusters: Sequence[Cluster] = ()  # of each case; none when all are independent
    repeated: bool = False  # a number is the mean of several trials: not two-valued any longer


def method_for(measured: Measured) -> Method | NoMethod:
    """Choose by the kind of numbers, how many there are, and how many of them differ."""
    numbers, clusters = measured.numbers, measured.clusters
    groups = gathered(numbers, clusters) if clusters else [[number] for number in numbers]
    if clusters and len(groups) < FEWEST_CLUSTERS:
        return NoMethod.FEW_CLUSTERS
    if measured.kind == "general" or (measured.repeated and _too_few(measured, groups) is None):
        return _mean(measured, groups)
    effect = design_effect(groups) if clusters else None
    # of trials what is won and lost in each case is added up: as if nothing varied within a case
    won, lost = (math.fsum(max(sign * number, 0.0) for number in numbers) for sign in (1, -1))
    match measured.kind:
        case "proportion":
            return Share(won, len(numbers), effect)
        case "paired":
            return PairedShares(won, lost, len(numbers), effect)
        case _:
            assert_never(measured.kind)


def _mean(measured: Measured, groups: Sequence[Sequence[float]]) -> Method | NoMethod:
    numbers, ends = measured.numbers, measured.ends
    over = " over clusters" if measured.clusters else ""
    independent = pseudo_values(groups) if measured.clusters else numbers
    few = _too_few(measured, groups)
    if few is None:
        tail = tail_of(independent)
        name, tails = "Student and Hall", (tail, tail.mirrored())
    elif ends.low is None or ends.high is None:
        return few
    else:
        name = "Student with a worst row"
        mirrored = [-number for number in independent]
        tails = worst_row(independent, ends.low), worst_row(mirrored, -ends.high)
    estimate = math.fsum(numbers) / len(numbers)
    return Mean(f"{name}{over}", estimate, tails, ends, len(numbers))


def _too_few(measured: Measured, groups: Sequence[Sequence[float]]) -> NoMethod | None:
    """Why the spread that was seen needs the ends of a scale beside it; None when it does not."""
    if len(groups) < FEWEST_CASES:
        few, of_clusters = NoMethod.ENDLESS_FEW_CASES, NoMethod.ENDLESS_FEW_CLUSTERS
    elif different(groups, measured.ends) < FEWEST_DIFFERENT:
        few, of_clusters = NoMethod.ENDLESS_FEW_CASES_DIFFER, NoMethod.ENDLESS_FEW_CLUSTERS_DIFFER
    else:
        return None
    return of_clusters if measured.clusters else few
