"""Which cases a finding rests on."""

import pytest

from evalgate.domain.rule import Rule
from evalgate.domain.scale import MEASURED
from evalgate.gate.behind import CasesBehind, cases_behind
from gate_sheets import GONE, STARS, UNREAD, rule, sheet


def test_cases_of_a_comparison_are_worse_better_or_the_same() -> None:
    behind = cases_behind(
        rule("max_drop", 0.1),
        sheet([0.0, 1.0, 1.0, GONE, UNREAD]),
        sheet([1.0, 0.0, 1.0, 1.0, 1.0]),
    )

    assert behind == CasesBehind(
        against=("c0000", "c0003"),
        in_favour=("c0001",),
        neutral=("c0002",),
        not_produced=("c0003",),
        missing=("c0004",),
    )


@pytest.mark.parametrize(
    ("held", "scale", "against"),
    [
        (rule("at_least", 3), STARS, ("c0000", "c0001")),
        (rule("at_most", 3), MEASURED, ("c0002",)),
        (rule("at_most", 3, stat="p95"), MEASURED, ("c0002",)),
    ],
    ids=["at least", "at most", "quantile"],
)
def test_cases_of_a_threshold_lie_beside_the_mean(
    held: Rule, scale: object, against: tuple[str, ...]
) -> None:
    marks = [1.0, 2.0, 5.0]

    run = sheet(marks, STARS if scale is STARS else MEASURED)

    assert cases_behind(held, run, None).against == against


def test_without_a_baseline_nothing_is_behind_a_comparison() -> None:
    assert cases_behind(rule("max_drop", 0.1), sheet([1.0, 0.0]), None) == ((), (), (), (), ())


def test_all_scores_missing_is_behind_nothing() -> None:
    assert cases_behind(rule("at_least", 0.1), sheet([UNREAD]), None).missing == ("c0000",)
