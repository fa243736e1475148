"""What power says of a rule, held against what the gate decides."""

import datetime as dt
import math
from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalgate.domain.checked import Prospect
from evalgate.domain.finding import Verdict
from evalgate.domain.powered import MoreTrials, RulePower
from evalgate.domain.rule import Rule
from evalgate.domain.scale import BINARY, MEASURED, Scale
from evalgate.domain.sheet import CaseFacts, Column, Mark, Scoresheet
from evalgate.gate.extent import Extent
from evalgate.gate.power.assumed import ASSUMED_FLIPS, assumed_spread
from evalgate.gate.power.expecting import Expected, expect
from evalgate.gate.power.foresight import foresee
from evalgate.gate.power.needs import FAR, fewest_cases
from evalgate.gate.power.odds import Bars, MeanOdds, PairOdds, ShareOdds, binomial
from evalgate.gate.power.past import Past, Repeating, past_of
from evalgate.gate.power.setting import Setting
from evalgate.gate.power.study import study
from evalgate.gate.power.turned import turned_rule
from evalgate.gate.ruling import Sheets, rule_on
from evalgate.gate.subject import shape_of
from gate_sheets import FAULTS, GONE, LOWER, OPEN, SHARE, STARS, UNREAD, case_name, rule, sheet

TODAY = dt.date(2026, 11, 21)
UNKNOWN = Past()
ROOT_3 = math.sqrt(3)


def studied(held: Rule, scale: Scale, cases: int, among: int = 1) -> RulePower:
    """What is said of a rule without any run."""
    return study(Setting(held, scale, among), Extent(cases), UNKNOWN)


def expected(held: Rule, scale: Scale, cases: int, among: int = 1) -> Expected:
    turned = turned_rule(held, scale, shape_of(held, scale), None)
    assert turned is not None
    found = expect(Setting(held, scale, among), turned, Extent(cases), UNKNOWN)
    assert isinstance(found, Expected)
    return found


def pair(chance: Random, scale: Scale, cases: int, change: float) -> tuple[list[Mark], list[Mark]]:
    """A candidate and a baseline whose true difference is the change, varying as is assumed."""
    if scale.kind == "binary":
        flips = max(ASSUMED_FLIPS, abs(change))
        up = (flips + change) / 2
        drawn = [chance.random() for _ in range(cases)]
        ours: list[Mark] = [1.0 if d < up else 0.0 if d < flips else 1.0 for d in drawn]
        return ours, [0.0 if d < up else 1.0 for d in drawn]
    spread = assumed_spread(Setting(rule("max_drop", 0), scale))
    assert spread is not None
    before: list[Mark] = [0.0] * cases
    return [change + spread * chance.uniform(-ROOT_3, ROOT_3) for _ in range(cases)], before


def level(chance: Random, scale: Scale, cases: int, mean: float) -> list[Mark]:
    """A candidate whose true mean is so high."""
    if scale.kind == "binary":
        return [float(chance.random() < mean) for _ in range(cases)]
    spread = assumed_spread(Setting(rule("at_least", 0), scale))
    assert spread is not None
    return [mean + spread * chance.uniform(-ROOT_3, ROOT_3) for _ in range(cases)]


def share_failed(held: Rule, scale: Scale, cases: int, at: float, among: int) -> float:
    """How often the suite's own function fails the rule at a truth, among rules that are fine."""
    chance, failed = Random(f"{held} {scale} {cases} {among}"), 0
    beside = [f"t{number}" for number in range(among - 1)]
    rules = [held, *(Rule(score=name, at_least=0.5) for name in beside)]
    good = Column(BINARY, dict.fromkeys(map(case_name, range(cases)), 1.0))
    for _ in range(PAIRS):
        ours, before = (
            pair(chance, scale, cases, at)
            if held.needs_baseline
            else (level(chance, scale, cases, at), None)
        )
        run, base = sheet(ours, scale), sheet(before, scale) if before else None
        run = Scoresheet(run.cases, {**run.columns, **dict.fromkeys(beside, good)})
        verdicts = rule_on(rules, Sheets(run, base), (), TODAY)
        failed += verdicts.rulings[0].finding.verdict is Verdict.FAILED
    return failed / PAIRS


PAIRS = 250
WIDE = Scale(kind="continuous", low=-10, high=10)
CELLS = [
    pytest.param(rule("max_drop", 0.05), BINARY, 100, 1, id="a drop, by the margin"),
    pytest.param(rule("max_drop", 0.02), BINARY, 100, 3, id="a drop among three rules"),
    pytest.param(rule("at_least", 0.8), BINARY, 60, 1, id="a threshold"),
    pytest.param(rule("max_drop", 1.0), WIDE, 60, 2, id="a drop of a mean"),
    *(
        pytest.param(held, scale, cases, among, marks=pytest.mark.slow, id=name)
        for held, scale, cases, among, name in (
            (rule("max_drop", 0.05, fail="strict"), BINARY, 140, 1, "a drop, strictly"),
            (rule("min_gain", 0.05), BINARY, 100, 1, "a gain"),
            (rule("at_least", 0.95), BINARY, 120, 4, "a threshold among four rules"),
            (rule("at_least", 2.0), WIDE, 50, 1, "a mean"),
        )
    ),
]


@pytest.mark.parametrize(("held", "scale", "cases", "among"), CELLS)
def test_the_change_that_is_told_fails_4_times_in_5(
    held: Rule, scale: Scale, cases: int, among: int
) -> None:
    """Simulated through the function that decides a suite, to three of its standard errors.

    Counts are whole, so that a few rules fail a little oftener than 4 times in 5.
    """
    told = studied(held, scale, cases, among)
    assert told.fails_at is not None

    found = share_failed(held, scale, cases, told.fails_at, among)

    error = 3 * math.sqrt(0.8 * 0.2 / PAIRS)
    odds = expected(held, scale, cases, among).odds
    reckoned = 0.8 if isinstance(odds, MeanOdds) else odds.fails(told.fails_at)
    assert 0.8 - 1e-6 <= reckoned <= 0.93
    assert found == pytest.approx(reckoned, abs=error)


@pytest.mark.slow
def test_an_equally_good_candidate_passes_4_times_in_5_with_the_cases_it_needs() -> None:
    """And not with half of them: 263 cases for a margin of 0.05 where one case in ten flips."""
    held, chance = rule("max_drop", 0.05), Random("equal")
    needed = studied(held, BINARY, 100).foresight.needed
    assert needed is not None
    passed = {needed: 0, needed // 2: 0}

    for cases in passed:
        for _ in range(PAIRS):
            ours, before = pair(chance, BINARY, cases, 0.0)
            sheets = Sheets(sheet(ours), sheet(before))
            passed[cases] += rule_on([held], sheets, (), TODAY).verdict is Verdict.PASSED

    assert passed[needed] / PAIRS == pytest.approx(0.8, abs=3 * math.sqrt(0.16 / PAIRS))
    assert passed[needed // 2] / PAIRS < 0.65


PAIRED = st.sampled_from([0.0, 0.02, 0.05, 0.1])
THRESHOLDS = st.sampled_from([0.5, 0.6, 0.75, 0.8, 0.9, 0.95])


@settings(max_examples=25)
@given(
    held=st.one_of(
        PAIRED.map(lambda margin: rule("max_drop", margin)),
        PAIRED.map(lambda margin: rule("min_gain", margin)),
        PAIRED.map(lambda margin: rule("max_drop", margin, fail="strict")),
        THRESHOLDS.map(lambda least: rule("at_least", least)),
    ),
    cases=st.integers(15, 400),
    more=st.integers(1, 60),
    among=st.sampled_from([1, 4]),
)
def test_more_cases_never_detect_less(held: Rule, cases: int, more: int, among: int) -> None:
    fewer = studied(held, BINARY, cases, among).foresight.detectable
    others = studied(held, BINARY, cases + more, among).foresight.detectable

    assert (others or 1.0) <= (fewer or 1.0) + 1e-3


@given(cases=st.integers(2, 400), more=st.integers(1, 60), scale=st.sampled_from([STARS, SHARE]))
def test_more_cases_never_detect_less_of_a_mean(cases: int, more: int, scale: Scale) -> None:
    held = rule("max_drop", 0.1)

    fewer = studied(held, scale, cases).foresight.detectable
    others = studied(held, scale, cases + more).foresight.detectable

    assert (others or 9.0) <= (fewer or 9.0) + 1e-9


@pytest.mark.parametrize("among", [1, 5])
@pytest.mark.parametrize("cases", [50, 100, 301, 1000])
@pytest.mark.parametrize(
    ("held", "scale"),
    [
        (rule("max_drop", 0.02), BINARY),
        (rule("max_drop", 0.05), BINARY),
        (rule("max_drop", 0.05, fail="strict"), BINARY),
        (rule("min_gain", 0.05), BINARY),
        (rule("at_least", 0.6), BINARY),
        (rule("at_least", 0.8), BINARY),
        (rule("at_least", 0.95), BINARY),
        (rule("at_most", 3, stat="p95"), MEASURED),
        (rule("max_drop", 0.2), STARS),
        (rule("max_rise", 0.2), FAULTS),
        (rule("at_least", 3.5), STARS),
    ],
    ids=str,
)
def test_what_check_says_is_near_what_power_says(
    held: Rule, scale: Scale, cases: int, among: int
) -> None:
    """The normal distribution in `check`, the deciding methods here: a factor of 2 at most.

    Thresholds near the end of a scale differ most, by up to 1.8; drops by at most 1.25.
    """
    told = studied(held, scale, cases, among).foresight
    quick = foresee(held, scale, Extent(cases), among)

    assert told.detectable is not None
    assert quick.detectable is not None
    most = 1.25 if held.needs_baseline else 2.0
    assert 1 / most <= told.detectable / quick.detectable <= most
    if quick.needed is not None and held.fail != "strict":
        assert told.prospect == quick.prospect
        assert told.needed == pytest.approx(quick.needed, rel=0.15)


@pytest.mark.parametrize(
    ("held", "scale", "cases", "prospect"),
    [
        (rule("at_most", 9, stat="total"), STARS, 100, Prospect.FACT),
        (rule("at_least", 0.5, min_cases=30), BINARY, 29, Prospect.TOO_FEW_CASES),
        (rule("at_least", 0.5, applies_to="new"), BINARY, 29, Prospect.NEW_CASES),
        (rule("at_most", 3), MEASURED, 29, Prospect.NO_INTERVAL),
        (rule("at_most", 3), MEASURED, 30, Prospect.UNKNOWN_SPREAD),
        (rule("max_drop", "5%"), BINARY, 100, Prospect.UNKNOWN_SPREAD),
        (rule("at_least", 0.9), BINARY, 20, Prospect.OUT_OF_REACH),
        (rule("at_least", 4.9), STARS, 10, Prospect.OUT_OF_REACH),
        (rule("at_least", 0.1), BINARY, 20, Prospect.NEVER_FAILS),
        (rule("max_drop", 0.05), BINARY, 2, Prospect.OUT_OF_REACH),
        (rule("min_gain", 0.9), BINARY, 10, Prospect.OUT_OF_REACH),
        (rule("max_drop", 0), BINARY, 500, Prospect.OFTEN_UNDECIDED),
        (rule("max_drop", 0.1), BINARY, 500, None),
        (rule("max_drop", 0.5), STARS, 12, Prospect.OFTEN_UNDECIDED),
    ],
    ids=str,
)
def test_what_cannot_be_is_said(
    held: Rule, scale: Scale, cases: int, prospect: Prospect | None
) -> None:
    assert studied(held, scale, cases).foresight.prospect is prospect


@pytest.mark.parametrize(("stat", "fewest"), [("p90", 29), ("p95", 59), ("p99", 299)])
def test_a_quantile_names_the_fewest_cases_that_show_it(stat: str, fewest: int) -> None:
    held = rule("at_most", 3, stat=stat)

    few, enough = studied(held, MEASURED, fewest - 1), studied(held, MEASURED, fewest)

    assert (few.foresight.prospect, few.foresight.fewest) == (Prospect.OUT_OF_REACH, fewest)
    assert enough.foresight.prospect is None
    quick = foresee(held, MEASURED, Extent(fewest - 1))
    assert (quick.prospect, quick.fewest) == (Prospect.OUT_OF_REACH, fewest)


def test_nothing_is_enough_for_perfection() -> None:
    told = studied(rule("at_least", 1.0), BINARY, 5000).foresight

    assert (told.prospect, told.fewest) == (Prospect.OUT_OF_REACH, None)


def test_few_clusters_decide_nothing_and_many_detect_less_than_cases_alone() -> None:
    held = rule("max_drop", 0.05)
    few = study(Setting(held, BINARY), Extent(90, 9, 10.0), UNKNOWN)
    many = study(Setting(held, BINARY), Extent(100, 20, 5.0), UNKNOWN)
    alone = studied(held, BINARY, 100)

    assert few.foresight.prospect is Prospect.FEW_CLUSTERS
    assert (many.foresight.detectable or 0) > (alone.foresight.detectable or 1)
    assert (many.foresight.needed or 0) > (alone.foresight.needed or 0)
    assert many.foresight.assumed_alike is not None


def test_a_rule_that_cannot_block_is_not_among_others() -> None:
    """Neither with severity: warn, nor on a small slice."""
    only_shown = rule("max_drop", 0.0, severity="warn")

    assert studied(only_shown, BINARY, 100, 6) == studied(only_shown, BINARY, 100, 1)
    small = studied(rule("max_drop", 0.0, slice={"topic": "a"}), BINARY, 20, 6).foresight
    alone = studied(rule("max_drop", 0.0), BINARY, 20).foresight
    assert (small.cannot_block, small.detectable) == (True, alone.detectable)


def test_what_lower_is_better_is_turned() -> None:
    """A rise of what is better when lower is a drop of what is better when higher."""
    rise = studied(rule("max_rise", 0.05), LOWER, 100)
    drop = studied(rule("max_drop", 0.05), BINARY, 100)
    gain, fall = (studied(rule("min_gain", 0.05), scale, 100) for scale in (BINARY, LOWER))
    most, least = (
        studied(rule("at_most", 0.2), LOWER, 100),
        studied(rule("at_least", 0.8), BINARY, 100),
    )

    assert (rise.fails_at, rise.foresight) == (-(drop.fails_at or 0), drop.foresight)
    assert fall.fails_at == -(gain.fails_at or 0)
    assert most.fails_at == pytest.approx(1 - (least.fails_at or 0))


def two_runs(
    ours: Sequence[Mark], before: Sequence[Mark], scale: Scale = BINARY, *, clusters: int = 0
) -> tuple[Scoresheet, Scoresheet]:
    names = [str(place % clusters) for place in range(len(ours))] if clusters else ()
    return sheet(ours, scale, clusters=names), sheet(before, scale, clusters=names)


def by_runs(held: Rule, scale: Scale, runs: tuple[Scoresheet, Scoresheet | None]) -> RulePower:
    return study(Setting(held, scale), Extent(len(runs[0].cases)), past_of(held, *runs))


def test_runs_say_how_many_cases_change_sides() -> None:
    """20 of 100 did: more than is assumed, so that less is detected and more is needed."""
    runs = two_runs([1.0] * 10 + [0.0] * 10 + [1.0] * 80, [0.0] * 10 + [1.0] * 90)
    held = rule("max_drop", 0.05)

    told, assumed = by_runs(held, BINARY, runs), studied(held, BINARY, 100)

    assert (told.from_runs, told.flips) == (True, 0.2)
    assert told.foresight.assumed_flips is None
    assert (told.foresight.detectable or 0) > (assumed.foresight.detectable or 1)
    assert told.foresight.needed == pytest.approx(495, rel=0.1)


def test_runs_say_how_far_a_threshold_is() -> None:
    runs = sheet([1.0] * 90 + [0.0] * 10), None

    near, far, at, below = (
        by_runs(rule("at_least", least), BINARY, runs) for least in (0.85, 0.7, 0.9, 0.95)
    )

    assert near.distance == pytest.approx(0.05)
    assert (near.foresight.needed or 0) > 100 > (far.foresight.needed or 999)
    assert (at.distance, at.foresight.needed) == (None, None)
    assert below.distance == pytest.approx(-0.05)


def test_clusters_of_runs_count() -> None:
    """Clusters that win or lose together are worth little more than one case each."""
    ours: list[Mark] = [1.0 if place % 20 < 10 else 0.0 for place in range(100)]
    runs = two_runs(ours, [0.5] * 100, SHARE, clusters=20)
    held = rule("max_drop", 0.1)

    together = by_runs(held, SHARE, runs)
    alone = by_runs(held, SHARE, two_runs(ours, [0.5] * 100, SHARE))

    assert together.foresight.clusters == 20
    assert (together.spread or 0) > 2 * (alone.spread or 1)
    binary = by_runs(held, BINARY, two_runs(ours, [1.0] * 100, clusters=20))
    assert (binary.foresight.needed or 0) > 1000


def test_a_percentage_is_known_once_the_baseline_is() -> None:
    before: list[Mark] = [2.0, 4.0] * 30
    ours: list[Mark] = [2.1, 3.8, 2.0, 4.3] * 15
    held = rule("max_rise", "20%")

    told = by_runs(held, MEASURED, (sheet(ours, MEASURED), sheet(before, MEASURED)))
    gain = by_runs(
        rule("min_gain", "20%"), MEASURED, (sheet(ours, MEASURED), sheet(before, MEASURED))
    )

    assert told.foresight.prospect is None
    assert 0.6 < (told.fails_at or 0) < 0.75, "20 % of 3, and a little"
    assert gain.fails_at is not None
    assert -0.6 < gain.fails_at < -0.4


def test_a_scale_without_ends_has_no_extremes_and_too_few_numbers_no_interval() -> None:
    enough = by_runs(rule("at_most", 3), OPEN, (sheet([1.0, 2.0] * 20, OPEN), None))
    few = by_runs(rule("at_most", 3), OPEN, (sheet([1.0, 2.0] * 5, OPEN), None))

    assert enough.foresight.prospect is None
    assert enough.fails_at is not None
    assert few.foresight.prospect is Prospect.NO_INTERVAL


@pytest.mark.parametrize(
    ("before", "candidate"), [(None, "s"), ("s", "t"), ("t", "s")], ids=["no run", "ours", "theirs"]
)
def test_without_scores_nothing_is_read(before: str | None, candidate: str) -> None:
    held = rule("max_drop", 0.05)
    base = sheet([1.0] * 9, score=before) if before else None

    assert past_of(held, sheet([1.0] * 9, score=candidate), base) == UNKNOWN


def trial_sheet(marks: list[tuple[Mark, ...]], scale: Scale = SHARE) -> Scoresheet:
    names = [case_name(place) for place in range(len(marks))]
    column = Column(scale, dict(zip(names, marks, strict=True)), len(marks[0]))
    return Scoresheet({name: CaseFacts(name) for name in names}, {"s": column})


def trials_told(within: float, between: float) -> RulePower:
    """Of 60 cases with two trials, whose trials and whose means vary by so much."""
    chance = Random("trials")
    marks: list[tuple[Mark, ...]] = []
    for place in range(60):
        mean = 0.5 + (between if place % 2 else -between)
        marks.append(tuple(mean + within * chance.choice((-1, 1)) for _ in range(2)))
    before = trial_sheet([(0.5, 0.5)] * 60)
    return by_runs(rule("max_drop", 0.05), SHARE, (trial_sheet(marks), before))


def test_trials_help_where_cases_vary_within_themselves() -> None:
    """What trials vary is divided by how many there are; what cases vary is not."""
    helped, hopeless = trials_told(0.3, 0.1), trials_told(0.1, 0.3)
    same, enough = trials_told(0.0, 0.3), trials_told(0.1, 0.01)

    assert helped.more_trials is MoreTrials.HELP
    allowed = 60 * (0.05 / 2.48648) ** 2  # of the variance of a case, 0.1 ** 2 of it between cases
    assert helped.trials == pytest.approx(0.3**2 / (allowed - 0.1**2), abs=4)
    assert (hopeless.more_trials, hopeless.trials) == (MoreTrials.TOO_LITTLE, None)
    assert same.more_trials is MoreTrials.SAME
    assert enough.more_trials is MoreTrials.ENOUGH


def test_recorded_answers_are_the_same_each_time() -> None:
    held, marks = rule("max_drop", 0.01), [1.0, 0.0] * 20
    past = past_of(held, sheet(marks), sheet([1.0] * 40), same=True)

    told = study(Setting(held, BINARY), Extent(40), past)

    assert told.more_trials is MoreTrials.SAME


def test_trials_that_are_planned_leave_shares_as_they_are() -> None:
    """Until a run shows how much trials differ, they are not taken to help."""
    held = rule("max_drop", 0.05)
    planned = Past(repeating=Repeating(trials=3))

    assert study(Setting(held, BINARY), Extent(100), planned) == studied(held, BINARY, 100)


def test_one_case_says_nothing_of_how_much_cases_vary() -> None:
    assert past_of(rule("at_least", 0.5), sheet([1.0]), None).variance == 0.0


def test_a_trial_without_a_score_is_left_out() -> None:
    """A case of which only one trial has a score says nothing of what its trials vary."""
    marks: list[tuple[Mark, ...]] = [(0.0, 1.0, GONE), (1.0, UNREAD, UNREAD), (0.5, 0.5, 0.5)]
    held = rule("at_least", 0.5)

    past = past_of(held, trial_sheet(marks), None)

    assert past.repeating.trials == 3
    assert past.repeating.within == pytest.approx((1 / 3 + 0.0) / 2)
    nothing = past_of(held, trial_sheet([(UNREAD, UNREAD), (1.0, UNREAD)]), None)
    assert nothing.repeating.within is None
    single = past_of(rule("max_drop", 0), trial_sheet(marks), sheet([0.5] * 3, SHARE))
    assert single.repeating.within is None


@pytest.mark.parametrize("bound", ["at_least", "max_drop"])
@pytest.mark.parametrize("cases", [5, 12, 29])
def test_few_stars_are_foreseen_with_a_worst_row(bound: str, cases: int) -> None:
    """In `check` too, near what the method itself gives."""
    held = rule(bound, 2)

    quick, told = foresee(held, STARS, Extent(cases)), studied(held, STARS, cases).foresight

    assert (told.detectable is None) == (quick.detectable is None)
    assert 0.5 <= (told.detectable or 1) / (quick.detectable or 1) <= 2
    if bound == "max_drop":
        assert quick.needed == 30


def test_at_most_is_foreseen_like_at_least() -> None:
    least, most = (foresee(rule(bound, 3), STARS, Extent(12)) for bound in ("at_least", "at_most"))

    assert least.detectable == most.detectable


def test_cases_that_nobody_could_collect_are_said_as_they_are_reckoned() -> None:
    """Beyond 20,000 the search ends, whether or not so many would do."""
    odds = ShareOdds(Bars(0.5, 0.5, 0.05, 0.05), 100)

    assert fewest_cases(odds, lambda _: False, 16_500) > FAR
    assert fewest_cases(odds, lambda _: True, FAR + 1) == FAR + 1
    assert fewest_cases(odds, lambda each: each.cases >= 7, 50) == 7
    assert fewest_cases(odds, lambda _: True, 50) <= 2


def test_all_or_none_changes_sides() -> None:
    assert list(binomial(10, 0.0)) == [(0, 1.0)]
    assert list(binomial(10, 1.0)) == [(10, 1.0)]
    assert math.fsum(weight for _, weight in binomial(500, 0.1)) == pytest.approx(1, abs=1e-6)
    assert PairOdds(Bars(-0.5, 0.0, 0.05, 0.05), 30, 0.0).passes(0.0) == 1.0
