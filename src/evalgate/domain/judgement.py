"""What a judge made of an answer, or why there is no score."""

from typing import Annotated, Literal

from pydantic import Field

from evalgate.domain.answer import NotProduced, Unanswered
from evalgate.domain.record import Finite, Record


class Scored(Record):
    """The judge reached a verdict."""

    kind: Literal["scored"] = "scored"
    score: Finite  # on the judge's own scale
    reason: str = ""
    asked_again: int = 0  # times, because a reply could not be read


class Unscored(Record):
    """The judge gave no usable verdict. Our fault: counts against coverage."""

    kind: Literal["unscored"] = "unscored"
    cause: Literal["unparsable", "off_scale", "judge_error", "not_recorded"]
    detail: str
    asked_again: int = 0  # times, because a reply could not be read


Judgement = Annotated[Scored | NotProduced | Unanswered | Unscored, Field(discriminator="kind")]
