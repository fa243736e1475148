"""Cases that belong together: published standard errors, and what clusters may not do."""

import math
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from evalgate.domain.finding import NoMethod
from evalgate.gate.choosing import Measured, method_for
from evalgate.gate.clusters import design_effect, gathered, pseudo_values
from evalgate.gate.extent import Cluster
from evalgate.gate.limit import Ends
from evalgate.gate.means import lower_bound, tail_of
from evalgate.gate.methods import Method, PairedShares, Share

UNIT, APART = Ends(0.0, 1.0), Ends(-1.0, 1.0)
# 30 differences in stars, in ten clusters of three
SKEWED = [0.0, 0, -1, 0, 1, -2, 0, 0, -1, 0, 0, 1, 0, -1, 0,
          0, 0, -3, 0, 0, 1, 0, 0, -1, 0, 0, 0, 0, -1, 0]  # fmt: skip
ALPHAS = st.sampled_from([0.01, 0.05, 0.1, 0.25, 0.45])


def method_of(kind: str, numbers: list[float], clusters: list[Cluster], ends: Ends) -> Method:
    method = method_for(Measured(kind, numbers, ends, clusters))  # type: ignore[arg-type]  # one of three
    assert not isinstance(method, NoMethod)
    return method


@pytest.mark.parametrize(
    ("numbers", "clusters", "error"),
    [
        # inspect_ai's test of its clustered standard error: 0 to 19 in four clusters
        ([float(n) for n in range(20)], [n % 4 for n in range(20)], 0.6454972243679028),
        # four trials of 50 airline tasks by gpt-4o (tau-bench, MIT): how many tasks succeeded
        # 0, 1, 2, 3 and 4 times; its standard error with G / (G - 1)
        (
            [float(t < won) for won, tasks in enumerate((14, 12, 10, 4, 10))
             for _ in range(tasks) for t in range(4)],
            [case // 4 for case in range(200)],
            0.05221619109284878,
        ),
        # statsmodels, OLS with cov_type="cluster": 30 differences in threes
        (SKEWED, [case // 3 for case in range(30)], 0.1222222),
    ],
    ids=["inspect_ai", "tau-bench", "statsmodels"],
)  # fmt: skip
def test_pseudo_values_have_the_published_standard_error(
    numbers: list[float], clusters: list[Cluster], error: float
) -> None:
    tail = tail_of(pseudo_values(gathered(numbers, clusters)))

    assert tail.error == pytest.approx(error, abs=1e-7)
    assert tail.centre == pytest.approx(sum(numbers) / len(numbers))


def test_student_bounds_over_clusters_are_those_of_statsmodels() -> None:
    """30 differences in ten clusters of three: with t of 9 degrees, [-0.457380, -0.009286]."""
    groups = gathered(SKEWED, [case // 3 for case in range(30)])
    tail = tail_of(pseudo_values(groups))._replace(skew=0.0)

    assert lower_bound(tail, 0.05) == pytest.approx(-0.457380, abs=1e-6)
    assert -lower_bound(tail.mirrored(), 0.05) == pytest.approx(-0.009286, abs=1e-6)


@st.composite
def clustered(draw: st.DrawFn, low: int = 0) -> tuple[list[float], list[Cluster]]:
    """Two- or three-valued numbers in 10 to 20 clusters of different sizes."""
    sizes = draw(st.lists(st.integers(1, 6), min_size=10, max_size=20))
    cases = sum(sizes)
    numbers = draw(st.lists(st.integers(low, 1).map(float), min_size=cases, max_size=cases))
    return numbers, [cluster for cluster, size in enumerate(sizes) for _ in range(size)]


@given(cases=clustered(), alpha=ALPHAS, number=st.sampled_from([0.05, 0.3, 0.5, 0.8, 0.95]))
def test_a_p_value_of_a_share_is_small_exactly_when_the_bound_excludes(
    cases: tuple[list[float], list[Cluster]], alpha: float, number: float
) -> None:
    """Also where the effective counts rest on the error that the p-value is."""
    share = method_of("proportion", *cases, UNIT)
    bounds = share.bounds(alpha)
    assume(min(abs(bounds.lower - number), abs(bounds.upper - number)) > 1e-9)

    assert (bounds.upper < number) == (share.p_as_low(number) < alpha)
    assert (bounds.lower > number) == (share.p_as_high(number) < alpha)


@given(cases=clustered(-1), alpha=ALPHAS, number=st.sampled_from([-0.5, -0.05, 0.0, 0.1, 0.6]))
def test_a_p_value_of_a_difference_is_small_exactly_when_the_bound_excludes(
    cases: tuple[list[float], list[Cluster]], alpha: float, number: float
) -> None:
    paired = method_of("paired", *cases, APART)
    bounds = paired.bounds(alpha)
    assume(min(abs(bounds.lower - number), abs(bounds.upper - number)) > 1e-6)

    assert (bounds.upper < number) == (paired.p_as_low(number) < alpha)
    assert (bounds.lower > number) == (paired.p_as_high(number) < alpha)


@given(cases=clustered(-1), alpha=ALPHAS, seed=st.integers(0, 9))
@pytest.mark.parametrize("kind", ["paired", "general"])
def test_the_order_of_cases_does_not_matter(
    kind: str, cases: tuple[list[float], list[Cluster]], alpha: float, seed: int
) -> None:
    order = Random(seed).sample(range(len(cases[0])), len(cases[0]))
    turned = [cases[0][place] for place in order], [cases[1][place] for place in order]

    here, there = method_of(kind, *cases, APART), method_of(kind, *turned, APART)

    assert here.bounds(alpha) == there.bounds(alpha)


@given(cases=clustered(-1), alpha=ALPHAS)
@pytest.mark.parametrize("kind", ["paired", "general"])
def test_clusters_never_make_a_share_surer(
    kind: str, cases: tuple[list[float], list[Cluster]], alpha: float
) -> None:
    """An estimate lies between its bounds; those of shares are never narrower than without."""
    method = method_of(kind, *cases, APART)
    bounds = method.bounds(alpha)

    assert bounds.lower <= method.estimate <= bounds.upper
    if kind == "paired":
        alone = method_of(kind, cases[0], [], APART)
        assert bounds.lower <= alone.bounds(alpha).lower + 1e-9
        assert bounds.upper >= alone.bounds(alpha).upper - 1e-9
        assert method.spread(0.0) >= alone.spread(0.0)


def test_cases_asked_twice_count_about_once() -> None:
    """Every case in two equal copies: slightly fewer effective cases than there are clusters."""
    once = [1.0] * 15 + [0.0] * 5
    twice = [number for number in once for _ in range(2)]
    both = method_of("proportion", twice, [case // 2 for case in range(40)], UNIT)
    one = method_of("proportion", once, [], UNIT)

    assert isinstance(both, Share)
    assert isinstance(one, Share)
    assert both.effect is not None
    assert both.effect.ratio == pytest.approx(39 / 19)
    assert both.bounds(0.05).lower < one.bounds(0.05).lower
    assert both.bounds(0.05).lower == pytest.approx(one.bounds(0.05).lower, abs=0.03)


def test_cases_that_are_all_alike_count_as_their_clusters() -> None:
    """The mean of fifty times two thirds is not two thirds, and that is no variance."""
    effect = design_effect([[2 / 3] * 5] * 10)

    assert (effect.ratio, effect.freedom, effect.cases) == (5.0, 9, 50)


def test_equal_scores_in_all_cases_are_worth_one_case_for_each_cluster() -> None:
    effect = design_effect([[1.0] * 3] * 10)

    assert (effect.ratio, effect.freedom, effect.cases) == (3.0, 9, 30)
    paired = method_of("paired", [0.0] * 30, [case // 3 for case in range(30)], APART)
    assert isinstance(paired, PairedShares)
    assert paired.bounds(0.05).upper > 0.2


@pytest.mark.parametrize(("standing_out", "freedom"), [(1, 2), (4, 8), (10, 19), (20, 19)])
def test_few_clusters_that_stand_out_tell_little_of_how_clusters_vary(
    standing_out: int, freedom: int
) -> None:
    """Forty cases, of which four moved together, are not forty documents that all vary."""
    groups = [[-1.0, 0.0]] * standing_out + [[0.0, 0.0]] * (20 - standing_out)

    assert design_effect(groups).freedom == freedom


@pytest.mark.parametrize(
    ("kind", "clusters", "ends", "name"),
    [
        ("proportion", 9, UNIT, NoMethod.FEW_CLUSTERS),
        ("proportion", 10, UNIT, "Clopper-Pearson on effective counts"),
        ("paired", 10, APART, "Tango on effective counts"),
        ("general", 9, APART, NoMethod.FEW_CLUSTERS),
        ("general", 29, APART, "Student with a worst row over clusters"),
        ("general", 30, APART, "Student and Hall over clusters"),
        ("general", 29, Ends(0.0, None), NoMethod.ENDLESS_FEW_CLUSTERS),
    ],
)  # fmt: skip
def test_which_method_bounds_clusters(kind: str, clusters: int, ends: Ends, name: str) -> None:
    numbers = [float(case % 3 == 0) for case in range(2 * clusters)]
    of = [case // 2 for case in range(2 * clusters)]

    method = method_for(Measured(kind, numbers, ends, of))  # type: ignore[arg-type]  # one of three

    assert (method if isinstance(method, NoMethod) else method.name) == name


@pytest.mark.parametrize("count", [12, 40])
def test_clustered_shares_seldom_deceive(count: int) -> None:
    """Clusters of five that mostly agree: without them the bound errs in over 10 % of runs."""
    chance, runs = Random(f"clusters {count}"), 600
    wrong = plain = 0
    for _ in range(runs):
        chances = [chance.betavariate(1.4, 0.6) for _ in range(count)]  # mean 0.7, ICC 1/3
        numbers = [float(chance.random() < likely) for likely in chances for _ in range(5)]
        of = [case // 5 for case in range(5 * count)]
        wrong += method_of("proportion", numbers, list(of), UNIT).bounds(0.05).lower > 0.7
        plain += method_of("proportion", numbers, [], UNIT).bounds(0.05).lower > 0.7

    assert wrong / runs <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / runs)
    assert plain / runs > 0.08
