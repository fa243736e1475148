"""What a broken case and swapped runs may do to the bounds of a whole finding."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from evalgate.domain.scale import BINARY, Scale
from evalgate.domain.sheet import Absence, Mark
from evalgate.gate.deciding import decide
from gate_sheets import GONE, LOWER, OPEN, SCALES, marks_on, rule, sheet

BINARIES = st.lists(st.tuples(marks_on(BINARY), marks_on(BINARY)), min_size=1, max_size=40)


@given(
    marks=BINARIES,
    where=st.integers(0, 39),
    absence=st.sampled_from(list(Absence)),
    number=st.sampled_from([("at_least", 0.5), ("max_drop", 0.1), ("min_gain", 0.1)]),
)
def test_a_broken_case_never_raises_a_lower_bound_of_binary_scores(
    marks: list[tuple[Mark, Mark]], where: int, absence: Absence, number: tuple[str, float]
) -> None:
    """L as the verdict rests on it: with what is missing at its worst."""
    where %= len(marks)
    ours, before = [mark for mark, _ in marks], [mark for _, mark in marks]
    assume(not isinstance(ours[where], Absence))
    broken = [*ours[:where], absence, *ours[where + 1 :]]
    held = rule(*number, min_coverage=0.01)

    intact = decide(held, sheet(ours), sheet(before)).at_worst
    damaged = decide(held, sheet(broken), sheet(before)).at_worst

    assert intact is not None
    assert damaged is not None
    assert intact.lower is not None
    assert damaged.lower is not None
    assert damaged.lower <= intact.lower


@given(data=st.data(), scale=st.sampled_from(SCALES))
def test_swapping_candidate_and_baseline_mirrors_the_difference(
    data: st.DataObject, scale: Scale
) -> None:
    """Estimate, bounds, wins and losses, observed and at both ends of what is missing."""
    pairs = data.draw(st.lists(st.tuples(marks_on(scale), marks_on(scale)), max_size=40))
    ours, before = (sheet([pair[side] for pair in pairs], scale) for side in (0, 1))
    held = rule("max_drop" if scale.better == "higher" else "max_rise", 0.1, min_coverage=0.01)

    here, there = decide(held, ours, before), decide(held, before, ours)

    for one, other in (
        (here.observed, there.observed),
        (here.at_worst, there.at_best),
        (here.at_best, there.at_worst),
    ):
        assert (one is None) == (other is None)
        if one is None or other is None:
            continue
        assert one.estimate == pytest.approx(-other.estimate, abs=1e-12)
        assert (one.wins, one.losses, one.ties) == (other.losses, other.wins, other.ties)
        assert (one.lower is None) == (other.upper is None)
        if one.lower is not None and one.upper is not None:
            assert other.lower is not None
            assert other.upper is not None
            assert one.lower == pytest.approx(-other.upper, abs=1e-9)
            assert one.upper == pytest.approx(-other.lower, abs=1e-9)


@pytest.mark.parametrize("scale", [BINARY, LOWER, OPEN], ids=str)
def test_what_was_not_produced_on_both_sides_is_a_tie(scale: Scale) -> None:
    """Crashing where the baseline crashed is no worse, where the scale says how bad that is."""
    held = rule("max_drop" if scale.better == "higher" else "max_rise", 0.1)
    found = decide(held, sheet([GONE] * 30, scale), sheet([GONE] * 30, scale)).observed

    assert (None if found is None else found.ties) == (None if scale is OPEN else 30)
