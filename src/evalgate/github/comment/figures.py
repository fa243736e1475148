"""A rule's numbers side by side: baseline, candidate, and the difference with its interval."""

import math
from typing import NamedTuple

from evalgate.domain.decision import Decision, Ruling
from evalgate.domain.rule import Rule
from evalgate.domain.sheet import Column, Scoresheet
from evalgate.gate.quantities import chosen_cases, quantities_of
from evalgate.report.evidence_text import ABSENT, shown
from evalgate.report.numbers import number, signed


class Sheets(NamedTuple):
    """Both sides of a decision."""

    candidate: Scoresheet
    baseline: Scoresheet | None


class Figures(NamedTuple):
    """Texts. Bounds, and what was needed, are of the difference or else of the candidate."""

    baseline: str
    candidate: str
    difference: str
    bounds: str  # empty for a fact, and where there are none
    needed: str
    on_difference: bool


def sheets_of(decision: Decision) -> Sheets:
    """The evidence of a decision, as the gate reads it."""
    baseline = decision.baseline
    return Sheets(decision.candidate.sheet(), baseline.sheet() if baseline else None)


def figures_of(ruling: Ruling, sheets: Sheets) -> Figures:
    """What a rule compared; for a threshold also what the baseline has, where there is one."""
    finding, rule = ruling.finding, ruling.finding.rule
    cases = chosen_cases(rule, *sheets)
    known = sheets.baseline.cases if sheets.baseline else {}
    theirs = _level(rule, [case for case in cases if case in known], sheets.baseline)
    ours = _level(rule, cases, sheets.candidate)
    texts = shown(finding, finding.observed)
    is_fact = finding.observed is not None and finding.observed.method == "fact"
    bounds = "" if is_fact or texts.lower == ABSENT else texts.bounds
    needed = "" if texts.needed == ABSENT else texts.needed
    if rule.needs_baseline:
        return Figures(_text(theirs), _text(ours), texts.estimate, bounds, needed, True)
    change = ABSENT if ours is None or theirs is None else signed(ours - theirs)
    return Figures(_text(theirs), texts.estimate, change, bounds, needed, False)


def _text(value: float | None) -> str:
    return ABSENT if value is None else number(value)


def _level(rule: Rule, cases: list[str], sheet: Scoresheet | None) -> float | None:
    """The rule's own statistic on one side; None where no case has a score."""
    column: Column | None = sheet.columns.get(rule.score) if sheet else None
    if column is None:
        return None
    read = quantities_of(rule, cases, column, None)
    found = [one.observed for one in read.numbers if one.observed is not None]
    if not found:
        return None
    match rule.stat:
        case "total":
            return math.fsum(found)
        case "min":
            return min(found)
        case "max":
            return max(found)
        case _:
            return math.fsum(found) / len(found)
