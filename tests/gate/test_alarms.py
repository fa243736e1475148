"""How often rules block where nothing changed."""

import datetime as dt
from collections.abc import Sequence

import pytest

from evalgate.domain.alarms import RuleAlarms
from evalgate.domain.sheet import Mark
from evalgate.gate.alarms import alarms_of, is_alike
from evalgate.gate.intervals import clopper_pearson
from evalgate.gate.ruling import Sheets, Verdicts, rule_on
from gate_sheets import UNREAD, rule, sheet

TODAY = dt.date(2026, 3, 20)


def held(ours: Sequence[Mark], before: Sequence[Mark]) -> Verdicts:
    rules = [rule("max_drop", 0.05), rule("at_least", 0.5, on_undecided="block")]
    return rule_on(rules, Sheets(sheet(ours), sheet(before)), (), TODAY)


MANY: list[Mark] = [1.0] * 40
WORSE: list[Mark] = [0.0 if place < 12 else 1.0 for place in range(40)]
HALF: list[Mark] = [0.0, 1.0] * 20


def test_pairs_are_counted_by_what_they_would_have_meant() -> None:
    """A failure is exit 1, what is undecided and blocks is exit 3."""
    said = [held(MANY, MANY), held(WORSE, MANY), held(MANY, WORSE), held(HALF, HALF)]
    assert [verdicts.exit_code for verdicts in said] == [0, 1, 0, 3]

    found = alarms_of(said, independent=2, alike=2)

    assert (found.pairs, found.independent, found.alike) == (4, 2, 2)
    assert (found.blocked, found.failed) == (2, 1)
    assert found.by_rule == (
        RuleAlarms(rule="mean of s max drop 0.05", blocked=1),
        RuleAlarms(rule="mean of s at least 0.5", blocked=1),
    )


@pytest.mark.parametrize(
    ("runs", "at_most"),
    # none of n blocked: the bound is 1 - 0.05 ** (1 / n)
    [(2, 0.95), (5, 0.7764), (10, 0.4507), (118, 0.0495)],
)
def test_the_bound_counts_independent_pairs_alone(runs: int, at_most: float) -> None:
    """Five runs are 20 ordered pairs, of which no more than two share no run."""
    pairs = [held(MANY, MANY)] * 4

    found = alarms_of(pairs, independent=runs // 2)

    assert round(found.at_most, 4) == at_most


def test_the_bound_takes_the_share_that_was_blocked() -> None:
    said = [held(WORSE, MANY), held(MANY, WORSE)] * 3

    found = alarms_of(said, independent=4)

    assert found.blocked == 3
    assert found.at_most == clopper_pearson(2, 4, 0.05).upper


def test_runs_are_alike_when_no_score_differs() -> None:
    assert is_alike(sheet([1.0, UNREAD]), sheet([1.0, UNREAD]))
    assert not is_alike(sheet([1.0, UNREAD]), sheet([1.0, 0.0]))
