"""Repeated answers: how much a score varies, and the margin that it needs."""

import math
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.domain.finding import NoMethod, Verdict
from evalgate.domain.scale import BINARY, MEASURED, Scale
from evalgate.domain.sheet import CaseMark, Column, Scoresheet
from evalgate.gate.deciding import decide
from evalgate.gate.noise import as_people_write, drop_rule, mixed, noise_of, repeats_of
from gate_sheets import GONE, LOWER, OPEN, STARS, UNREAD, rule, sheet

# GPT-4 graded 320 answers three times each with 1 to 5 stars (prometheus-eval, Apache-2.0)
GRADED = {
    (1, 1, 1): 18, (1, 1, 2): 17, (1, 1, 4): 1, (1, 2, 2): 9, (1, 2, 3): 6, (1, 2, 4): 1,
    (2, 2, 2): 19, (2, 2, 3): 16, (2, 2, 4): 2, (2, 3, 3): 6, (2, 3, 4): 4, (2, 4, 4): 1,
    (2, 5, 5): 1, (3, 3, 3): 12, (3, 3, 4): 10, (3, 3, 5): 1, (3, 4, 4): 20, (3, 4, 5): 4,
    (3, 5, 5): 2, (4, 4, 4): 53, (4, 4, 5): 41, (4, 5, 5): 37, (5, 5, 5): 39,
}  # fmt: skip


def asked(marks: list[tuple[CaseMark, ...]], scale: Scale = BINARY) -> Scoresheet:
    """A run in which every case was answered as often as it has marks."""
    plain = sheet([0.0] * len(marks), slices=[{"half": place % 2} for place in range(len(marks))])
    by_case = dict(zip(plain.cases, marks, strict=True))
    column = Column(scale, by_case, len(marks[0]))  # type: ignore[arg-type]  # tuples of marks
    return Scoresheet(plain.cases, {"s": column}, run_id="r")


def wavering(cases: int, flip: float, trials: int, seed: str) -> Scoresheet:
    """Binary scores of cases that are right nine times in ten, or always."""
    chance = Random(seed)
    likely = [0.5 if chance.random() < 2 * flip else 1.0 for _ in range(cases)]
    return asked([tuple(float(chance.random() < p) for _ in range(trials)) for p in likely])


def test_the_noise_of_published_gradings() -> None:
    """Of 320 answers 141 had the same three gradings; the variance within is 0.2573."""
    marks = [tuple(map(float, stars)) for stars, times in GRADED.items() for _ in range(times)]
    run = asked(list(marks), STARS)

    found = noise_of(drop_rule("s", STARS, {}), repeats_of(run, 1), trials=1)

    assert (found.cases, found.cases - found.changed, found.missing) == (320, 141, 0)
    assert found.variance == pytest.approx(0.2572916666666667)


def test_the_flip_rate_is_that_of_two_answers() -> None:
    """One case in two flips: of its three pairs of answers two differ."""
    run = asked([(1.0, 1.0, 1.0), (1.0, 0.0, 1.0)] * 20)

    found = noise_of(drop_rule("s", BINARY, {}), repeats_of(run, 1), trials=1)

    assert (found.changed, found.missing) == (20, 0)
    assert found.flips == pytest.approx(1 / 3)
    assert found.variance == pytest.approx(1 / 6)


def test_a_slice_has_its_own_noise() -> None:
    run = asked([(1.0, 1.0), (1.0, 0.0)] * 20)

    steady = noise_of(drop_rule("s", BINARY, {"half": 0}), repeats_of(run, 1), trials=1)
    unsteady = noise_of(drop_rule("s", BINARY, {"half": 1}), repeats_of(run, 1), trials=1)

    assert [(found.cases, found.flips) for found in (steady, unsteady)] == [(20, 0.0), (20, 1.0)]
    assert steady.margin is not None
    assert unsteady.margin is not None
    assert steady.margin < unsteady.margin


def test_what_has_no_score_is_counted_and_what_was_not_produced_is_worst() -> None:
    run = asked([(1.0, UNREAD), (1.0, GONE), (UNREAD, UNREAD)])

    found = noise_of(drop_rule("s", BINARY, {}), repeats_of(run, 1), trials=1)

    assert (found.missing, found.changed, found.flips) == (3, 1, 1.0)


def test_without_two_scores_of_a_case_nothing_is_known() -> None:
    run = asked([(1.0, UNREAD), (UNREAD, 0.0)])

    found = noise_of(drop_rule("s", BINARY, {}), repeats_of(run, 1), trials=1)

    assert (found.flips, found.variance, found.margin) == (None, None, None)
    assert found.why is None


def test_where_there_is_no_method_there_is_no_margin() -> None:
    run = asked([(1.0, 2.0)] * 20, MEASURED)

    found = noise_of(drop_rule("s", MEASURED, {}), repeats_of(run, 1), trials=1)

    assert found.margin is None
    assert found.why is NoMethod.ENDLESS_FEW_CASES


@pytest.mark.parametrize(
    ("scale", "bound"), [(BINARY, "max_drop"), (LOWER, "max_rise"), (OPEN, "max_drop")], ids=str
)
def test_the_rule_allows_no_drop(scale: Scale, bound: str) -> None:
    assert drop_rule("s", scale, {"a": 1}) == rule(bound, 0, slice={"a": 1})


@pytest.mark.parametrize(
    ("margin", "written"),
    [(0.0437, 0.05), (0.05, 0.05), (0.0123, 0.015), (0.0151, 0.02), (0.2001, 0.25), (0.93, 1.0),
     (0.000061, 0.00008), (12.3, 15.0), (0.0, 0.0), (0.1, 0.1), (0.3, 0.3), (0.7, 0.8)],
)  # fmt: skip
def test_a_margin_has_few_digits_and_is_never_smaller(margin: float, written: float) -> None:
    assert as_people_write(margin) == written


@given(margin=st.floats(1e-9, 1e9))
def test_a_written_margin_is_at_most_half_as_large_again(margin: float) -> None:
    assert margin * (1 - 1e-8) <= as_people_write(margin) <= 1.51 * margin


def test_a_run_of_many_trials_is_several_runs() -> None:
    """The rest of a division is left out; a run that is too small is none."""
    run = asked([(1.0, 0.0, 1.0, UNREAD, 0.0), (1.0, 1.0, 1.0, 1.0, 1.0)])
    first, second = list(run.cases)

    single, double = repeats_of(run, 1), repeats_of(run, 2)

    assert [each.columns["s"].marks[first] for each in single] == [1.0, 0.0, 1.0, UNREAD, 0.0]
    assert [each.columns["s"].marks[first] for each in double] == [(1.0, 0.0), (1.0, UNREAD)]
    assert [each.columns["s"].trials for each in double] == [2, 2]
    assert double[0].columns["s"].marks[second] == (1.0, 1.0)
    assert {each.run_id for each in single} == {""}
    assert repeats_of(run, 6) == []


@given(seed=st.integers(0, 99))
def test_a_mixed_pair_has_two_different_answers_of_every_case(seed: int) -> None:
    """Neither side ever gets the same answer as the other, nor one of another case."""
    numbers = [tuple(float(10 * case + trial) for trial in range(4)) for case in range(9)]
    run = asked(list(numbers), OPEN)

    ours, theirs = mixed(run, 2, 2, Random(seed))

    for case, of in zip(run.cases, numbers, strict=True):
        got = ours.columns["s"].marks[case], theirs.columns["s"].marks[case]
        assert sorted(got, key=str) == [of[:2], of[2:]]


@pytest.mark.parametrize(
    ("cases", "flip", "trials"), [(100, 0.1, 1), (300, 0.05, 1), (100, 0.1, 3)]
)
def test_an_unchanged_candidate_passes_with_the_proposed_margin(
    cases: int, flip: float, trials: int
) -> None:
    """At least about 4 times in 5 by the gate itself, and it hardly ever fails."""
    run = wavering(cases, flip, 4 * trials, f"{cases} {flip}")
    found = noise_of(drop_rule("s", BINARY, {}), repeats_of(run, 1), trials)
    assert found.margin is not None
    chance = Random("pairs")

    held = rule("max_drop", found.margin)
    verdicts = [decide(held, *mixed(run, trials, 4, chance)).verdict for _ in range(100)]

    assert verdicts.count(Verdict.PASSED) / 100 >= 0.8 - 3 * math.sqrt(0.16 / 100)
    assert verdicts.count(Verdict.FAILED) / 100 <= 0.05
    assert found.margin <= 4 * math.sqrt(2 * flip / trials / cases)
