"""What a waiver names must exist, and waivers stay few."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping

from evalgate.config.waivers import LoadedWaivers
from evalgate.domain.specs import MOST_WAIVED, Suite
from evalgate.errors import Problem
from evalgate.sources.nearest import did_you_mean


def waiver_problems(
    loaded: LoadedWaivers,
    suites: Mapping[str, Suite],
    case_ids: Mapping[str, Collection[str]],
    today: dt.date | None,
) -> Iterator[Problem]:
    """All that is wrong with the waivers; cases are checked where their ids were read.

    Only what is in force `today` counts among the few that may be waived; None: all of it.
    """
    waived: dict[str, dict[str, int]] = {}
    for index, waiver in enumerate(loaded.waivers.waivers):
        suite = suites.get(waiver.suite)
        if suite is None:
            fault = f"there is no suite {waiver.suite!r}"
            remedy = did_you_mean(waiver.suite, suites)
            yield loaded.problem(("waivers", index, "suite"), fault, remedy)
            continue
        rules = [rule.id for rule in suite.rules]
        if waiver.rule is not None and waiver.rule not in rules:
            fault = f"{waiver.suite} has no rule {waiver.rule!r}"
            remedy = did_you_mean(waiver.rule, rules)
            yield loaded.problem(("waivers", index, "rule"), fault, remedy)
        ids = case_ids.get(suite.evalset)
        if waiver.case is None or ids is None:
            continue
        if waiver.case not in ids:
            fault = f"{suite.evalset} has no case {waiver.case!r}"
            yield loaded.problem(("waivers", index, "case"), fault, "remove the waiver")
        elif today is None or waiver.in_force(today):
            waived.setdefault(waiver.suite, {})[waiver.case] = index
    yield from _too_many(loaded, suites, case_ids, waived)


def _too_many(
    loaded: LoadedWaivers,
    suites: Mapping[str, Suite],
    case_ids: Mapping[str, Collection[str]],
    waived: Mapping[str, Mapping[str, int]],
) -> Iterator[Problem]:
    for name, cases in waived.items():
        of = len(case_ids[suites[name].evalset])
        if len(cases) > MOST_WAIVED * of:
            fault = f"{len(cases)} of {of} cases of {name} are waived, 5 % at most may be"
            last = max(cases.values())
            yield loaded.problem(("waivers", last, "case"), fault, "mend some of them")
