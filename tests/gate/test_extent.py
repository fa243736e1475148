"""How many cases a rule is about, and how they belong together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.domain.checked import Prospect
from evalgate.domain.scale import BINARY
from evalgate.gate.extent import Extent, Extents, extent_of
from evalgate.gate.power.foresight import foresee
from gate_sheets import STARS, rule


def test_cases_are_counted_for_each_rule() -> None:
    everywhere, billing = rule("at_least", 0.5), rule("max_drop", 0.1, slice={"topic": "billing"})
    counted = Extents([everywhere, billing])
    for topic, cluster in [("billing", "a"), ("billing", "a"), ("other", "b"), ("billing", None)]:
        counted.add({"topic": topic}, cluster)

    found = counted.by_rule()

    assert found[everywhere.id] == Extent(4, 3, (4 + 1 + 1) / 4)
    assert found[billing.id] == Extent(3, 2, (4 + 1) / 3)


def test_cases_that_share_no_cluster_are_independent() -> None:
    assert extent_of({"a": 1, "b": 1, None: 5}) == Extent(7)
    assert extent_of({}) == Extent(0)


@given(sizes=st.lists(st.integers(1, 20), min_size=1, max_size=30))
def test_clusters_never_make_cases_worth_more(sizes: list[int]) -> None:
    found = extent_of({str(place): size for place, size in enumerate(sizes)})

    assert found.cases == sum(sizes)
    assert found.assumed_effect >= 1.0
    alone, together = (
        foresee(rule("max_drop", 0.1), BINARY, each)
        for each in (Extent(sum(sizes)), found._replace(clusters=None))
    )
    assert (together.detectable or 1) >= (alone.detectable or 1)


@pytest.mark.parametrize("bound", ["at_least", "max_drop"])
def test_few_clusters_are_told_before_anything_is_run(bound: str) -> None:
    held, stars = rule(bound, 0.5), rule(bound, 2)

    assert foresee(held, BINARY, Extent(90, 9, 10)).prospect is Prospect.FEW_CLUSTERS
    assert foresee(stars, STARS, Extent(90, 9, 10)).prospect is Prospect.FEW_CLUSTERS
    enough = foresee(held, BINARY, Extent(100, 10, 10))
    assert (enough.prospect, enough.assumed_alike) == (None, 0.2)


def test_a_total_does_not_mind_clusters() -> None:
    held = rule("at_most", 9, stat="total")

    assert foresee(held, STARS, Extent(90, 9, 10)).prospect is Prospect.FACT
