"""Which cases of an evalset a run is asked for."""

import hashlib
from collections.abc import Iterable, Iterator
from itertools import islice

from evalgate.domain.case import Case, SliceValue
from evalgate.domain.run import Selection
from evalgate.errors import Problem, UserMistake
from evalgate.sources.nearest import did_you_mean


def selected(cases: Iterable[Case], selection: Selection) -> Iterator[Case]:
    """The cases that the selection keeps, in their order."""
    kept = (case for case in cases if _is_kept(case, selection))
    return islice(kept, selection.limit) if selection.limit is not None else iter(kept)


def count_selected(cases: Iterable[Case], selection: Selection, ref: str) -> int:
    """How many cases the selection keeps; none, or a case that is not there, is a mistake."""
    known: set[str] = set()

    def seen() -> Iterator[Case]:
        for case in cases:
            known.add(case.id)
            yield case

    count = sum(1 for case in seen() if _is_kept(case, selection))
    problems = [
        Problem(f"{ref} has no case {case!r}", key="--case", remedy=did_you_mean(case, known))
        for case in selection.cases
        if case not in known
    ]
    if problems:
        raise UserMistake(problems)
    if not count:
        flags = str(selection) or "the whole evalset"
        raise UserMistake(Problem(f"nothing to evaluate: {flags} keeps no case of {ref}"))
    return count if selection.limit is None else min(count, selection.limit)


def _is_kept(case: Case, selection: Selection) -> bool:
    if selection.cases and case.id not in selection.cases:
        return False
    for key, value in selection.filters.items():
        if key not in case.slices or value not in _written(case.slices[key]):
            return False
    return selection.shard is None or shard_of(case.id, selection.shard[1]) == selection.shard[0]


def _written(value: SliceValue) -> tuple[str, ...]:
    """A slice's value as people type it: `true`, as in the files, or `True`, as in reports."""
    return (str(value), str(value).lower()) if isinstance(value, bool) else (str(value),)


def shard_of(case_id: str, shards: int) -> int:
    """The shard, counted from 1, that a case belongs to on every machine and in every order."""
    return int.from_bytes(hashlib.sha256(case_id.encode()).digest()[:8], "big") % shards + 1
