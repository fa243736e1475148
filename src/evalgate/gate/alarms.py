"""How often rules block where nothing changed, and how sure that is."""

from collections import Counter
from collections.abc import Sequence

from evalgate.domain.alarms import Alarms, RuleAlarms
from evalgate.domain.sheet import Scoresheet, marks_of
from evalgate.errors import ExitCode
from evalgate.gate.intervals import clopper_pearson
from evalgate.gate.ruling import Verdicts

ALPHA = 0.05


def alarms_of(held: Sequence[Verdicts], independent: int, alike: int = 0) -> Alarms:
    """Count the pairs that were blocked; the bound rests on the independent ones alone.

    Averaged over all ways to pair runs up, no more pairs are independent than half the runs
    (Hoeffding 1963), so that the counts are taken as if there were so few.
    """
    blocked = sum(verdicts.exit_code is not ExitCode.OK for verdicts in held)
    rules = Counter(
        str(ruling.finding.rule)
        for verdicts in held
        for ruling in verdicts.rulings
        if ruling.exit_code != ExitCode.OK
    )
    bounds = clopper_pearson(blocked * independent / len(held), independent, ALPHA)
    return Alarms(
        pairs=len(held),
        independent=independent,
        alike=alike,
        blocked=blocked,
        failed=sum(verdicts.exit_code is ExitCode.FAILED for verdicts in held),
        at_most=bounds.upper,
        by_rule=tuple(RuleAlarms(rule=rule, blocked=times) for rule, times in rules.items()),
    )


def is_alike(one: Scoresheet, other: Scoresheet) -> bool:
    """True when no case differs in any score."""
    return all(
        marks_of(column, case) == marks_of(other.columns[name], case)
        for name, column in one.columns.items()
        for case in one.cases
    )
