"""A slice of fewer than 30 cases blocks only where its rule says that it may."""

import datetime as dt
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.domain.decision import Ruling, Why
from evalgate.domain.finding import Cause, Outcome, Verdict
from evalgate.domain.rule import SMALL_SLICE, Rule
from evalgate.domain.sheet import Mark
from evalgate.domain.specs import Waiver
from evalgate.errors import ExitCode
from evalgate.gate.ruling import Sheets, Verdicts, rule_on
from gate_sheets import GONE, UNREAD, case_name, rule, sheet

TODAY = dt.date(2026, 3, 20)
TOPIC = {"topic": "billing"}
OVERALL = rule("at_least", 0.1)


def on_slice(number: float = 0.5, **options: object) -> Rule:
    return rule("at_least", number, slice=TOPIC, **options)


def decided(
    rules: Sequence[Rule], marks: Sequence[Mark], waivers: Sequence[Waiver] = (), beside: int = 40
) -> Verdicts:
    """A run in which `marks` are those of the slice, beside so many right answers outside it."""
    slices = [TOPIC] * len(marks) + [{}] * beside
    run = sheet([*marks, *[1.0] * beside], slices=slices)
    return rule_on(rules, Sheets(run, None), waivers, TODAY)


def ruled(held: Rule, marks: Sequence[Mark]) -> Ruling:
    return decided([held], marks).rulings[0]


@pytest.mark.parametrize(
    ("marks", "verdict"),
    [
        ([0.0] * 29, Verdict.FAILED),
        ([1.0, 0.0] * 14, Verdict.UNDECIDED),
        ([1.0] * 29, Verdict.PASSED),
        ([GONE] * 29, Verdict.FAILED),
    ],
    ids=["failed", "noise", "passed", "nothing produced"],
)
@pytest.mark.parametrize("policy", ["warn", "block", "estimate"])
def test_a_small_slice_is_yellow_whatever_it_says(
    marks: Sequence[Mark], verdict: Verdict, policy: str
) -> None:
    """It does not block, and it is not green either: what cannot say no guards nothing."""
    ruling = ruled(on_slice(on_undecided=policy), marks)

    assert ruling.finding.verdict is verdict
    assert (ruling.outcome, ruling.exit_code, ruling.why) == (Outcome.YELLOW, 0, (Why.TOO_SMALL,))


def test_of_thirty_cases_a_slice_blocks() -> None:
    ruling = ruled(on_slice(), [0.0] * SMALL_SLICE)

    assert (ruling.outcome, ruling.exit_code) == (Outcome.RED, ExitCode.FAILED)


@pytest.mark.parametrize(
    ("held", "outcome"),
    [
        (on_slice(min_cases=10), Outcome.RED),
        (on_slice(min_cases=1), Outcome.RED),
        (on_slice(stat="total"), Outcome.RED),
        (on_slice(stat="min"), Outcome.RED),
        (rule("at_least", 0.5), Outcome.RED),
        (on_slice(severity="warn"), Outcome.YELLOW),
    ],
    ids=["min_cases", "min_cases: 1", "a total", "a minimum", "no slice", "severity: warn"],
)
def test_who_is_not_a_small_slice(held: Rule, outcome: Outcome) -> None:
    """`min_cases` lets it block; a fact is certain of any number of cases."""
    failed = decided([held], [0.0] * 12, beside=0).rulings[0]

    assert failed.finding.verdict is Verdict.FAILED
    assert failed.outcome is outcome
    assert Why.TOO_SMALL not in failed.why


@pytest.mark.parametrize("held", [on_slice(min_cases=10), on_slice(severity="warn")])
def test_what_a_person_settled_is_green_when_it_passes(held: Rule) -> None:
    assert ruled(held, [1.0] * 12).outcome is Outcome.GREEN


@pytest.mark.parametrize(
    ("marks", "cause", "code"),
    [
        ([], Cause.TOO_FEW_CASES, ExitCode.UNDECIDED),
        ([UNREAD] * 12, Cause.LOW_COVERAGE, ExitCode.SERVICE),
        ([1.0] * 11 + [UNREAD], Cause.LOW_COVERAGE, ExitCode.SERVICE),
    ],
    ids=["no such slice", "a broken judge", "one score missing"],
)
def test_what_the_run_lacks_blocks_in_a_small_slice_too(
    marks: Sequence[Mark], cause: Cause, code: ExitCode
) -> None:
    """Only verdicts are weakened: a judge that broke is no matter of how many cases there are."""
    ruling = ruled(on_slice(), marks)

    assert (ruling.finding.cause, ruling.outcome) == (cause, Outcome.RED)
    assert ruling.exit_code == code


def test_fewer_cases_than_were_asked_for_still_block() -> None:
    """`min_cases: 30` is a promise of the evalset that 29 cases break."""
    ruling = ruled(on_slice(min_cases=30), [1.0] * 29)

    assert (ruling.finding.cause, ruling.exit_code) == (Cause.TOO_FEW_CASES, ExitCode.UNDECIDED)


def test_small_slices_cost_the_other_rules_nothing() -> None:
    """What cannot block is in no family, as with `severity: warn`."""
    small = [on_slice(number / 100) for number in range(50, 60)]
    overall = rule("at_least", 0.9)
    marks = [0.0] * 8 + [1.0]

    said = decided([overall, *small], marks)

    assert said.rulings[0].finding.family == 1
    assert {ruling.finding.p_adjusted for ruling in said.rulings[1:]} == {None}


def test_a_small_slice_does_not_speak_for_the_suite() -> None:
    """A failure that cannot block leaves the suite passed, with a warning."""
    said = decided([OVERALL, on_slice()], [0.0] * 12)

    assert (said.verdict, said.outcome, said.exit_code) == (
        Verdict.PASSED,
        Outcome.YELLOW,
        ExitCode.OK,
    )


def test_a_suite_of_small_slices_alone_is_never_green() -> None:
    failed, passed = decided([on_slice()], [0.0] * 12), decided([on_slice()], [1.0] * 12)

    assert (failed.verdict, failed.outcome) == (Verdict.FAILED, Outcome.YELLOW)
    assert (passed.verdict, passed.outcome) == (Verdict.PASSED, Outcome.YELLOW)


def test_waiving_cases_does_not_make_a_slice_too_small() -> None:
    """Else two waivers would let a slice of 31 cases fail."""
    waivers = [
        Waiver(suite="q", case=case_name(number), owner="q", reason="r", granted=TODAY,
               expires=TODAY)
        for number in (0, 1)
    ]  # fmt: skip

    [ruling] = decided([on_slice()], [0.0] * 31, waivers).rulings

    assert ruling.without_waived_cases is not None
    assert ruling.without_waived_cases.counts.cases == 29
    assert (ruling.outcome, ruling.exit_code) == (Outcome.RED, ExitCode.FAILED)


@given(
    marks=st.lists(st.sampled_from([0.0, 1.0]), min_size=1, max_size=SMALL_SLICE - 1),
    number=st.sampled_from([0.1, 0.5, 0.9]),
    policy=st.sampled_from(["warn", "block", "estimate"]),
)
def test_no_small_slice_is_red_or_green(marks: list[float], number: float, policy: str) -> None:
    ruling = ruled(on_slice(number, on_undecided=policy), marks)

    assert (ruling.outcome, ruling.exit_code) == (Outcome.YELLOW, 0)
