"""What must hold for every rule, every scale and every mixture of marks."""

from math import comb

import pytest
from hypothesis import Phase, assume, find, given, settings
from hypothesis import strategies as st

from evalgate.domain.finding import Cause, Evidence, Finding, Verdict
from evalgate.domain.rule import Rule
from evalgate.domain.scale import BINARY, Scale
from evalgate.domain.sheet import Absence, Mark
from evalgate.errors import UserMistake
from evalgate.gate.deciding import decide
from evalgate.gate.limit import is_beyond
from evalgate.gate.subject import shape_of
from evalgate.gate.weighing import verdict_of
from gate_sheets import (
    GONE,
    LOWER,
    OPEN,
    SCALES,
    SHARE,
    case_name,
    marks_on,
    rule,
    rules_on,
    scores_on,
    sheet,
    situations,
)

Situation = tuple[Rule, Scale, list[Mark], list[Mark]]
JUDGED = tuple(scale for scale in SCALES if scale.worst is not None)
PARTS = pytest.mark.parametrize("partial", ["--limit 5", "unfinished (running)"])


def held(situation: Situation, *, partial: str = "", theirs: str = "") -> Finding:
    rule_, scale, ours, before = situation
    return decide(rule_, sheet(ours, scale, partial=partial), sheet(before, scale, partial=theirs))


def goodness(finding: Finding) -> tuple[Evidence, float] | None:
    """The estimate so that higher is better for the rule."""
    if finding.observed is None or finding.limit is None:
        return None
    sign = 1 if finding.limit.side == "at_least" else -1
    return finding.observed, sign * finding.observed.estimate


@given(
    situation=situations(),
    where=st.integers(0, 63),
    absence=st.sampled_from(list(Absence)),
)
def test_a_failed_rule_never_passes_because_a_case_broke(
    situation: Situation, where: int, absence: Absence
) -> None:
    """A candidate cannot pass a gate by crashing on the hard questions."""
    rule_, scale, ours, before = situation
    where %= len(ours)
    assume(not isinstance(ours[where], Absence))
    broken = [*ours[:where], absence, *ours[where + 1 :]]

    intact, damaged = held(situation), held((rule_, scale, broken, before))

    assert (intact.verdict, damaged.verdict) != (Verdict.FAILED, Verdict.PASSED)


@given(situation=situations(), where=st.integers(0, 63))
def test_a_case_without_an_answer_never_helps(situation: Situation, where: int) -> None:
    """Where the scale has a worst score, the estimate falls or stays and nothing new passes.

    Of a mean of other scores, the bounds may narrow when the one case that stands out breaks.
    """
    rule_, scale, ours, before = situation
    where %= len(ours)
    assume(_worst_for(rule_, scale) is not None)
    assume(not isinstance(ours[where], Absence))
    broken = [*ours[:where], GONE, *ours[where + 1 :]]

    intact, damaged = held(situation), held((rule_, scale, broken, before))

    first, second = goodness(intact), goodness(damaged)
    if first and second and first[0].cases == second[0].cases:
        assert second[1] <= first[1] + 1e-12
    if shape_of(rule_, scale) != "general":
        assert damaged.verdict is not Verdict.PASSED or intact.verdict is Verdict.PASSED


def _worst_for(rule_: Rule, scale: Scale) -> float | None:
    if rule_.threshold is None:
        return scale.worst
    return scale.low if rule_.at_least is not None else scale.high


@pytest.mark.parametrize("bound", ["at_least", "at_most"])
@pytest.mark.parametrize("scale", [BINARY, LOWER])
@pytest.mark.parametrize(
    "options",
    [{}, {"stat": "rate", "pass_at": 1}, {"stat": "p90"}, {"stat": "total"}],
    ids=["mean", "rate", "p90", "total"],
)
def test_crashing_on_everything_passes_no_threshold(
    bound: str, scale: Scale, options: dict[str, object]
) -> None:
    """Also not where the rule limits the end that the scale calls good."""
    finding = decide(rule(bound, 0.5, **options), sheet([GONE] * 50, scale))

    assert finding.verdict is Verdict.FAILED


@given(situation=situations(), order=st.randoms(use_true_random=False))
def test_the_order_of_cases_does_not_matter(situation: Situation, order: object) -> None:
    rule_, scale, ours, before = situation
    shuffled = list(range(len(ours)))
    order.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis hands out a Random
    candidate, baseline = sheet(ours, scale), sheet(before, scale)
    names = [case_name(index) for index in shuffled]
    turned = candidate.__class__(
        {name: candidate.cases[name] for name in names},
        {
            "s": candidate.columns["s"].__class__(
                scale, {name: candidate.columns["s"].marks[name] for name in names}
            )
        },
    )

    assert decide(rule_, turned, baseline) == decide(rule_, candidate, baseline)


@given(situation=situations())
def test_what_is_missing_never_decides(situation: Situation) -> None:
    """Passed at worst is passed at best; failed at best is failed at worst.

    A mean of other scores has wider bounds when one score stands out: then both decide nothing.
    """
    finding = held(situation)
    general = shape_of(finding.rule, situation[1]) == "general"
    undecided = {Verdict.UNDECIDED} if general else set()

    if finding.limit and finding.at_worst and finding.at_best:
        low = verdict_of(finding.rule, finding.limit, finding.at_worst)
        high = verdict_of(finding.rule, finding.limit, finding.at_best)
        assert low is not Verdict.PASSED or high in {Verdict.PASSED, *undecided}
        assert high is not Verdict.FAILED or low in {Verdict.FAILED, *undecided}


@given(situation=situations())
def test_only_an_undecided_finding_has_a_cause(situation: Situation) -> None:
    finding = held(situation)

    assert (finding.cause is not None) == (finding.verdict is Verdict.UNDECIDED)


@given(situation=situations())
def test_a_passed_rule_meets_its_target_by_its_bound(situation: Situation) -> None:
    """Never by the estimate, and never with too few cases or too little coverage."""
    finding = held(situation)
    if finding.verdict is not Verdict.PASSED:
        return

    assert finding.limit is not None
    for evidence in (finding.at_worst, finding.at_best):
        assert evidence is not None
        bound = evidence.lower if finding.limit.side == "at_least" else evidence.upper
        assert bound is not None
        assert not is_beyond(finding.limit, bound)
    assert finding.counts.coverage >= finding.rule.min_coverage
    assert finding.counts.cases >= finding.rule.fewest_cases


@given(situation=situations())
def test_a_failed_rule_misses_its_target_also_at_best(situation: Situation) -> None:
    finding = held(situation)
    if finding.verdict is not Verdict.FAILED:
        return

    assert finding.limit is not None
    assert finding.at_best is not None
    assert is_beyond(finding.limit, finding.at_best.estimate)


@given(situation=situations())
def test_too_little_coverage_is_a_fault_of_the_run(situation: Situation) -> None:
    finding = held(situation)

    assert (finding.counts.coverage < finding.rule.min_coverage) == (
        finding.cause is Cause.LOW_COVERAGE
    )


@given(data=st.data(), scale=st.sampled_from(SCALES))
def test_no_cases_never_pass(data: st.DataObject, scale: Scale) -> None:
    finding = decide(data.draw(rules_on(scale)), sheet([], scale), sheet([], scale))

    assert (finding.verdict, finding.cause) == (Verdict.UNDECIDED, Cause.TOO_FEW_CASES)


@PARTS
@given(situation=situations())
def test_a_partial_run_never_passes_or_fails(partial: str, situation: Situation) -> None:
    candidate, baseline = held(situation, partial=partial), held(situation, theirs=partial)

    assert candidate.verdict is Verdict.UNDECIDED
    assert baseline.verdict is Verdict.UNDECIDED or not situation[0].needs_baseline


@given(data=st.data(), scale=st.sampled_from([*JUDGED, OPEN]), margin=st.sampled_from([0, 0.1, 1]))
def test_a_candidate_like_its_baseline_never_fails(
    data: st.DataObject, scale: Scale, margin: float
) -> None:
    marks = data.draw(st.lists(marks_on(scale), max_size=30))
    bound = "max_drop" if scale.better == "higher" else "max_rise"
    stat = data.draw(st.sampled_from(["mean", "total"]))
    fail = data.draw(st.sampled_from(["significant", "strict"]))

    held_ = rule(bound, margin, stat=stat, fail=fail, min_coverage=0.01)

    assert decide(held_, sheet(marks, scale), sheet(marks, scale)).verdict is not Verdict.FAILED


def flipped(mark: Mark) -> Mark:
    return mark if isinstance(mark, Absence) else 1 - mark


@given(
    ours=st.lists(marks_on(SHARE), min_size=12, max_size=12),
    before=st.lists(marks_on(SHARE), min_size=12, max_size=12),
    binary=st.booleans(),
    margin=st.sampled_from([0, 0.125, 0.25]),
    bounds=st.sampled_from([("max_drop", "max_rise"), ("min_gain", "min_gain")]),
    stat=st.sampled_from(["mean", "total"]),
    fail=st.sampled_from(["significant", "strict"]),
)
def test_lower_is_better_is_a_mirror_image(
    *,
    ours: list[Mark],
    before: list[Mark],
    binary: bool,
    margin: float,
    bounds: tuple[str, str],
    stat: str,
    fail: str,
) -> None:
    """Scores x on a higher-is-better scale and 1 - x on a lower-is-better one decide alike."""
    up = BINARY if binary else SHARE
    if binary:
        ours, before = ([_rounded(mark) for mark in side] for side in (ours, before))
    down = up.model_copy(update={"better": "lower"})
    options = {"stat": stat, "fail": fail, "min_coverage": 0.1, "confidence": 0.75}

    higher = decide(rule(bounds[0], margin, **options), sheet(ours, up), sheet(before, up))
    lower = decide(
        rule(bounds[1], margin, **options),
        sheet([flipped(mark) for mark in ours], down),
        sheet([flipped(mark) for mark in before], down),
    )

    assert (higher.verdict, higher.cause, higher.counts, higher.more_cases) == (
        lower.verdict,
        lower.cause,
        lower.counts,
        lower.more_cases,
    )
    for one, other in ((higher.at_worst, lower.at_worst), (higher.at_best, lower.at_best)):
        assert (one is None) == (other is None)
        if one and other:
            assert (one.wins, one.losses, one.ties) == (other.wins, other.losses, other.ties)
            assert one.estimate == pytest.approx(-other.estimate, abs=1e-12)


def _rounded(mark: Mark) -> Mark:
    return mark if isinstance(mark, Absence) else float(mark >= 0.5)


@given(
    ours=st.lists(scores_on(BINARY), min_size=10, max_size=30),
    number=st.sampled_from([0.2, 0.5, 0.8]),
)
def test_a_mirrored_threshold_decides_alike(ours: list[float], number: float) -> None:
    at_least = decide(rule("at_least", number), sheet(ours))
    at_most = decide(
        rule("at_most", round(1 - number, 6)), sheet([1 - score for score in ours], LOWER)
    )

    assert at_least.verdict is at_most.verdict
    assert at_least.more_cases == at_most.more_cases


@given(
    before=st.lists(st.integers(1, 80).map(float), min_size=1, max_size=12),
    change=st.integers(-300, 300),
    percent=st.integers(0, 60),
    bound=st.sampled_from(["max_rise", "min_gain"]),
)
def test_percent_and_absolute_margins_agree_on_totals(
    before: list[float], change: int, percent: int, bound: str
) -> None:
    """20 % of a total of 50 is 10, also on the very edge, whatever floats make of 1.2."""
    scale = Scale(kind="continuous", low=None, high=None, better="lower")
    after = [before[0] + change, *before[1:]]
    absolute = percent * sum(before) / 100

    relative = decide(
        rule(bound, f"{percent}%", stat="total"), sheet(after, scale), sheet(before, scale)
    )
    plain = decide(rule(bound, absolute, stat="total"), sheet(after, scale), sheet(before, scale))

    assert relative.verdict is plain.verdict is not Verdict.UNDECIDED


@given(marks=st.lists(st.sampled_from([0.0, 1.0]), min_size=1, max_size=20))
def test_nought_percent_of_a_total_is_a_margin_of_nought(marks: list[float]) -> None:
    assume(sum(marks) > 0)
    nought = [
        decide(rule("max_drop", written, stat="total"), sheet(marks[::-1]), sheet(marks))
        for written in (0, "0%")
    ]

    assert [finding.verdict for finding in nought] == [Verdict.PASSED, Verdict.PASSED]


@pytest.mark.parametrize("before", [[0.0] * 20, [-1.0] * 20], ids=["nought", "below nought"])
def test_a_percentage_of_nothing_is_refused(before: list[Mark]) -> None:
    """With a baseline of -10, "20 % better" would be satisfied by -12."""
    with pytest.raises(UserMistake, match=r"s\.min_gain: 20% of a baseline whose mean is"):
        decide(rule("min_gain", "20%"), sheet([0.0] * 20, OPEN), sheet(before, OPEN))


@pytest.mark.parametrize("wrong", [float("nan"), float("inf"), 0.5, 7.0])
@pytest.mark.parametrize("stat", ["mean", "p90", "max"])
def test_a_number_off_the_scale_is_no_score(wrong: float, stat: str) -> None:
    """NaN is neither above nor below a threshold: it must not pass by being neither."""
    finding = decide(rule("at_most", 1, stat=stat), sheet([wrong] * 40, LOWER))

    assert (finding.cause, finding.counts.unscored) == (Cause.LOW_COVERAGE, 40)


@pytest.mark.parametrize("cases", [20, 50])
@pytest.mark.parametrize("fail", ["significant", "strict"])
def test_an_unchanged_candidate_is_blocked_in_at_most_one_run_of_twenty(
    cases: int, fail: str
) -> None:
    """Enumerated: a tenth of the answers flips by chance, as often one way as the other.

    5.2 % is the highest rate of the score test over all sizes and flip rates (exact).
    """
    drop = rule("max_drop", 0.05, fail=fail)
    blocked = 0.0
    for wins in range(cases + 1):
        for losses in range(cases + 1 - wins):
            if wins + losses > 25:
                continue  # together rarer than one in ten billion, and counted below
            ways = comb(cases, wins) * comb(cases - wins, losses)
            chance = ways * 0.05 ** (wins + losses) * 0.9 ** (cases - wins - losses)
            ties = cases - wins - losses
            ours = [1.0] * wins + [0.0] * losses + [1.0] * ties
            before = [0.0] * wins + [1.0] * losses + [1.0] * ties
            if losses > wins and decide(drop, sheet(ours), sheet(before)).verdict is Verdict.FAILED:
                blocked += chance

    assert 0 < blocked + 1e-9 <= 0.052


@pytest.mark.parametrize("verdict", list(Verdict))
def test_the_generated_situations_reach_every_verdict(verdict: Verdict) -> None:
    """Otherwise the properties above would hold of nothing."""
    find(
        situations(),
        lambda situation: held(situation).verdict is verdict,
        settings=settings(max_examples=500, phases=[Phase.generate]),
    )
