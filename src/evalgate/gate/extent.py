"""How many cases a rule is about, and how they belong together."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from evalgate.domain.case import SliceValue
from evalgate.domain.rule import Rule
from evalgate.gate.subject import is_in_slice

Cluster = str | int
"""A cluster's name; the place of a case that has none."""

FEWEST_CLUSTERS = 10
"""Fewer clusters do not show how alike the cases of one are."""

ALIKE = 0.2
"""How alike the cases of one cluster are taken to be (intraclass correlation)."""


class Extent(NamedTuple):
    """The cases of a rule; `clusters` is None when all of them are independent."""

    cases: int
    clusters: int | None = None
    crowd: float = 1.0  # of how many cases the cluster of a case is, on average

    @property
    def too_few_clusters(self) -> bool:
        """True when no method bounds anything."""
        return self.clusters is not None and self.clusters < FEWEST_CLUSTERS

    @property
    def assumed_effect(self) -> float:
        """By how much clusters shrink the cases, until a run shows it."""
        return 1.0 + (self.crowd - 1.0) * ALIKE


def extent_of(sizes: Mapping[Cluster | None, int]) -> Extent:
    """The extent of cases by their clusters; without one, a case is one of its own."""
    alone = sizes.get(None, 0)
    named = [size for cluster, size in sizes.items() if cluster is not None]
    cases = alone + sum(named)
    if all(size == 1 for size in named):
        return Extent(cases)
    return Extent(cases, alone + len(named), (alone + sum(n * n for n in named)) / cases)


class Extents:
    """The extents of a suite's rules, counted case by case."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = rules
        self._all: Counter[Cluster | None] = Counter()
        self._sliced = [
            (rule.id, rule.slice, Counter[Cluster | None]()) for rule in rules if rule.slice
        ]

    def add(self, slices: Mapping[str, SliceValue], cluster: Cluster | None) -> None:
        """Count one case."""
        self._all[cluster] += 1
        for _, wanted, sizes in self._sliced:
            if is_in_slice(slices, wanted):
                sizes[cluster] += 1

    def by_rule(self) -> dict[str, Extent]:
        """Every rule's extent, by the rules' names."""
        whole = extent_of(self._all)
        sliced = {rule_id: extent_of(sizes) for rule_id, _, sizes in self._sliced}
        return {rule.id: sliced.get(rule.id, whole) for rule in self._rules}
