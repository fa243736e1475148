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

CaseMark = Mark | tuple[Mark, ...]
"""One case's mark, or one for each of its trials where there are several."""


class Marks(Mapping[str, CaseMark]):
    """Marks in the order of the cases, found by a table that all columns of a sheet share."""

    __slots__ = ("_marks", "_positions")

    def __init__(self, positions: Mapping[str, int], marks: Sequence[CaseMark]) -> None:
        self._positions = positions
        self._marks = marks

    def __getitem__(self, case: str) -> CaseMark:
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
    """One score of a run: its scale, a mark for every case, and of how many trials each is."""

    scale: Scale
    marks: Mapping[str, CaseMark]
    trials: int = 1


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


def trials_of(sheet: Scoresheet) -> int:
    """How often each case of a run was answered."""
    return max((column.trials for column in sheet.columns.values()), default=1)


def marks_of(column: Column, case: str) -> tuple[Mark, ...]:
    """A case's marks, one for each trial; what the column does not have was never scored."""
    found = column.marks.get(case, Absence.UNSCORED)
    return found if isinstance(found, tuple) else (found,) * _as_many(found, column.trials)


def _as_many(mark: Mark, trials: int) -> int:
    """An absence that stands for a whole case is that of each of its trials."""
    return trials if isinstance(mark, Absence) else 1
