"""A case: one thing to ask, and what people expect of the answer."""

from typing import Annotated, NamedTuple

from pydantic import Field, StringConstraints

from evalgate.domain.record import JsonValue, Record

CaseId = Annotated[
    str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\s\x00-\x1f]+$")
]
SliceValue = str | int | bool


class Case(Record):
    """One line of an evalset."""

    id: CaseId
    inputs: dict[str, JsonValue]
    expected: JsonValue = None
    slices: dict[str, SliceValue] = Field(default_factory=dict)
    cluster: str | None = None


class Question(NamedTuple):
    """What a candidate is shown of a case: never `expected`."""

    case_id: str
    inputs: dict[str, JsonValue]
    trial: int = 0  # the same question asked again on purpose
