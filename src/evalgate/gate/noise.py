"""What repeated answers to the same questions say of a score, and of the margin it needs."""

import math
from collections.abc import Sequence
from itertools import combinations
from random import Random
from statistics import fmean

from evalgate.domain.case import SliceValue
from evalgate.domain.finding import NoMethod
from evalgate.domain.noise import ScoreNoise
from evalgate.domain.rule import Margin, Rule
from evalgate.domain.scale import Scale
from evalgate.domain.sheet import CaseMark, Column, Marks, Scoresheet, marks_of
from evalgate.gate.deciding import decide
from evalgate.gate.power.detecting import reach
from evalgate.gate.quantities import chosen_cases, quantities_of

WRITTEN = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
"""First digits of a margin that a person would write."""


def repeats_of(sheet: Scoresheet, trials: int) -> list[Scoresheet]:
    """A run's answers as several runs, each with so many trials of every case."""
    total = max((column.trials for column in sheet.columns.values()), default=1)
    firsts = range(0, total - trials + 1, trials)
    return [_picked(sheet, dict.fromkeys(sheet.cases, first), trials) for first in firsts]


def mixed(
    sheet: Scoresheet, trials: int, repeats: int, chance: Random
) -> tuple[Scoresheet, Scoresheet]:
    """Two runs that could have been: each case's answers are those of two different repeats."""
    drawn = {case: chance.sample(range(repeats), 2) for case in sheet.cases}
    ours, theirs = (
        _picked(sheet, {case: two[side] * trials for case, two in drawn.items()}, trials)
        for side in (0, 1)
    )
    return ours, theirs


def _picked(sheet: Scoresheet, firsts: dict[str, int], trials: int) -> Scoresheet:
    """The answers from a case's first one on, as a run of its own."""
    positions = {case: place for place, case in enumerate(sheet.cases)}

    def marks(column: Column) -> list[CaseMark]:
        found = []
        for case, first in firsts.items():
            several = marks_of(column, case)[first : first + trials]
            found.append(several if trials > 1 else several[0])
        return found

    columns = {
        name: Column(column.scale, Marks(positions, marks(column)), trials)
        for name, column in sheet.columns.items()
    }
    return Scoresheet(sheet.cases, columns, sheet.partial)


def drop_rule(score: str, scale: Scale, where: dict[str, SliceValue]) -> Rule:
    """The rule that allows no drop at all."""
    nothing = Margin(value=0.0)
    if scale.better == "lower":
        return Rule(score=score, max_rise=nothing, slice=where)
    return Rule(score=score, max_drop=nothing, slice=where)


def noise_of(rule: Rule, answers: Sequence[Scoresheet], trials: int) -> ScoreNoise:
    """How much a score varies over single answers, and the margin that runs of `trials` need."""
    first = answers[0]
    scale = first.columns[rule.score].scale
    cases = chosen_cases(rule, first, first)
    every = [quantities_of(rule, cases, each.columns[rule.score], None) for each in answers]
    by_case = [
        [number.observed for number in several]
        for several in zip(*(each.numbers for each in every), strict=True)
    ]
    scores = [[score for score in several if score is not None] for several in by_case]
    repeated = [several for several in scores if len(several) > 1]
    not_produced = sum(each.counts.not_produced for each in every)
    silent = not_produced == len(cases) * len(answers)  # always the worst score: that is no calm
    margin, why = (None, None) if silent else _margin(rule, answers, trials)
    return ScoreNoise(
        score=rule.score,
        slice=dict(rule.slice),
        scale=scale,
        cases=len(cases),
        missing=len(cases) * len(answers) - sum(map(len, scores)),
        not_produced=not_produced,
        changed=sum(len(set(several)) > 1 for several in repeated),
        flips=fmean(map(_flips, repeated)) if repeated else None,
        variance=fmean(map(_variance, repeated)) if repeated else None,
        margin=margin,
        why=why,
    )


def _margin(
    rule: Rule, answers: Sequence[Scoresheet], trials: int
) -> tuple[float | None, NoMethod | None]:
    """By the spread that the gate's own methods see between any two answers."""
    found = [decide(rule, ours, theirs).observed for ours, theirs in _neighbours(answers)]
    seen = [evidence for evidence in found if evidence is not None]
    if not seen:
        return None, None
    spreads = [evidence.spread for evidence in seen if evidence.spread is not None]
    if len(spreads) < len(seen):
        return None, next(evidence.no_method for evidence in seen if evidence.spread is None)
    spread = math.sqrt(fmean(spread * spread for spread in spreads) / trials)
    cases = min(evidence.cases for evidence in seen)
    return as_people_write(reach(rule.alpha) * spread / math.sqrt(cases)), None


def _neighbours(answers: Sequence[Scoresheet]) -> list[tuple[Scoresheet, Scoresheet]]:
    """Every pair of up to five, and as many pairs for each of more."""
    count = len(answers)
    places = {tuple(sorted((one, (one + by) % count))) for one in range(count) for by in (1, 2)}
    return [(answers[one], answers[other]) for one, other in sorted(places) if one != other]


def as_people_write(margin: float) -> float:
    """The next larger number of few digits: 0.0437 becomes 0.05."""
    if margin <= 0.0:
        return 0.0
    power = math.floor(math.log10(margin))
    digits = margin / 10.0**power
    first = next((each for each in WRITTEN if each >= digits - 1e-9), WRITTEN[-1])
    return float(f"{first}e{power}")


def _flips(scores: Sequence[float]) -> float:
    return fmean(one != other for one, other in combinations(scores, 2))


def _variance(scores: Sequence[float]) -> float:
    mean = fmean(scores)
    return math.fsum((score - mean) ** 2 for score in scores) / (len(scores) - 1)
