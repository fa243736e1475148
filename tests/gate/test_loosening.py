"""Where a change asks less than its base: told for every key of a rule, and never for more."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.domain.loosening import Loosening, Softened
from evalgate.domain.rule import Rule
from evalgate.domain.specs import Gates, Suite, Waiver
from evalgate.gate.loosening import (
    loosened_gates,
    loosened_rules,
    loosened_suite,
    loosened_waivers,
)

DAY = dt.date(2026, 1, 10)


def kinds(base: dict[str, object], head: dict[str, object]) -> list[Softened]:
    """What is softer between two rules on one score."""
    before, after = (Rule.model_validate({"score": "s", **keys}) for keys in (base, head))
    return [found.kind for found in loosened_rules([before], [after])]


LEVEL: dict[str, object] = {"at_least": 0.5}
DROP: dict[str, object] = {"max_drop": 0.1}
SOFTER = [
    (LEVEL, {"at_least": 0.4}, Softened.THRESHOLD),
    ({"at_most": 3}, {"at_most": 4}, Softened.THRESHOLD),
    (DROP, {"max_drop": 0.2}, Softened.MARGIN),
    (DROP, {"max_drop": "1%"}, Softened.MARGIN),
    ({"max_rise": "5%"}, {"max_rise": "6%"}, Softened.MARGIN),
    ({"min_gain": 0.2}, {"min_gain": 0.1}, Softened.MARGIN),
    (LEVEL, {**LEVEL, "severity": "warn"}, Softened.SEVERITY),
    ({**LEVEL, "on_undecided": "block"}, LEVEL, Softened.ON_UNDECIDED),
    (LEVEL, {**LEVEL, "on_undecided": "estimate"}, Softened.ON_UNDECIDED),
    (LEVEL, {**LEVEL, "min_coverage": 0.9}, Softened.MIN_COVERAGE),
    ({**LEVEL, "min_cases": 9}, {**LEVEL, "min_cases": 8}, Softened.MIN_CASES),
    ({**LEVEL, "min_cases": 9}, LEVEL, Softened.MIN_CASES),
    (LEVEL, {**LEVEL, "confidence": 0.9}, Softened.CONFIDENCE),
    (LEVEL, {**LEVEL, "confidence": 0.99}, Softened.CONFIDENCE),
    (DROP, {**DROP, "fail": "strict"}, Softened.FAIL),
    (
        {**LEVEL, "stat": "rate", "pass_at": 3},
        {**LEVEL, "stat": "rate", "pass_at": 2},
        Softened.RATE,
    ),
]


@pytest.mark.parametrize(("base", "head", "kind"), SOFTER)
def test_what_is_softer(base: dict[str, object], head: dict[str, object], kind: Softened) -> None:
    """One key is, and that one is told."""
    assert kinds(base, head) == [kind]


STRICTER = [
    (LEVEL, {"at_least": 0.6}),
    ({"at_most": 3}, {"at_most": 2}),
    (DROP, {"max_drop": 0.05}),
    ({"min_gain": 0.2}, {"min_gain": 0.3}),
    ({**LEVEL, "severity": "warn"}, LEVEL),
    (LEVEL, {**LEVEL, "on_undecided": "block"}),
    (LEVEL, {**LEVEL, "min_coverage": 1}),
    (LEVEL, {**LEVEL, "min_cases": 8}),
    ({**LEVEL, "min_cases": 8}, {**LEVEL, "min_cases": 9}),
    (LEVEL, {**LEVEL, "confidence": 0.95}),
    ({**DROP, "fail": "strict"}, DROP),
]


@pytest.mark.parametrize(("base", "head"), STRICTER)
def test_what_is_not(base: dict[str, object], head: dict[str, object]) -> None:
    """To ask for more, or to write down what held anyway, is no loosening."""
    assert kinds(base, head) == []


@given(st.floats(0, 1), st.floats(0, 1))
def test_one_of_two_thresholds_is_softer(one: float, other: float) -> None:
    """Unless they are the same, exactly one of the two changes is told."""
    there = kinds({"at_least": one}, {"at_least": other})
    back = kinds({"at_least": other}, {"at_least": one})

    assert len(there) + len(back) == (one != other)


def test_a_rule_of_another_name_is_gone() -> None:
    """Who renames a judge or a slice has taken a rule away; a new rule is none that softens."""
    before = Rule.model_validate({"score": "s", "at_least": 0.5})
    after = Rule.model_validate({"score": "t", "at_least": 0.9})

    told = list(loosened_rules([before], [after]))

    assert told == [
        Loosening(kind=Softened.RULE_REMOVED, what="s.at_least", before="mean of s at least 0.5")
    ]
    assert list(loosened_rules([], [after])) == []


def test_a_missing_number_is_told_as_none() -> None:
    """Before and after stand in the report as people write them."""
    before, after = (
        Rule.model_validate({"score": "s", "at_least": 0.5, **keys})
        for keys in ({"min_cases": 9}, {})
    )

    (found,) = loosened_rules([before], [after])

    assert (found.before, found.after) == ("9", "none")


def suite(**keys: object) -> Suite:
    """A suite with one rule."""
    written: dict[str, object] = {
        "evalset": "q@v1",
        "baseline": "old",
        "judges": ["s", "t"],
        "trials": 3,
        "rules": [{"score": "s", "at_least": 0.5}],
    }
    return Suite.model_validate({**written, **keys})


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ({}, []),
        ({"trials": 4, "candidate": "another", "judges": ["s", "t", "u"]}, []),
        ({"baseline": None}, [("baseline", "old", "none")]),
        ({"trials": 2}, [("trials", "3", "2")]),
        ({"judges": ["s"]}, [("judge_removed", "", "")]),
    ],
)
def test_a_suite(keys: dict[str, object], told: list[tuple[str, str, str]]) -> None:
    """What is evaluated is the change itself, and no loosening."""
    found = loosened_suite("quiz", suite(), suite(**keys))

    assert [(str(each.kind), each.before, each.after) for each in found] == told


def test_the_whole_file() -> None:
    """A suite that is gone, and a policy that would let the next change through."""
    base = Gates.model_validate({"schema_version": 1, "suites": {"a": suite(), "b": suite()}})
    head = base.model_copy(update={"suites": {"a": suite()}, "policy_change": "warn"})

    told = [(str(each.kind), each.what) for each in loosened_gates(base, head)]

    assert told == [("suite_removed", "b"), ("policy_change", "policy_change")]
    assert list(loosened_gates(head, base)) == []


def waiver(start: int, days: int, **keys: object) -> Waiver:
    """A waiver of a case from a day on."""
    granted = DAY + dt.timedelta(start)
    written: dict[str, object] = {
        "suite": "quiz",
        "case": "q1",
        "owner": "ann",
        "reason": "known",
        "granted": granted,
        "expires": granted + dt.timedelta(days),
    }
    return Waiver.model_validate({**written, **keys})


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (waiver(0, 5), None),
        (waiver(1, 4), None),
        (waiver(0, 6), "waiver_extended"),
        (waiver(-1, 6), "waiver_extended"),
        (waiver(0, 5, case="q2"), "waiver_added"),
        (waiver(0, 5, case="q2", suite="more"), None),
        (waiver(0, 5, case=None, rule="s.at_least"), "waiver_added"),
    ],
)
def test_waivers(head: Waiver, kind: str | None) -> None:
    """A waiver may be shortened; those of another suite are told there."""
    found = [str(each.kind) for each in loosened_waivers("quiz", [waiver(0, 5)], [head])]

    assert found == ([kind] if kind else [])
