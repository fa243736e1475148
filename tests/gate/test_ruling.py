"""What findings mean for the build: policy, severity, waivers and exit codes."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.domain.decision import Why
from evalgate.domain.decision_warnings import (
    BrokenJudge,
    NeedlessWaiver,
    TooManyWaived,
    WaiverNotInForce,
)
from evalgate.domain.finding import Cause, Counts, Evidence, Finding, Outcome, Verdict
from evalgate.domain.limit import Limit
from evalgate.domain.rule import Rule
from evalgate.domain.scale import MEASURED, Scale
from evalgate.domain.sheet import Mark, Scoresheet
from evalgate.domain.specs import Waiver
from evalgate.errors import ExitCode
from evalgate.gate import ruling
from evalgate.gate.consequences import Consequence, consequence_of, gravest
from evalgate.gate.ruling import Verdicts, rule_on
from gate_sheets import GONE, UNREAD, case_name, rule, sheet, situations

GREEN, YELLOW, RED = Outcome.GREEN, Outcome.YELLOW, Outcome.RED
OK, NO, OPEN, FAULT = ExitCode.OK, ExitCode.FAILED, ExitCode.UNDECIDED, ExitCode.SERVICE
TODAY = dt.date(2026, 3, 20)
GOOD = rule("at_least", 0.5)


def found(
    verdict: Verdict, cause: Cause | None = None, estimate: float = 0.6, **options: Any
) -> Finding:
    """A finding of the rule `s at least 0.5` with that estimate."""
    evidence = Evidence(estimate=estimate, lower=None, upper=None, method="", cases=9)
    return Finding(
        rule=rule("at_least", 0.5, **options),
        verdict=verdict,
        cause=cause,
        counts=Counts(cases=9, scored=9),
        limit=Limit(quantity="mean", side="at_least", value=0.5),
        observed=evidence,
        at_worst=evidence,
        at_best=evidence,
    )


FAULTS_OF_THE_RUN = [
    Cause.MISSING_SCORES,
    Cause.TOO_FEW_CASES,
    Cause.PARTIAL_RUN,
    Cause.NO_BASELINE,
]
NOT_OF_THE_RUN = [Cause.NOT_PRODUCED, Cause.NO_INTERVAL]
EVERY_POLICY = ["warn", "block", "estimate"]


@pytest.mark.parametrize("policy", EVERY_POLICY)
@pytest.mark.parametrize("severity", ["block", "warn"])
def test_passed_is_green_whatever_the_policy(policy: str, severity: str) -> None:
    passed = found(Verdict.PASSED, on_undecided=policy, severity=severity)

    assert consequence_of(passed) == Consequence(GREEN, OK)


@pytest.mark.parametrize("policy", EVERY_POLICY)
def test_failed_is_red_unless_the_rule_only_warns(policy: str) -> None:
    blocking = found(Verdict.FAILED, on_undecided=policy)
    warning = found(Verdict.FAILED, on_undecided=policy, severity="warn")

    assert consequence_of(blocking) == Consequence(RED, NO)
    assert consequence_of(warning) == Consequence(YELLOW, OK, (Why.SEVERITY,))


@pytest.mark.parametrize("policy", EVERY_POLICY)
@pytest.mark.parametrize("severity", ["block", "warn"])
def test_a_fault_of_the_run_is_red_whatever_the_policy(policy: str, severity: str) -> None:
    """Also for a rule that only warns: nothing is known about it."""
    finding = found(Verdict.UNDECIDED, Cause.LOW_COVERAGE, on_undecided=policy, severity=severity)

    assert consequence_of(finding) == Consequence(RED, FAULT)


@pytest.mark.parametrize("policy", EVERY_POLICY)
@pytest.mark.parametrize("cause", FAULTS_OF_THE_RUN)
def test_what_the_run_lacks_blocks_whatever_the_policy(policy: str, cause: Cause) -> None:
    """`severity: warn` is about verdicts: of a run that is not whole there is none."""
    blocking = found(Verdict.UNDECIDED, cause, on_undecided=policy)
    warning = found(Verdict.UNDECIDED, cause, on_undecided=policy, severity="warn")

    assert consequence_of(blocking) == Consequence(RED, OPEN)
    assert consequence_of(warning) == Consequence(RED, OPEN, (Why.NOT_A_VERDICT,))


@pytest.mark.parametrize("policy", EVERY_POLICY)
@pytest.mark.parametrize("cause", NOT_OF_THE_RUN)
def test_what_the_run_does_not_lack_blocks_unless_the_rule_only_warns(
    policy: str, cause: Cause
) -> None:
    """Answers that the candidate did not give, and scores that no method can bound."""
    blocking = found(Verdict.UNDECIDED, cause, on_undecided=policy)
    warning = found(Verdict.UNDECIDED, cause, on_undecided=policy, severity="warn")

    assert consequence_of(blocking) == Consequence(RED, OPEN)
    assert consequence_of(warning) == Consequence(YELLOW, OK, (Why.SEVERITY,))


@pytest.mark.parametrize("policy", EVERY_POLICY)
@pytest.mark.parametrize("cause", [Cause.FIRST_RUN, Cause.NO_NEW_CASES])
def test_nothing_to_hold_yet_is_yellow(policy: str, cause: Cause) -> None:
    assert consequence_of(found(Verdict.UNDECIDED, cause, on_undecided=policy)) == Consequence(
        YELLOW, OK
    )


@pytest.mark.parametrize(
    ("cause", "policy", "estimate", "expected"),
    [
        (Cause.NOISE, "warn", 0.6, Consequence(YELLOW, OK, (Why.POLICY,))),
        (Cause.NOISE, "block", 0.6, Consequence(RED, OPEN)),
        (Cause.NOISE, "estimate", 0.6, Consequence(GREEN, OK, (Why.ESTIMATE,))),
        (Cause.NOISE, "estimate", 0.4, Consequence(YELLOW, OK, (Why.POLICY,))),
    ],
)
def test_noise_follows_the_policy(
    cause: Cause, policy: str, estimate: float, expected: Consequence
) -> None:
    finding = found(Verdict.UNDECIDED, cause, estimate, on_undecided=policy)

    assert consequence_of(finding) == expected


@pytest.mark.parametrize("severity", ["block", "warn"])
@pytest.mark.parametrize("policy", EVERY_POLICY)
@pytest.mark.parametrize("cause", list(Cause))
def test_only_an_estimate_that_was_asked_for_makes_the_undecided_green(
    cause: Cause, policy: str, severity: str
) -> None:
    finding = found(Verdict.UNDECIDED, cause, on_undecided=policy, severity=severity)

    asked = policy == "estimate" and cause is Cause.NOISE
    assert (consequence_of(finding).outcome is GREEN) == (asked and severity == "block")


@pytest.mark.parametrize("missing", ["observed", "at_worst", "limit"])
def test_an_estimate_that_is_not_there_does_not_hold(missing: str) -> None:
    finding = found(Verdict.UNDECIDED, Cause.NOISE, on_undecided="estimate")

    assert consequence_of(finding.model_copy(update={missing: None})).outcome is YELLOW


def test_an_estimate_must_hold_with_what_is_missing_at_its_worst() -> None:
    """19 of 19 read, one unread: the unread one alone may be below 0.96."""
    held = rule("at_least", 0.96, on_undecided="estimate")

    assert verdicts([held], [1.0] * 19 + [UNREAD]).outcome is YELLOW
    assert verdicts([held], [1.0] * 20).outcome is GREEN


def test_crashing_is_not_cheap_by_the_estimate_either() -> None:
    held = Rule.model_validate({"score": "cost_usd", "at_most": 1, "on_undecided": "estimate"})
    dear = Scale(kind="continuous", low=0, high=None, better="lower")
    half: Sequence[Mark] = [*[0.5] * 10, *[GONE] * 10]

    sheets = ruling.Sheets(sheet(half, dear, score="cost_usd"), None)

    assert rule_on([held], sheets, [], TODAY).outcome is RED


@given(codes=st.lists(st.sampled_from([OK, NO, OPEN, FAULT])))
def test_a_broken_service_speaks_before_a_no_and_a_no_before_undecided(
    codes: list[ExitCode],
) -> None:
    order = [FAULT, NO, OPEN, OK]

    assert gravest(codes) is min(codes, key=order.index, default=OK)


def verdicts(
    rules: list[Rule],
    marks: Sequence[Mark],
    waivers: list[Waiver] | None = None,
    before: Sequence[Mark] | None = None,
) -> Verdicts:
    baseline: Scoresheet | None = None if before is None else sheet(before)
    return rule_on(rules, ruling.Sheets(sheet(marks), baseline), waivers or [], TODAY)


def waiver(**names: Any) -> Waiver:
    facts = {
        "suite": "q",
        "owner": "quality",
        "reason": "known since the move",
        "granted": TODAY,
        "expires": TODAY + dt.timedelta(days=10),
    }
    return Waiver.model_validate(facts | names)


RIGHT: Sequence[Mark] = [1.0] * 40
WRONG: Sequence[Mark] = [0.0] * 40
BROKEN: Sequence[Mark] = [UNREAD] * 40


def test_no_rules_are_no_success() -> None:
    said = verdicts([], RIGHT)

    assert (said.verdict, said.outcome, said.exit_code) == (Verdict.UNDECIDED, RED, OPEN)


@pytest.mark.parametrize(
    ("rules", "marks", "verdict", "outcome", "code"),
    [
        ([GOOD], RIGHT, Verdict.PASSED, GREEN, OK),
        ([GOOD], WRONG, Verdict.FAILED, RED, NO),
        ([GOOD], BROKEN, Verdict.UNDECIDED, RED, FAULT),
        ([GOOD], [], Verdict.UNDECIDED, RED, OPEN),
        ([GOOD, rule("max_drop", 0.1)], RIGHT, Verdict.UNDECIDED, RED, OPEN),
        ([GOOD, rule("max_drop", 0.1)], WRONG, Verdict.FAILED, RED, NO),
        ([GOOD, rule("max_drop", 0.1)], BROKEN, Verdict.UNDECIDED, RED, FAULT),
        ([GOOD, rule("at_least", 0.95)], RIGHT, Verdict.UNDECIDED, YELLOW, OK),
        ([rule("at_least", 0.5, severity="warn")], WRONG, Verdict.FAILED, YELLOW, OK),
        ([GOOD, rule("at_most", 0.1, severity="warn")], RIGHT, Verdict.PASSED, YELLOW, OK),
    ],
    ids=["right", "wrong", "broken judge", "empty", "no baseline", "wrong and no baseline",
         "broken and no baseline", "noise", "only a warning", "a warning beside"],
)  # fmt: skip
def test_what_a_suite_comes_to(
    rules: list[Rule], marks: Sequence[Mark], verdict: Verdict, outcome: Outcome, code: ExitCode
) -> None:
    said = verdicts(rules, marks)

    assert (said.verdict, said.outcome, said.exit_code) == (verdict, outcome, code)


def test_a_fault_speaks_before_a_failure() -> None:
    marks: Sequence[Mark] = [0.0] * 37 + [UNREAD] * 3

    said = verdicts([GOOD, rule("at_least", 0.5, min_coverage=0.9)], marks)

    assert [r.exit_code for r in said.rulings] == [FAULT, NO]
    assert said.exit_code is FAULT


@given(situation=situations())
def test_green_means_that_every_rule_passed(
    situation: tuple[Rule, Scale, Sequence[Mark], Sequence[Mark]],
) -> None:
    rule_, scale, ours, before = situation
    sheets = ruling.Sheets(sheet(ours, scale), sheet(before, scale))

    said = rule_on([rule_, rule_], sheets, [], TODAY)

    assert (said.outcome is GREEN) == (said.verdict is Verdict.PASSED)
    assert said.outcome is not RED or said.exit_code is not OK
    assert said.outcome is not GREEN or said.exit_code is OK


# --- waivers ------------------------------------------------------------------------------------


def test_a_waived_rule_is_yellow_and_its_finding_unchanged() -> None:
    granted = waiver(rule="s.at_least")

    [plain], [waived] = (
        verdicts([GOOD], WRONG).rulings,
        verdicts([GOOD], WRONG, [granted]).rulings,
    )

    assert waived.finding.verdict is plain.finding.verdict is Verdict.FAILED
    assert (waived.outcome, waived.exit_code, waived.waiver) == (YELLOW, OK, granted)
    assert waived.why == (Why.WAIVED,)


def test_an_undecided_rule_that_blocks_can_be_waived() -> None:
    held = rule("max_drop", 0.1)

    said = verdicts([held], RIGHT, [waiver(rule=held.id)])

    assert (said.verdict, said.outcome, said.exit_code) == (Verdict.UNDECIDED, YELLOW, OK)


def test_a_fault_of_the_run_cannot_be_waived() -> None:
    said = verdicts([GOOD], BROKEN, [waiver(rule="s.at_least")])

    assert (said.outcome, said.exit_code) == (RED, FAULT)
    assert said.rulings[0].why == (Why.FAULT_OF_THE_RUN,)
    assert said.rulings[0].waiver is None


def test_a_fault_of_the_run_cannot_be_waived_case_by_case() -> None:
    """38 of 40 scored are 95 %: leaving out one that is not would hide too few scores."""
    marks: Sequence[Mark] = [1.0] * 37 + [UNREAD] * 3
    cases = [waiver(case=case_name(index)) for index in (38, 39)]

    said = verdicts([GOOD], marks, cases)

    assert (said.outcome, said.exit_code) == (RED, FAULT)


def test_a_broken_judge_that_no_rule_asks_about_is_not_green() -> None:
    said = rule_on([GOOD], ruling.Sheets(sheet(RIGHT), None, broken=("tone",)), [], TODAY)

    assert (said.verdict, said.outcome) == (Verdict.PASSED, YELLOW)
    assert said.warnings == (BrokenJudge(judge="tone"),)


@pytest.mark.parametrize(
    ("granted", "expires"), [(-20, -1), (1, 20)], ids=["expired", "not granted yet"]
)
def test_a_waiver_that_is_not_in_force_fails_closed(granted: int, expires: int) -> None:
    dates = {
        "granted": TODAY + dt.timedelta(days=granted),
        "expires": TODAY + dt.timedelta(days=expires),
    }

    said = verdicts([GOOD], WRONG, [waiver(rule="s.at_least", **dates)])

    assert (said.outcome, said.exit_code) == (RED, NO)
    assert said.warnings == (WaiverNotInForce(waiver=waiver(rule="s.at_least", **dates)),)


@pytest.mark.parametrize("days", [0, 10])
def test_a_waiver_is_in_force_on_its_first_and_last_day(days: int) -> None:
    granted = TODAY - dt.timedelta(days=days)
    dates = {"granted": granted, "expires": granted + dt.timedelta(days=10)}

    assert verdicts([GOOD], WRONG, [waiver(rule="s.at_least", **dates)]).outcome is YELLOW


@pytest.mark.parametrize(
    "names", [{"rule": "s.at_least"}, {"rule": "other.at_most"}, {"case": "c9999"}]
)
def test_a_waiver_that_nothing_needs_warns(names: dict[str, str]) -> None:
    said = verdicts([GOOD], RIGHT, [waiver(**names)])

    assert said.warnings == (NeedlessWaiver(waiver=waiver(**names)),)
    assert said.outcome is GREEN


def test_a_waived_case_is_left_out_of_the_outcome_alone() -> None:
    """One case breaks a minimum: without it the outcome is yellow, and the finding stays failed."""
    marks: Sequence[Mark] = [1.0] * 39 + [0.0]
    held = rule("at_least", 1, stat="min")

    plain = verdicts([held], marks)
    waived = verdicts([held], marks, [waiver(case=case_name(39))])

    assert (plain.outcome, plain.exit_code) == (RED, NO)
    assert (waived.outcome, waived.exit_code) == (YELLOW, OK)
    assert waived.rulings[0].finding == plain.rulings[0].finding
    assert waived.rulings[0].why == (Why.WAIVED_CASES,)
    assert waived.rulings[0].without_waived_cases is not None
    assert waived.rulings[0].without_waived_cases.counts.cases == 39
    assert waived.verdict is Verdict.FAILED
    assert waived.warnings == ()


def test_a_waived_case_can_leave_a_failure_undecided() -> None:
    """What remains without it is noise: the outcome follows that, and says what was left out."""
    marks: Sequence[Mark] = [1.0] * 33 + [0.0] * 7
    held = rule("at_least", 0.93)

    plain = verdicts([held], marks)
    waived = verdicts([held], marks, [waiver(case=case_name(39)), waiver(case=case_name(38))])

    assert (plain.rulings[0].finding.verdict, plain.exit_code) == (Verdict.FAILED, NO)
    assert (waived.outcome, waived.exit_code) == (YELLOW, OK)
    assert waived.rulings[0].why == (Why.WAIVED_CASES, Why.POLICY)


def test_a_waived_case_that_changes_no_outcome_warns() -> None:
    """One of the two broke the minimum; the other was mended since."""
    marks: Sequence[Mark] = [1.0] * 39 + [0.0]
    held = rule("at_least", 1, stat="min")
    granted = [waiver(case=case_name(index)) for index in (38, 39)]

    said = verdicts([held], marks, granted)

    assert said.outcome is YELLOW
    assert said.warnings == (NeedlessWaiver(waiver=waiver(case=case_name(38))),)


def test_of_two_waived_cases_either_of_which_would_do_one_warns() -> None:
    """Without both the rule would block again, so that they are not both called needless."""
    marks: Sequence[Mark] = [0.0] * 38 + [1.0] * 2
    held = rule("at_most", 1, stat="total")

    said = verdicts([held], marks, [waiver(case=case_name(index)) for index in (38, 39)])

    assert said.outcome is YELLOW
    assert said.warnings == (NeedlessWaiver(waiver=waiver(case=case_name(38))),)


def test_waived_cases_that_change_nothing_all_warn() -> None:
    """The rule passes with them: the failing case does not matter to it."""
    marks: Sequence[Mark] = [1.0] * 39 + [0.0]

    said = verdicts([GOOD], marks, [waiver(case=case_name(39))])

    assert said.outcome is GREEN
    assert said.warnings == (NeedlessWaiver(waiver=waiver(case=case_name(39))),)


@pytest.mark.parametrize(
    ("marks", "partial"), [(RIGHT[:30], "--limit 30"), (BROKEN, "")], ids=["partial", "broken"]
)
def test_a_run_that_decides_nothing_calls_no_waiver_needless(
    marks: Sequence[Mark], partial: str
) -> None:
    """The cases that were not run may need theirs."""
    run = sheet(marks, partial=partial)
    granted = [waiver(rule="s.at_least"), waiver(case="c0002"), waiver(case="c0039")]

    said = rule_on([GOOD], ruling.Sheets(run, None), granted, TODAY)

    assert said.warnings == ()


def test_more_than_a_twentieth_of_the_cases_cannot_be_waived() -> None:
    marks: Sequence[Mark] = [1.0] * 37 + [0.0] * 3
    held = rule("at_least", 1, stat="min")

    said = verdicts([held], marks, [waiver(case=case_name(index)) for index in (37, 38, 39)])

    assert said.outcome is RED
    assert said.rulings[0].without_waived_cases is None
    assert said.warnings == (TooManyWaived(waived=3, cases=40),)


def test_a_waived_rule_leaves_the_others_their_evidence() -> None:
    """Holm counts the rules that can block: a waived one cannot."""
    before: Sequence[Mark] = [1.0] * 100
    marks: Sequence[Mark] = [0.0] * 3 + [1.0] * 97
    drop, level = rule("max_drop", 0.02), rule("at_least", 0.9)

    both = verdicts([drop, level], marks, before=before)
    one = verdicts([drop, level], marks, [waiver(rule=level.id)], before)

    assert [r.finding.verdict for r in both.rulings] == [Verdict.UNDECIDED, Verdict.PASSED]
    assert [r.finding.verdict for r in one.rulings] == [Verdict.FAILED, Verdict.PASSED]


def test_scores_without_an_interval_block_whatever_the_estimate() -> None:
    """`estimate` is for noise; who only wants to see such a score lets the rule warn."""
    sheets = ruling.Sheets(sheet([5.0] * 20, MEASURED), None)
    options = [{}, {"on_undecided": "estimate"}, {"severity": "warn"}]

    outcomes = [
        rule_on([rule("at_most", 6, **held)], sheets, [], TODAY).outcome for held in options
    ]

    assert outcomes == [RED, RED, YELLOW]
