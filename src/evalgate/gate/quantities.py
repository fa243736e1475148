"""Marks into numbers: what a rule compares in each case, observed, at worst and at best."""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from evalgate.domain.finding import Counts
from evalgate.domain.rule import QUANTILES, Rule
from evalgate.domain.scale import SPENDING_SCORES, Scale
from evalgate.domain.sheet import Absence, Column, Mark, Scoresheet, marks_of, trials_of
from evalgate.gate.limit import baseline_factor
from evalgate.gate.subject import Shape, is_in_slice, shape_of
from evalgate.gate.trials import NOTHING, Quantity, joined


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
    read, scale = _reader(rule, candidate.scale), candidate.scale
    our_marks = _marks(cases, candidate, scale)
    ours = [joined(rule, [read(mark) for mark in marks]) for marks in our_marks]
    counts = _counts(our_marks, candidate.trials)
    if not rule.needs_baseline or baseline is None:
        return Quantities(shape_of(rule, scale), ours, counts)
    factor = baseline_factor(rule, scale)
    their_marks = _marks(cases, baseline, scale)
    theirs = [joined(rule, [read(mark) for mark in marks]) for marks in their_marks]
    numbers = [_difference(our, their, factor) for our, their in zip(ours, theirs, strict=True)]
    observed = [number.observed for number in theirs if number.observed is not None]
    return Quantities(
        shape_of(rule, scale),
        numbers,
        counts.model_copy(
            update={
                "baseline_missing": _lost_on_their_side(our_marks, their_marks),
                "baseline_trials": None if baseline.trials == candidate.trials else baseline.trials,
            }
        ),
        math.fsum(observed) / len(observed) if observed else None,
    )


def column_of(rule: Rule, baseline: Scoresheet, scale: Scale) -> Column:
    """The baseline's column; one without the score is one whose scores are all missing."""
    absent = Column(scale, {}, trials_of(baseline))
    return baseline.columns.get(rule.score, absent)


def _marks(cases: Sequence[str], column: Column, scale: Scale) -> list[tuple[Mark, ...]]:
    """Each case's marks; a number that the scale cannot hold, NaN above all, is no score."""
    return [
        tuple(
            mark if isinstance(mark, Absence) or scale.holds(mark) else Absence.UNSCORED
            for mark in marks_of(column, case)
        )
        for case in cases
    ]


def _lost_on_their_side(ours: Sequence[Sequence[Mark]], theirs: Sequence[Sequence[Mark]]) -> int:
    """How many of our answers have nothing to be held against, beside those that are missing."""
    lost = 0.0
    for our, their in zip(ours, theirs, strict=True):
        on_theirs = sum(map(_is_absent, their)) / len(their) * len(our)
        lost += max(on_theirs - sum(map(_is_absent, our)), 0.0)
    return math.ceil(lost - 1e-9)


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


def _counts(marks: Sequence[Sequence[Mark]], trials: int) -> Counts:
    absent = {kind: sum(mark is kind for case in marks for mark in case) for kind in Absence}
    return Counts(
        cases=len(marks),
        trials=trials,
        scored=len(marks) * trials - sum(absent.values()),
        not_produced=absent[Absence.NOT_PRODUCED],
        unanswered=absent[Absence.UNANSWERED],
        unscored=absent[Absence.UNSCORED],
    )


def every_side(numbers: Sequence[Quantity]) -> Iterator[list[float | None] | None]:
    """Each case's number, observed, then at worst and at best; None where a side has no end.

    A case that has none, or nothing to measure, stays in its place without a number.
    """
    yield [number.observed for number in numbers]
    for side in ([n.at_worst for n in numbers], [n.at_best for n in numbers]):
        pairs = zip(side, numbers, strict=True)
        yield None if any(found is None and number.counts for found, number in pairs) else side
