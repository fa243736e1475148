"""Which cases a finding rests on."""

from typing import NamedTuple

from evalgate.domain.rule import Rule
from evalgate.domain.sheet import Absence, Scoresheet, marks_of
from evalgate.gate.limit import limit_of
from evalgate.gate.quantities import chosen_cases, column_of, quantities_of


class CasesBehind(NamedTuple):
    """Case ids by what they do to a rule; `against` pulls it towards failing."""

    against: tuple[str, ...]
    in_favour: tuple[str, ...]
    neutral: tuple[str, ...]
    not_produced: tuple[str, ...]
    missing: tuple[str, ...]


def cases_behind(rule: Rule, candidate: Scoresheet, baseline: Scoresheet | None) -> CasesBehind:
    """Sort a rule's cases: worse, better and the same for a baseline rule, else beside the mean."""
    column = candidate.columns[rule.score]
    side = limit_of(rule, column.scale).side
    cases = chosen_cases(rule, candidate, baseline)
    theirs = column_of(rule, baseline, column.scale) if baseline else None
    read = quantities_of(rule, cases, column, theirs)
    seen = [number.observed for number in read.numbers if number.observed is not None]
    middle = 0.0 if rule.needs_baseline or not seen else sum(seen) / len(seen)
    against, in_favour, neutral, not_produced, missing = [], [], [], [], []
    for case, number in zip(cases, read.numbers, strict=True):
        if Absence.NOT_PRODUCED in marks_of(column, case):
            not_produced.append(case)
        if number.observed is None:
            missing.append(case)
        elif number.observed == middle:
            neutral.append(case)
        elif (number.observed < middle) == (side == "at_least"):
            against.append(case)
        else:
            in_favour.append(case)
    lists = (against, in_favour, neutral, not_produced, missing)
    return CasesBehind(*(tuple(found) for found in lists))
