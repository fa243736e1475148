"""Pairs of runs as chance makes them: one row for each pair, one column for each case.

Where there are several trials each case has a number for each of them.

The share `flips` of the cases differs between two runs of one system, as often to the better as to
the worse; a candidate that is worse loses `drop` of the score on average in addition.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

Marks = np.ndarray[Any, np.dtype[np.float64]]
Chance = np.random.Generator

SIZES = (2, 8, 5, 3, 7)
"""How many cases the documents have, again and again: five on average."""
TRIALS = 3
SLICES = 10
TOGETHER = 0.5
"""How probable it is that a case does what its document does: clusters correlate by its square."""
ICC = 0.5
UNSCORED = 0.05
"""How often the judge fails on an answer that is wrong."""
LONGEST = 0.51
"""The most that a share loses when it loses something."""


class Asked(NamedTuple):
    """How many pairs of how many cases, and what is true of them."""

    runs: int
    cases: int
    flips: float
    drop: float


class Drawn(NamedTuple):
    """The later and the earlier run's scores; NaN where there is none."""

    new: Marks
    old: Marks


Draw = Callable[[Chance, Asked], Drawn]


def binary(chance: Chance, asked: Asked) -> Drawn:
    """Four cases of five are right in both runs, but for those that change sides."""
    return _two_valued(chance.random((asked.runs, asked.cases)), chance, asked)


def _two_valued(state: Marks, chance: Chance, asked: Asked) -> Drawn:
    """Lost, won or the same, by where a number between 0 and 1 lies."""
    losing = asked.flips / 2 + asked.drop
    same = np.where(chance.random(state.shape) < 0.8, 1.0, 0.0)
    lost, won = state < losing, (state >= losing) & (state < losing + asked.flips / 2)
    return Drawn(np.where(won, 1.0, same * ~lost), np.where(lost, 1.0, same * ~won))


def clustered(chance: Chance, asked: Asked) -> Drawn:
    """A case does what its document does in half of the cases, and else what it likes."""
    documents = document_of(asked.cases)
    shape = (asked.runs, asked.cases)
    theirs = chance.random((asked.runs, documents[-1] + 1))[:, documents]
    own = chance.random(shape)
    state = np.where(chance.random(shape) < TOGETHER, theirs, own)
    return _two_valued(state, chance, asked)


def document_of(cases: int) -> list[int]:
    """The document of each case."""
    found: list[int] = []
    while len(found) < cases:
        document = found[-1] + 1 if found else 0
        found += [document] * SIZES[document % len(SIZES)]
    return found[:cases]


def one_slice(chance: Chance, asked: Asked) -> Drawn:
    """Every tenth case belongs to one slice; what is worse is worse in the first one alone."""
    new, old = binary(chance, asked._replace(drop=0.0))
    worse = binary(chance, asked)
    new[:, ::SLICES], old[:, ::SLICES] = worse.new[:, ::SLICES], worse.old[:, ::SLICES]
    return Drawn(new, old)


def with_gaps(chance: Chance, asked: Asked) -> Drawn:
    """The judge fails on one in twenty answers that are wrong, in both runs."""
    drawn = binary(chance, asked)
    for side in drawn:
        side[(side == 0.0) & (chance.random(side.shape) < UNSCORED)] = np.nan
    return drawn


def stars(chance: Chance, asked: Asked) -> Drawn:
    """Grades from 1 to 5; those that differ do by one star or two, a loss is one star."""
    shape = (asked.runs, asked.cases)
    old = chance.choice([2.0, 3.0, 3.0, 4.0], shape)
    step = chance.choice([-2.0, -1.0, -1.0, 1.0, 1.0, 2.0], shape)
    state = chance.random(shape)
    new = np.where(state < asked.flips, np.clip(old + step, 1.0, 5.0), old)
    lost = (state >= asked.flips) & (state < asked.flips + asked.drop)
    return Drawn(new - lost, old)


def shares(chance: Chance, asked: Asked) -> Drawn:
    """Shares from 0 to 1, drawn anew where the answers differ; some cases lose up to the half."""
    shape = (asked.runs, asked.cases)
    old, again = (LONGEST + (1 - LONGEST) * chance.beta(2.0, 2.0, shape) for _ in range(2))
    new = np.where(chance.random(shape) < asked.flips, again, old)
    hit = chance.random(shape) < asked.drop / (LONGEST / 2)
    return Drawn(new - hit * chance.uniform(0.0, LONGEST, shape), old)


def skewed(chance: Chance, asked: Asked) -> Drawn:
    """Most cases gain a little and few lose much: gamma-shaped losses, equal on average."""
    shape = (asked.runs, asked.cases)
    gain, few = 0.02, 0.1
    losses = np.minimum(chance.gamma(few, gain / few, shape), 0.8 + gain)
    return Drawn(0.8 + gain - losses, np.full(shape, 0.8 + asked.drop))


def alike_in_documents(chance: Chance, asked: Asked) -> Drawn:
    """Right answers are common in one document and rare in another; four of five are right."""
    documents = document_of(asked.cases)
    right, spread = 0.8 - asked.drop, 1 / ICC - 1
    chances = chance.beta(right * spread, (1 - right) * spread, (asked.runs, documents[-1] + 1))
    new = np.where(chance.random((asked.runs, asked.cases)) < chances[:, documents], 1.0, 0.0)
    return Drawn(new, new)


def three_trials(chance: Chance, asked: Asked) -> Drawn:
    """Some cases are right half of the time, and so differ from trial to trial."""
    shape = (asked.runs, asked.cases, 1)
    state = chance.random(shape)
    shaky, lost = state < 2 * asked.flips, state >= 1 - asked.drop
    stable = np.where(chance.random(shape) < 0.8, 1.0, 0.0)
    old = np.where(shaky, 0.5, np.where(lost, 1.0, stable))
    new = np.where(lost, 0.0, old)
    many = (asked.runs, asked.cases, TRIALS)
    return Drawn(*(np.where(chance.random(many) < side, 1.0, 0.0) for side in (new, old)))
