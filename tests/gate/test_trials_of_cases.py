"""Several answers of one case are one number: n cases with k trials are never n times k."""

import datetime as dt
import math
from collections.abc import Callable, Sequence
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from evalgate.domain.finding import Cause, Counts, Finding, Verdict
from evalgate.domain.rule import Rule
from evalgate.domain.scale import BINARY, MEASURED, Scale
from evalgate.domain.sheet import Absence, Column, Mark, Scoresheet
from evalgate.errors import ExitCode
from evalgate.gate.behind import cases_behind
from evalgate.gate.contrast import drop_of, level_of, mark_of_case
from evalgate.gate.deciding import decide
from evalgate.gate.ruling import Sheets, rule_on
from gate_sheets import (
    GONE,
    OPEN,
    SHARE,
    SILENT,
    STARS,
    UNREAD,
    case_name,
    marks_on,
    rule,
    rules_on,
    scores_on,
    sheet,
    trials_sheet,
)

TODAY = dt.date(2026, 11, 21)
RUNS = 150
Trials = Sequence[Sequence[Mark]]
Pair = tuple[list[Mark], list[Mark]]


@st.composite
def repeated(draw: st.DrawFn) -> tuple[Rule, Scale, Trials, Trials]:
    """A rule, and two runs of the same cases, each with a number of trials of its own."""
    scale = draw(st.sampled_from((BINARY, STARS, SHARE, MEASURED)))
    held = draw(rules_on(scale))
    cases = draw(st.integers(1, 12))

    def run() -> Trials:
        trials = draw(st.integers(1, 3))
        each = st.lists(marks_on(scale), min_size=trials, max_size=trials)
        return draw(st.lists(each, min_size=cases, max_size=cases))

    return held, scale, run(), run()


def held_of(situation: tuple[Rule, Scale, Trials, Trials]) -> Finding:
    held, scale, ours, before = situation
    return decide(held, trials_sheet(ours, scale), trials_sheet(before, scale))


@given(st.data(), st.sampled_from((STARS, SHARE, OPEN)), st.integers(2, 5))
def test_identical_trials_are_as_one(data: st.DataObject, scale: Scale, trials: int) -> None:
    """To be told the same thing k times adds nothing: estimate, bounds and verdict are equal."""
    held = data.draw(rules_on(scale).filter(lambda one: one.stat in ("mean", "min", "max")))
    size = data.draw(st.integers(1, 35))
    marks = [data.draw(st.lists(scores_on(scale), min_size=size, max_size=size)) for _ in range(2)]
    once = [sheet(each, scale) for each in marks]
    often = [trials_sheet([[mark] * trials for mark in each], scale) for each in marks]

    alone, repeats = decide(held, *once), decide(held, *often)

    assert repeats.counts == alone.counts.model_copy(
        update={"trials": trials, "scored": alone.counts.scored * trials}
    )
    unlike = {"counts"}
    assert repeats.model_dump(exclude=unlike) == alone.model_dump(exclude=unlike)


@pytest.mark.parametrize(
    ("bound", "number"), [("at_least", 0.6), ("max_drop", 0.1)], ids=["a share", "a difference"]
)
def test_identical_trials_of_few_cases_are_as_one_for_a_share(bound: str, number: float) -> None:
    """Where too few cases differ for a mean, a binary score is bounded as with one trial."""
    ours = [1.0] * 22 + [0.0] * 3
    before = [1.0] * 24 + [0.0]
    held = rule(bound, number)

    alone = decide(held, sheet(ours), sheet(before))
    repeats = decide(
        held, trials_sheet([[m] * 3 for m in ours]), trials_sheet([[m] * 3 for m in before])
    )

    assert repeats.observed == alone.observed
    assert repeats.verdict is alone.verdict


@given(repeated(), st.randoms(use_true_random=False))
def test_the_order_of_trials_does_not_matter(
    situation: tuple[Rule, Scale, Trials, Trials], chance: Random
) -> None:
    """Which answer came first is no evidence."""
    held, scale, ours, before = situation
    shuffled = [chance.sample(marks, len(marks)) for marks in ours]

    assert held_of((held, scale, shuffled, before)) == held_of(situation)


@given(repeated(), st.integers(0, 39), st.integers(0, 3), st.sampled_from(list(Absence)))
def test_a_failed_rule_never_passes_because_a_trial_broke(
    situation: tuple[Rule, Scale, Trials, Trials], case: int, trial: int, absence: Absence
) -> None:
    """A candidate cannot pass a gate by crashing now and then."""
    held, scale, ours, before = situation
    case, trial = case % len(ours), trial % len(ours[0])
    assume(not isinstance(ours[case][trial], Absence))
    broken = [list(marks) for marks in ours]
    broken[case][trial] = absence

    intact, damaged = held_of(situation), held_of((held, scale, broken, before))

    assert (intact.verdict, damaged.verdict) != (Verdict.FAILED, Verdict.PASSED)


@given(repeated())
def test_cases_are_counted_not_answers(
    situation: tuple[Rule, Scale, Trials, Trials],
) -> None:
    """No method is told of more cases than there are; coverage is of the answers."""
    finding = held_of(situation)

    if finding.observed is not None:
        assert finding.observed.cases <= len(situation[2])
    counts = finding.counts
    told = counts.scored + counts.not_produced + counts.unanswered + counts.unscored
    assert told == counts.answers == counts.cases * counts.trials
    assert 0.0 <= counts.coverage <= 1.0


def test_what_is_missing_of_a_case_is_put_at_its_worst_and_best() -> None:
    """Trials that are missing lower coverage by themselves; the others still speak."""
    trials: Trials = [[1.0, 1.0, SILENT], [1.0, UNREAD, 0.0], [GONE, 1.0, 1.0]]

    finding = decide(rule("at_least", 0.5, min_coverage=0.5), trials_sheet(trials))

    assert finding.counts == Counts(
        cases=3, trials=3, scored=6, not_produced=1, unanswered=1, unscored=1
    )
    assert finding.counts.coverage == pytest.approx(7 / 9)
    sides = [finding.observed, finding.at_worst, finding.at_best]
    assert [side and pytest.approx(side.estimate) for side in sides] == [
        (1 + 1 / 2 + 2 / 3) / 3,
        (2 / 3 + 1 / 3 + 2 / 3) / 3,
        (1 + 2 / 3 + 2 / 3) / 3,
    ]


def test_a_case_without_any_trial_is_missing() -> None:
    """It has no number over what was observed, and the scale's ends at worst and at best."""
    trials: Trials = [[1.0, 1.0]] * 30 + [[SILENT, UNREAD]]

    finding = decide(rule("at_least", 0.5), trials_sheet(trials))

    assert finding.observed is not None
    assert finding.at_worst is not None
    assert (finding.observed.cases, finding.at_worst.cases) == (30, 31)
    assert level_of("s", trials_sheet(trials))[:3] == (1.0, 30, 1)


def test_too_little_coverage_of_answers_is_no_verdict() -> None:
    """Although every case has one answer."""
    finding = decide(rule("at_least", 0.5), trials_sheet([[1.0, 1.0, SILENT]] * 40))

    assert (finding.verdict, finding.cause) == (Verdict.UNDECIDED, Cause.LOW_COVERAGE)
    assert (finding.counts.cases, finding.counts.unanswered) == (40, 40)


def test_runs_with_other_numbers_of_trials_are_compared_case_by_case() -> None:
    """Both numbers are told, and what the baseline lacks counts for as many of our answers."""
    ours: Trials = [[1.0, 0.0, 1.0, 0.0]] * 2
    before: Trials = [[1.0, SILENT], [0.0, 0.0]]

    finding = decide(
        rule("max_drop", 0.1, min_coverage=0.1), trials_sheet(ours), trials_sheet(before)
    )

    assert (finding.counts.trials, finding.counts.baseline_trials) == (4, 2)
    assert (finding.counts.baseline_missing, finding.counts.coverage) == (2, 0.75)
    assert finding.observed is not None
    assert finding.observed.estimate == 0.0
    assert (finding.observed.wins, finding.observed.losses) == (1, 1)


@pytest.mark.parametrize("without", [True, False], ids=["no such score", "every score missing"])
def test_a_baseline_without_the_score_is_missing_in_every_trial(without: bool) -> None:
    """It is never taken for one that has it."""
    base = trials_sheet([[SILENT, SILENT]] * 40)
    if without:
        base = Scoresheet(base.cases, {"other": Column(BINARY, {}, 2)})

    finding = decide(rule("max_drop", 0.1), trials_sheet([[1.0, 1.0]] * 40), base)

    assert finding.cause is Cause.LOW_COVERAGE
    assert (finding.counts.baseline_missing, finding.counts.baseline_trials) == (80, None)


def test_a_run_without_the_score_lacks_it_in_every_trial() -> None:
    """Every answer is counted."""
    finding = decide(rule().model_copy(update={"score": "x"}), trials_sheet([[1.0, 1.0]] * 3))

    assert (finding.cause, finding.counts.unscored) == (Cause.LOW_COVERAGE, 6)


@pytest.mark.parametrize(
    ("stat", "bound", "estimate"),
    [("total", "at_most", 21.0), ("min", "at_least", 1.0), ("max", "at_most", 6.0)],
)
def test_facts_are_of_every_answer(stat: str, bound: str, estimate: float) -> None:
    """A total is what was paid, and the worst answer is the worst of all."""
    costs = trials_sheet([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], MEASURED)

    finding = decide(rule(bound, 50, stat=stat), costs)

    assert finding.observed is not None
    assert (finding.observed.estimate, finding.observed.method) == (estimate, "fact")


def test_totals_are_compared_for_one_answer_of_each_case() -> None:
    """Three trials do not cost three times what the baseline's one does."""
    ours, before = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], [[2.0], [5.0]]

    finding = decide(
        rule("max_rise", "0%", stat="total"),
        trials_sheet(ours, MEASURED),
        trials_sheet(before, MEASURED),
    )

    assert finding.observed is not None
    assert (finding.observed.estimate, finding.verdict) == (0.0, Verdict.PASSED)


def test_an_answer_that_was_not_produced_has_no_price() -> None:
    """The others of its case do; a case without any is left out, and too many pass nothing."""
    costs: Trials = [[2.0, GONE], [GONE, GONE], [4.0, 4.0]]
    held = rule("at_most", 9, score="cost_usd")
    known = trials_sheet(costs, MEASURED)

    finding = decide(held, Scoresheet(known.cases, {"cost_usd": known.columns["s"]}))

    assert finding.observed is not None
    assert (finding.observed.estimate, finding.observed.cases) == (3.0, 2)
    assert finding.cause is Cause.NOT_PRODUCED


def test_a_quantile_is_of_all_answers_and_its_bounds_are_of_cases() -> None:
    """One slow answer in three of some cases is a share of a third in those cases."""
    trials: Trials = [[1.0, 1.0, 9.0]] * 12 + [[1.0, 1.0, 1.0]] * 48

    finding = decide(rule("at_most", 3.0, stat="p90"), trials_sheet(trials, MEASURED))

    assert finding.observed is not None
    assert finding.observed.estimate == pytest.approx(12 / 180)
    assert (finding.observed.cases, finding.observed.method) == (60, "Student and Hall")


def test_one_case_is_shown_by_the_mean_of_its_trials() -> None:
    """What is not produced counts as the worst there too; what is missing says why."""
    column = trials_sheet(
        [[1.0, 0.0], [1.0, GONE], [1.0, SILENT], [GONE, GONE], [SILENT, UNREAD]]
    ).columns["s"]

    marks = [mark_of_case(column, case_name(case)) for case in range(6)]

    assert marks == [0.5, 0.5, 1.0, GONE, SILENT, UNREAD]


def test_a_case_gets_worse_by_its_mean() -> None:
    """From always right to right once in four times is three quarters of the scale."""
    later, first = trials_sheet([[1.0, 0.0, 0.0, 0.0]]), trials_sheet([[1.0, 1.0]])

    assert drop_of("s", case_name(0), later, first) == 0.75


def test_the_cases_behind_a_rule_name_those_with_a_trial_that_was_not_produced() -> None:
    """A case is named once, however many of its trials failed."""
    behind = cases_behind(rule(), trials_sheet([[GONE, GONE], [1.0, GONE], [1.0, 1.0]]), None)

    assert behind.not_produced == (case_name(0), case_name(1))


def flaky(chance: Random, trials: int) -> Pair:
    """Most cases are nearly always right, the others now and then; both runs are of one kind."""
    right = 0.95 if chance.random() < 0.7 else 0.4
    ours, before = ([float(chance.random() < right) for _ in range(trials)] for _ in range(2))
    return list(ours), list(before)


def steady(chance: Random, trials: int) -> Pair:
    """A case is right for ever or wrong for ever: trials tell nothing new."""
    return [float(chance.random() < 0.8)] * trials, [1.0] * trials


def broken_for_good(chance: Random, trials: int) -> Pair:
    """A regression of 0.05 that sits in few cases, where it takes every trial."""
    ours, before = ([float(chance.random() < 0.95) for _ in range(trials)] for _ in range(2))
    return ([0.0] * trials if chance.random() < 0.05 / 0.95 else list(ours)), list(before)


def codes(held: Rule, draw: Callable[[Random, int], Pair], cases: int, trials: int) -> list[bool]:
    """How often a rule fails and how often it passes, over many pairs of runs."""
    chance = Random(f"{held} {draw.__name__} {cases} {trials}")
    found = []
    for _ in range(RUNS):
        pairs = [draw(chance, trials) for _ in range(cases)]
        ours, before = (trials_sheet([pair[side] for pair in pairs]) for side in (0, 1))
        found.append(rule_on([held], Sheets(ours, before), (), TODAY))
    return [
        sum(each.exit_code is ExitCode.FAILED for each in found) / RUNS <= with_error(0.05),
        sum(each.verdict is Verdict.PASSED for each in found) / RUNS <= with_error(0.05),
    ]


def with_error(share: float) -> float:
    """The share plus three standard errors of so many runs."""
    return share + 3 * math.sqrt(share * (1 - share) / RUNS)


@pytest.mark.parametrize(("cases", "trials"), [(20, 3), (50, 3), (100, 3)])
def test_an_unchanged_candidate_with_trials_is_seldom_blocked(cases: int, trials: int) -> None:
    """With the margin that blocks most; the trials of a case are alike, and yet no more cases."""
    assert codes(rule("max_drop", 0), flaky, cases, trials)[0]


@pytest.mark.parametrize("cases", [20, 50])
def test_trials_that_tell_nothing_new_make_no_verdict_surer(cases: int) -> None:
    """At the threshold, exactly: taken for n times k, a third of these would be wrong."""
    assert codes(rule("at_least", 0.8), steady, cases, 5) == [True, True]


@pytest.mark.parametrize(("cases", "trials"), [(20, 3), (50, 3)])
def test_a_regression_in_few_cases_seldom_passes(cases: int, trials: int) -> None:
    """As large as the margin, and concentrated where trials do not dilute it."""
    assert codes(rule("max_drop", 0.05, fail="strict"), broken_for_good, cases, trials)[1]
