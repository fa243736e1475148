"""Which waivers are in force, and which are not."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from evalgate.domain.decision_warnings import TooManyWaived, WaiverNotInForce
from evalgate.domain.sheet import Scoresheet
from evalgate.domain.specs import MOST_WAIVED, Waiver


class Waived(NamedTuple):
    """What may be bad today; `idle` are waivers of cases that the run does not have."""

    rules: Mapping[str, Waiver]
    cases: Mapping[str, Waiver]
    idle: tuple[Waiver, ...]
    warnings: tuple[WaiverNotInForce | TooManyWaived, ...]


def waived_in(sheet: Scoresheet, waivers: Sequence[Waiver], today: dt.date) -> Waived:
    """Sort the waivers that are in force; more cases than may be waived are none."""
    active = [waiver for waiver in waivers if waiver.in_force(today)]
    warnings: list[WaiverNotInForce | TooManyWaived] = [
        WaiverNotInForce(waiver=waiver) for waiver in waivers if waiver not in active
    ]
    rules = {waiver.rule: waiver for waiver in active if waiver.rule}
    cases = {waiver.case: waiver for waiver in active if waiver.case and waiver.case in sheet.cases}
    idle = [waiver for waiver in active if waiver.case and waiver.case not in sheet.cases]
    if len(cases) > MOST_WAIVED * len(sheet.cases):
        warnings.append(TooManyWaived(waived=len(cases), cases=len(sheet.cases)))
        cases = {}
    return Waived(rules, cases, tuple(idle), tuple(warnings))


def without_cases(sheet: Scoresheet, left_out: Collection[str]) -> Scoresheet:
    """The same run without some cases."""
    kept = {case: facts for case, facts in sheet.cases.items() if case not in left_out}
    return replace(sheet, cases=kept)
