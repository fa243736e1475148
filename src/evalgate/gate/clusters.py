"""Cases that belong together, such as questions about one document, are not independent."""

from collections import Counter
from collections.abc import Sequence

from evalgate.domain.sheet import Scoresheet

Cluster = str | int
"""A cluster's name; the place of a case that has none."""


def clusters_of(sheet: Scoresheet, cases: Sequence[str]) -> list[Cluster]:
    """Each case's cluster, or nothing when every case is one of its own."""
    named = [sheet.cases[case].cluster for case in cases]
    sizes = Counter(named)
    del sizes[None]
    if all(size == 1 for size in sizes.values()):
        return []
    return [place if name is None else name for place, name in enumerate(named)]
