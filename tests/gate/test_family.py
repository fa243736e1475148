"""Many rules at once: Holm's correction, and who belongs to the family."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.domain.finding import Cause, Finding, Note, Verdict
from evalgate.domain.rule import Rule
from evalgate.domain.sheet import Mark
from evalgate.gate.deciding import decide
from evalgate.gate.family import correct_failures, holm
from gate_sheets import OPEN, rule, sheet

# a drop of 8 in 8 discordant pairs of 100: z = -2.83, p = 0.0023; of 3: z = -1.73, p = 0.0416
SURE = sheet([0.0] * 8 + [1.0] * 92)
HARDLY = sheet([0.0] * 3 + [1.0] * 97)
BEFORE = sheet([1.0] * 100)
DROP = rule("max_drop", 0.02)


def drop(**options: object) -> Rule:
    return rule("max_drop", 0.02, **options)


def failed_hardly(held: Rule) -> Finding:
    finding = decide(held, HARDLY, BEFORE)
    assert finding.verdict is Verdict.FAILED
    return finding


def test_the_published_example_of_holm() -> None:
    """Agrees with R's `p.adjust(c(.01, .04, .03, .005), "holm")`."""
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


@given(st.lists(st.floats(0, 1), max_size=12))
def test_an_adjusted_p_is_never_smaller_and_keeps_the_order(p_values: list[float]) -> None:
    adjusted = holm(p_values)

    assert all(p <= new <= 1 for p, new in zip(p_values, adjusted, strict=True))
    ordered = [new for _, new in sorted(zip(p_values, adjusted, strict=True))]
    assert ordered == sorted(ordered)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12), st.floats(0, 1))
def test_one_rule_more_never_lowers_the_p_of_another(p_values: list[float], more: float) -> None:
    """So nobody makes a failure easier to prove by adding rules, nor a pass by removing some."""
    alone, among = holm(p_values), holm([*p_values, more])

    assert all(one <= other for one, other in zip(alone, among[:-1], strict=True))


def test_one_failure_alone_needs_no_correction() -> None:
    [finding] = correct_failures([failed_hardly(DROP)], ())

    assert finding.verdict is Verdict.FAILED
    assert finding.p_adjusted == pytest.approx(0.0416, abs=1e-4)


def test_a_failure_that_does_not_survive_is_noise() -> None:
    first, second = correct_failures([failed_hardly(DROP), decide(DROP, BEFORE, BEFORE)], ())

    assert (first.verdict, first.cause) == (Verdict.UNDECIDED, Cause.NOISE)
    assert (first.note, first.family) == (Note.NOT_AMONG_MANY, 2)
    assert first.p_adjusted == pytest.approx(2 * 0.0416, abs=1e-4)
    assert second.p_adjusted == 1.0


def test_a_sure_failure_survives_among_many() -> None:
    findings = [decide(DROP, SURE, BEFORE)] + [decide(DROP, BEFORE, BEFORE)] * 9

    corrected = correct_failures(findings, ())

    assert corrected[0].verdict is Verdict.FAILED
    assert corrected[0].p_adjusted == pytest.approx(10 * 0.00234, abs=1e-4)


@pytest.mark.parametrize(
    "other",
    [
        decide(drop(severity="warn"), BEFORE, BEFORE),
        decide(rule("at_least", 50, stat="total"), BEFORE),
        decide(drop(), BEFORE),
        decide(rule("max_drop", 2), sheet([1.0] * 20, OPEN), sheet([1.0] * 20, OPEN)),
    ],
    ids=["severity: warn", "a fact", "no evidence", "no interval"],
)
def test_who_is_not_in_the_family(other: Finding) -> None:
    assert correct_failures([failed_hardly(DROP), other], ())[0].verdict is Verdict.FAILED


def test_a_waived_rule_is_not_in_the_family() -> None:
    other = decide(rule("at_least", 0.9), BEFORE)

    corrected = correct_failures([failed_hardly(DROP), other], {other.rule.id})

    assert corrected[0].verdict is Verdict.FAILED
    assert corrected[1].p_adjusted is None


def sliced(score: str = "s", **options: object) -> Finding:
    """A finding about a slice in which nothing changed."""
    run = sheet([1.0] * 100, score=score, slices=[{"topic": "a"}] * 100)
    return decide(drop(score=score, slice={"topic": "a"}, **options), run, run)


@pytest.mark.parametrize(
    "others",
    [[sliced()], [sliced("other")], [sliced("other"), sliced("third"), decide(DROP, SURE, BEFORE)]],
    ids=["a slice", "a slice of another score", "a sure failure and slices"],
)
def test_all_blocking_rules_of_a_suite_are_one_family(others: list[Finding]) -> None:
    """Slices count like overall rules, whatever their score: each could stop the build."""
    [overall, *rest] = correct_failures([failed_hardly(DROP), *others], ())

    assert (overall.verdict, overall.cause) == (Verdict.UNDECIDED, Cause.NOISE)
    assert (overall.note, overall.family) == (Note.NOT_AMONG_MANY, 1 + len(others))
    assert all(finding.p_adjusted is not None for finding in rest)


def test_slices_to_look_at_cost_the_other_rules_nothing() -> None:
    """With `severity: warn` a slice cannot stop the build, so it is not counted."""
    seen = [sliced(score, severity="warn") for score in ("s", "other", "third")]

    [overall, *rest] = correct_failures([failed_hardly(DROP), *seen], ())

    assert overall.verdict is Verdict.FAILED
    assert {finding.p_adjusted for finding in rest} == {None}


def test_a_failing_slice_must_survive_among_the_overall_rules() -> None:
    marks: Sequence[Mark] = [0.0] * 3 + [1.0] * 97
    slices = [{"topic": "a"}] * 100
    candidate, before = sheet(marks, slices=slices), sheet([1.0] * 100, slices=slices)
    failed = decide(drop(slice={"topic": "a"}), candidate, before)

    assert failed.verdict is Verdict.FAILED
    assert correct_failures([failed], ())[0].verdict is Verdict.FAILED
    assert correct_failures([failed, decide(DROP, BEFORE, BEFORE)], ())[0].cause is Cause.NOISE


def test_a_fact_that_fails_is_not_corrected() -> None:
    fact = decide(rule("at_least", 101, stat="total"), BEFORE)

    corrected = correct_failures([fact] + [decide(DROP, BEFORE, BEFORE)] * 30, ())

    assert (corrected[0].verdict, corrected[0].p_adjusted) == (Verdict.FAILED, None)


def test_passing_needs_no_correction() -> None:
    passed = decide(rule("at_least", 0.9), BEFORE)

    corrected = correct_failures([passed] * 40, ())

    assert {finding.verdict for finding in corrected} == {Verdict.PASSED}
