"""A run as the gate sees it: which cases there are and what each score's marks are."""

from collections.abc import Mapping
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
    """All that a verdict may rest on. `partial` says which part was run, empty when all of it."""

    cases: Mapping[str, CaseFacts]
    columns: Mapping[str, Column]
    partial: str = ""
