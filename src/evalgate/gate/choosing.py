"""Which method bounds which numbers, and where there is none."""

import math
from collections.abc import Sequence
from typing import Literal, NamedTuple, assert_never

from evalgate.gate.clusters import Cluster
from evalgate.gate.limit import Ends
from evalgate.gate.means import (
    FEWEST_CASES,
    FEWEST_DIFFERENT,
    different,
    tail_of,
    worst_row,
)
from evalgate.gate.methods import Mean, Method, PairedShares, Share

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
    numbers = measured.numbers
    if measured.clusters:
        return NoMethod("no interval for clustered cases yet")
    match measured.kind:
        case "proportion":
            return Share(sum(number == 1.0 for number in numbers), len(numbers))
        case "paired":
            wins, losses = sum(n > 0 for n in numbers), sum(n < 0 for n in numbers)
            return PairedShares(wins, losses, len(numbers))
        case "general":
            return _mean(numbers, measured.ends)
        case _:
            assert_never(measured.kind)


def _mean(numbers: Sequence[float], ends: Ends) -> Method | NoMethod:
    estimate, few = math.fsum(numbers) / len(numbers), _too_few(numbers, ends)
    if not few:
        tail = tail_of(numbers)
        return Mean("Student and Hall", estimate, (tail, tail.mirrored()), ends, len(numbers))
    if ends.low is None or ends.high is None:
        return NoMethod(f"no interval {few}, {ENDLESS}")
    tails = worst_row(numbers, ends.low), worst_row([-number for number in numbers], -ends.high)
    return Mean("Student with a worst row", estimate, tails, ends, len(numbers))


def _too_few(numbers: Sequence[float], ends: Ends) -> str:
    """Why the spread that was seen cannot be relied on; empty when it can."""
    if len(numbers) < FEWEST_CASES:
        return f"for fewer than {FEWEST_CASES} cases"
    if different(numbers, ends) < FEWEST_DIFFERENT:
        return f"where fewer than {FEWEST_DIFFERENT} cases differ"
    return ""
