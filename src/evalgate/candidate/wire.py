"""What a child interpreter says to the process that started it, one JSON object per line."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from evalgate.domain.answer import NotProduced, Produced
from evalgate.domain.record import Record


class Ready(Record):
    """The function is imported; `awaited` when it is async."""

    kind: Literal["ready"] = "ready"
    awaited: bool


class Refused(Record):
    """The function cannot be imported."""

    kind: Literal["refused"] = "refused"
    fault: str
    remedy: str = ""


class Replied(Record):
    """One question was answered."""

    kind: Literal["replied"] = "replied"
    number: int
    answer: Annotated[Produced | NotProduced, Field(discriminator="kind")]


GREETING: TypeAdapter[Ready | Refused] = TypeAdapter(
    Annotated[Ready | Refused, Field(discriminator="kind")]
)
