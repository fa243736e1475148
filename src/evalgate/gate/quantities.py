"""Marks into numbers: what a rule compares in each case, observed, at worst and at best."""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from evalgate.domain.finding import Counts
from evalgate.domain.rule import QUANTILES, Rule
from evalgate.domain.scale import SPENDING_SCORES, Scale
from evalgate.domain.sheet import Absence, Column, Mark, Scoresheet
from evalgate.gate.limit import baseline_factor
from evalgate.gate.subject import Shape, is_in_slice, shape_of


class Quantity(NamedTuple):
    """One case's number, three times; None where it is missing or the scale has no end there."""

    observed: float | None
    at_worst: float | None
    at_best: float | None
    counts: bool = True  # False: there is nothing to measure, and nothing is missing


NOTHING = Quantity(None, None, None, counts=False)


class Quantities(NamedTuple):
    """The numbers of all chosen cases, what shape they have, and what happened to the cases."""

    shape: Shape
    numbers: Sequence[Quantity]
    counts: Counts
    baseline_mean: float | None = None


def chosen_cases(rule: Rule, candidate: Scoresheet, baseline: Scoresheet | None) -> list[str]:
    """The cases that the rule is about; with a baseline, a case whose inputs changed is new."""
    known = baseline.cases if baseline else {}
    chosen = []
    for case_id, facts in candidate.cases.items():
        if not is_in_slice(facts.slices, rule.slice):
            continue
        twin = known.get(case_id)
        existing = twin is not None and twin.inputs_digest == facts.inputs_digest
        if rule.applies_to == "new" and existing:
            continue
        if (rule.applies_to == "existing" or rule.needs_baseline) and not existing:
            continue
        chosen.append(case_id)
    return chosen


def quantities_of(
    rule: Rule, cases: Sequence[str], candidate: Column, baseline: Column | None
) -> Quantities:
    """Read the chosen cases' marks as the numbers that the rule compares."""
    read, shape = _reader(rule, candidate.scale), shape_of(rule, candidate.scale)
    our_marks = _marks(cases, candidate, candidate.scale)
    ours = [read(mark) for mark in our_marks]
    if not rule.needs_baseline or baseline is None:
        return Quantities(shape, ours, _counts(our_marks))
    factor = baseline_factor(rule, candidate.scale)
    their_marks = _marks(cases, baseline, candidate.scale)
    theirs = [read(mark) for mark in their_marks]
    numbers = [_difference(our, their, factor) for our, their in zip(ours, theirs, strict=True)]
    lost_on_their_side = sum(
        _is_absent(their) and not _is_absent(our)
        for our, their in zip(our_marks, their_marks, strict=True)
    )
    observed = [number.observed for number in theirs if number.observed is not None]
    mean = math.fsum(observed) / len(observed) if observed else None
    return Quantities(shape, numbers, _counts(our_marks, lost_on_their_side), mean)


def _marks(cases: Sequence[str], column: Column, scale: Scale) -> list[Mark]:
    """The cases' marks; a number that the scale cannot hold, NaN above all, is no score."""
    marks = [column.marks.get(case, Absence.UNSCORED) for case in cases]
    return [
        mark if isinstance(mark, Absence) or scale.holds(mark) else Absence.UNSCORED
        for mark in marks
    ]


def _reader(rule: Rule, scale: Scale) -> Callable[[Mark], Quantity]:
    """How one mark becomes a number: itself, whether it passes, or whether it is beyond."""
    if rule.stat == "rate":
        bad = 1.0 if rule.at_most is not None else 0.0
        return lambda mark: _yes_or_no(mark, lambda score: _passes(rule, scale, score), bad=bad)
    if rule.stat in QUANTILES:
        spending = rule.score in SPENDING_SCORES
        return lambda mark: (
            NOTHING
            if spending and mark is Absence.NOT_PRODUCED
            else _yes_or_no(mark, lambda score: _is_beyond(rule, score), bad=1.0)
        )
    worst, best = _ends(rule, scale)
    return lambda mark: _plain(rule, mark, worst, best)


def _ends(rule: Rule, scale: Scale) -> tuple[float | None, float | None]:
    """The worst and the best score for this rule: what it limits from above is worst when high."""
    if rule.at_least is not None:
        return scale.low, scale.high
    if rule.at_most is not None:
        return scale.high, scale.low
    return scale.worst, scale.best


def _passes(rule: Rule, scale: Scale, score: float) -> bool:
    assert rule.pass_at is not None, "a rate has pass_at"
    return score >= rule.pass_at if scale.better == "higher" else score <= rule.pass_at


def _is_beyond(rule: Rule, score: float) -> bool:
    assert rule.threshold is not None, "a quantile has a threshold"
    return score > rule.threshold if rule.at_most is not None else score < rule.threshold


def _yes_or_no(mark: Mark, test: Callable[[float], bool], *, bad: float) -> Quantity:
    match mark:
        case Absence.NOT_PRODUCED:
            return Quantity(bad, bad, bad)
        case Absence():
            return Quantity(None, bad, 1.0 - bad)
        case score:
            number = 1.0 if test(score) else 0.0
            return Quantity(number, number, number)


def _plain(rule: Rule, mark: Mark, worst: float | None, best: float | None) -> Quantity:
    match mark:
        case Absence.NOT_PRODUCED if rule.score in SPENDING_SCORES:
            return NOTHING  # what was not produced has no price; see `crashing_is_cheap`
        case Absence.NOT_PRODUCED:
            return Quantity(worst, worst, worst)
        case Absence():
            return Quantity(None, worst, best)
        case score:
            return Quantity(score, score, score)


def _difference(ours: Quantity, theirs: Quantity, factor: float) -> Quantity:
    """Candidate minus baseline; the baseline at its best is the candidate's worst case."""
    return Quantity(
        _minus(ours.observed, theirs.observed, factor),
        _minus(ours.at_worst, theirs.at_best, factor),
        _minus(ours.at_best, theirs.at_worst, factor),
        ours.counts and theirs.counts,
    )


def _minus(ours: float | None, theirs: float | None, factor: float) -> float | None:
    return None if ours is None or theirs is None else ours - factor * theirs


def _is_absent(mark: Mark) -> bool:
    return mark in (Absence.UNANSWERED, Absence.UNSCORED)


def _counts(marks: Sequence[Mark], lost_on_their_side: int = 0) -> Counts:
    absent = {kind: sum(mark is kind for mark in marks) for kind in Absence}
    return Counts(
        cases=len(marks),
        scored=len(marks) - sum(absent.values()),
        not_produced=absent[Absence.NOT_PRODUCED],
        unanswered=absent[Absence.UNANSWERED],
        unscored=absent[Absence.UNSCORED],
        baseline_missing=lost_on_their_side,
    )


def every_side(numbers: Sequence[Quantity]) -> Iterator[list[float | None] | None]:
    """Each case's number, observed, then at worst and at best; None where a side has no end.

    A case that has none, or nothing to measure, stays in its place without a number.
    """
    yield [number.observed for number in numbers]
    for side in ([n.at_worst for n in numbers], [n.at_best for n in numbers]):
        pairs = zip(side, numbers, strict=True)
        yield None if any(found is None and number.counts for found, number in pairs) else side
