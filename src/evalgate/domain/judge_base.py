"""What judges of several kinds may say."""

from typing import Annotated

from pydantic import Field

from evalgate.domain.record import Finite, Number, Record
from evalgate.domain.scale import Scale


class JudgeBase(Record):
    """What every judge may say: its scale, and which part of `expected` it looks at."""

    description: str = ""
    scale: Scale | None = None
    expected_key: str | None = Field(
        default=None, description="use this key of `expected` instead of the whole"
    )


TimeLimit = Annotated[Number, Field(gt=0, le=3600)]
"""Seconds that one judgement may take; over it the case is unscored."""


class ReadingRule(Record):
    """How a recorded reply becomes a score."""

    starts_with: dict[str, Finite] = Field(
        min_length=1,
        description="first word of the reply, in any case, and its score; else unscored",
    )
