"""Two runs side by side, without any rule: what a score was, and how it moved."""

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from evalgate.domain.finding import Counts, Evidence
from evalgate.domain.rule import Margin, Rule
from evalgate.domain.sheet import Absence, Column, Mark, Scoresheet, marks_of
from evalgate.gate.deciding import decide
from evalgate.gate.quantities import quantities_of


class Level(NamedTuple):
    """A score's mean where there is one, over how many cases, and how many have none."""

    mean: float | None
    scored: int
    missing: int
    counts: Counts


def level_of(score: str, sheet: Scoresheet) -> Level:
    """The mean of a score; an answer that was not produced counts as the worst score."""
    column = sheet.columns[score]
    # the margin is never looked at: a rule against a baseline reads the marks by the scale's worst
    rule = Rule(score=score, max_drop=Margin(value=0.0))
    read = quantities_of(rule, list(sheet.cases), column, None)
    seen = [number.observed for number in read.numbers if number.observed is not None]
    mean = math.fsum(seen) / len(seen) if seen else None
    return Level(mean, len(seen), len(sheet.cases) - len(seen), read.counts)


def change_of(score: str, later: Scoresheet, first: Scoresheet) -> Evidence | None:
    """The paired difference of a score on the cases that both runs have."""
    lower_is_better = later.columns[score].scale.better == "lower"
    nothing = Margin(value=0.0)
    rule = (
        Rule(score=score, max_rise=nothing)
        if lower_is_better
        else Rule(score=score, max_drop=nothing)
    )
    return decide(rule, later, first).observed


def worse_cases(
    scores: Sequence[str], later: Scoresheet, first: Scoresheet
) -> Iterator[tuple[str, dict[str, float]]]:
    """The cases of both sheets in which a score dropped: which scores, and by how much."""
    for case, facts in later.cases.items():
        twin = first.cases.get(case)
        if twin is None or twin.inputs_digest != facts.inputs_digest:
            continue
        drops = {name: drop_of(name, case, later, first) for name in scores}
        if worse := {name: drop for name, drop in drops.items() if drop > 0}:
            yield case, worse


def drop_of(score: str, case: str, later: Scoresheet, first: Scoresheet) -> float:
    """By how much a case got worse, as a share of the scale where it has two ends; 0 if it did not.

    A missing score is no drop: nobody knows.
    """
    scale = later.columns[score].scale
    before = mark_of_case(first.columns[score], case)
    after = mark_of_case(later.columns[score], case)
    start, end = _number(before, scale.worst), _number(after, scale.worst)
    if start is None or end is None:
        return 0.0
    drop = start - end if scale.better == "higher" else end - start
    if scale.low is not None and scale.high is not None:
        drop /= scale.high - scale.low
    return max(drop, 0.0)


def mark_of_case(column: Column, case: str) -> Mark:
    """A case's mark; of several trials the mean of those that have one, or why none has."""
    marks = marks_of(column, case)
    if len(set(marks)) == 1:
        return marks[0]
    numbers = [found for mark in marks if (found := _number(mark, column.scale.worst)) is not None]
    if numbers:
        return math.fsum(numbers) / len(numbers)
    return next(mark for mark in marks if isinstance(mark, Absence))


def _number(mark: Mark, worst: float | None) -> float | None:
    match mark:
        case Absence.NOT_PRODUCED:
            return worst
        case Absence():
            return None
        case score:
            return score
