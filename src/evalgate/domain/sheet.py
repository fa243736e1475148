"""A run as the gate sees it: which cases there are and what each score's marks are."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from evalgate.domain.case import SliceValue
from evalgate.domain.scale import Scale


class Absence(StrEnum):
    """Why a case has no score."""

    NOT_PRODUCED = "not_produced"
    UNANSWERED = "unanswered"
    UNSCORED = "unscored"


Mark = float | Absence
"""What the gate needs of a judgement: the score, or why there is none. 100,000 stay small."""


class Marks(Mapping[str, Mark]):
    """Marks in the order of the cases, found by a table that all columns of a sheet share."""

    __slots__ = ("_marks", "_positions")

    def __init__(self, positions: Mapping[str, int], marks: Sequence[Mark]) -> None:
        self._positions = positions
        self._marks = marks

    def __getitem__(self, case: str) -> Mark:
        return self._marks[self._positions[case]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._positions)

    def __len__(self) -> int:
        return len(self._positions)


class CaseFacts(NamedTuple):
    """What the gate needs of a case: where it belongs, and whether it is still the same one."""

    inputs_digest: str
    slices: Mapping[str, SliceValue] = {}
    cluster: str | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """One score of a run: its scale and a mark for every case."""

    scale: Scale
    marks: Mapping[str, Mark]


@dataclass(frozen=True, slots=True)
class Scoresheet:
    """All that a verdict may rest on.

    `partial` says which part was run, empty when all of it. Two sheets of one `run_id` are of the
    same answers; without one nobody knows.
    """

    cases: Mapping[str, CaseFacts]
    columns: Mapping[str, Column]
    partial: str = ""
    run_id: str = ""
