"""Two runs side by side, without a rule."""

from dataclasses import replace

import pytest

from evalgate.domain.scale import BINARY, Scale
from evalgate.domain.sheet import CaseFacts, Mark
from evalgate.gate.contrast import change_of, drop_of, level_of, worse_cases
from gate_sheets import FAULTS, GONE, LOWER, OPEN, SILENT, STARS, UNREAD, sheet


@pytest.mark.parametrize(
    ("marks", "scale", "mean", "scored", "missing"),
    [
        ([1.0, 0.0, GONE, UNREAD], BINARY, 1 / 3, 3, 1),
        ([1.0, 0.0, GONE, UNREAD], LOWER, 2 / 3, 3, 1),
        ([SILENT, UNREAD], BINARY, None, 0, 2),
        ([5.0, GONE], STARS, 3.0, 2, 0),
        ([4.0, GONE], OPEN, 4.0, 1, 1),
    ],
    ids=["higher", "lower", "nothing", "stars", "no worst score"],
)
def test_a_level_counts_what_was_not_produced_as_worst(
    marks: list[Mark], scale: Scale, mean: float | None, scored: int, missing: int
) -> None:
    assert level_of("s", sheet(marks, scale))[:3] == (mean, scored, missing)


@pytest.mark.parametrize("scale", [BINARY, LOWER], ids=str)
def test_a_change_is_the_paired_difference(scale: Scale) -> None:
    change = change_of("s", sheet([1.0, 0.0, 1.0, UNREAD], scale), sheet([0.0] * 4, scale))

    assert change is not None
    assert (change.estimate, change.cases) == (2 / 3, 3)


def test_without_pairs_there_is_no_change() -> None:
    assert change_of("s", sheet([UNREAD]), sheet([1.0])) is None


@pytest.mark.parametrize(
    ("before", "after", "scale", "drop"),
    [
        (5.0, 3.0, STARS, 0.5),
        (3.0, 5.0, STARS, 0.0),
        (1.0, 3.0, FAULTS, 0.5),
        (5.0, GONE, STARS, 1.0),
        (5.0, UNREAD, STARS, 0.0),
        (SILENT, 1.0, STARS, 0.0),
        (9.0, 2.0, OPEN, 7.0),
    ],
    ids=["worse", "better", "lower is better", "gone", "unread", "unknown before", "no range"],
)
def test_by_how_much_a_case_got_worse(before: Mark, after: Mark, scale: Scale, drop: float) -> None:
    assert drop_of("s", "c0000", sheet([after], scale), sheet([before], scale)) == drop


def test_only_a_case_that_both_have_can_get_worse() -> None:
    """One with other inputs is another case, and so is one that is new."""
    first = sheet([5.0, 5.0, 3.0], STARS)
    later = sheet([3.0, 3.0, 3.0, 1.0], STARS)
    cases = {**later.cases, "c0001": CaseFacts("another question")}

    found = list(worse_cases(["s"], replace(later, cases=cases), first))

    assert found == [("c0000", {"s": 0.5})]
