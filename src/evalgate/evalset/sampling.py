"""A random choice of cases that a seed repeats."""

import random
from collections.abc import Iterable

from evalgate.domain.case import Case


def choose(cases: Iterable[Case], count: int, seed: int) -> list[Case]:
    """Choose `count` cases, each as likely as any other, in the order they came in.

    Holds the chosen ones only. Fewer cases than `count` are all chosen.
    """
    draw = random.Random(seed)  # noqa: S311 - a choice to be repeated, not a secret
    chosen: list[tuple[int, Case]] = []
    for index, case in enumerate(cases):
        if len(chosen) < count:
            chosen.append((index, case))
            continue
        place = draw.randrange(index + 1)
        if place < count:
            chosen[place] = (index, case)
    return [case for _, case in sorted(chosen, key=lambda pair: pair[0])]
