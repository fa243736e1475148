"""How often today's rules block where nothing changed, in a few lines."""

from collections.abc import Iterator

from evalgate.domain.alarms import Alarms
from evalgate.report.numbers import count, percent


def alarm_lines(alarms: Alarms) -> Iterator[str]:
    """Say how many pairs of one candidate are blocked, how sure that is, and by which rules."""
    share = percent(alarms.blocked / alarms.pairs)
    yield (
        f"{count(alarms.pairs, 'pair')} of runs of one candidate: {count(alarms.blocked)} blocked"
        f" ({share}), {count(alarms.failed)} of them failed"
    )
    yield (
        f"with 95% confidence at most {percent(alarms.at_most)} of such pairs are blocked:"
        f" {count(alarms.independent)} of them can be counted as independent (Clopper-Pearson)"
    )
    if alarms.alike:
        yield (
            f"{count(alarms.alike, 'pair')} do not differ in one score:"
            " where nothing was asked anew there is no noise"
        )
    for rule in alarms.by_rule:
        yield f"blocked by {rule.rule}: {count(rule.blocked, 'pair')}"


def mixed_line(alarms: Alarms) -> str:
    """Say how many pairs that were put together case by case are blocked."""
    return (
        f"{count(alarms.pairs, 'pair')} mixed case by case from two of the runs:"
        f" {count(alarms.blocked)} blocked ({percent(alarms.blocked / alarms.pairs)}),"
        f" at most {percent(alarms.at_most)} if cases vary by themselves"
    )
