"""Which cases a selection keeps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.domain.case import Case
from evalgate.domain.run import Selection
from evalgate.errors import UserMistake
from evalgate.pipeline.selecting import count_selected, selected, shard_of

IDS = st.lists(st.text("abc0", min_size=1, max_size=6), unique=True, max_size=30)


def case(name: str, **slices: str | int | bool) -> Case:
    return Case(id=name, inputs={"question": name}, slices=slices)


@given(ids=IDS, shards=st.integers(1, 7))
def test_every_case_is_in_exactly_one_shard(ids: list[str], shards: int) -> None:
    """Together the shards are the evalset, and none of them overlap."""
    cases = [case(name) for name in ids]
    parts = [
        [kept.id for kept in selected(cases, Selection(shard=(part, shards)))]
        for part in range(1, shards + 1)
    ]

    assert sorted(name for part in parts for name in part) == sorted(ids)


@given(ids=IDS, shards=st.integers(1, 7))
def test_a_cases_shard_does_not_depend_on_the_others(ids: list[str], shards: int) -> None:
    """A case that is added or moved pushes no other case onto another machine."""
    cases = [case(name) for name in reversed(ids)]
    for part in range(1, shards + 1):
        kept = {each.id for each in selected(cases, Selection(shard=(part, shards)))}
        assert kept == {name for name in ids if shard_of(name, shards) == part}


@given(ids=IDS.filter(len), limit=st.integers(1, 40))
def test_what_is_counted_is_what_is_kept(ids: list[str], limit: int) -> None:
    """The number that is announced is the number that is run."""
    cases = [case(name) for name in ids]
    selection = Selection(limit=limit)

    assert count_selected(cases, selection, "e@v1") == len(list(selected(cases, selection)))


@pytest.mark.parametrize(
    ("filters", "kept"),
    [
        ({"trap": "true"}, ["a"]),
        ({"trap": "True"}, ["a"]),
        ({"trap": "false"}, ["b"]),
        ({"level": "3"}, ["b"]),
        ({"level": "3", "trap": "true"}, []),
        ({"level": "None"}, []),
    ],
    ids=["true", "True", "false", "a number", "both must hold", "absent is no value"],
)
def test_a_filter_is_read_as_the_files_write_it(filters: dict[str, str], kept: list[str]) -> None:
    """`trap=true` means the slice that the JSON line calls true."""
    cases = [case("a", trap=True), case("b", trap=False, level=3), case("c")]

    assert [each.id for each in selected(cases, Selection(filters=filters))] == kept


def test_every_unknown_case_is_told_at_once() -> None:
    """Two wrong names are two faults."""
    with pytest.raises(UserMistake) as told:
        count_selected([case("q1")], Selection(cases=("q2", "x", "q1")), "e@v1")

    assert len(told.value.problems) == 2
