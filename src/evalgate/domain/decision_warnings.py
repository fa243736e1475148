"""What a person should know beside a verdict, as facts."""

from typing import Annotated, Literal

from pydantic import Field

from evalgate.domain.record import Record
from evalgate.domain.specs import Waiver


class WaiverNotInForce(Record):
    """A waiver that has expired, or is granted for later."""

    kind: Literal["waiver_not_in_force"] = "waiver_not_in_force"
    waiver: Waiver


class NeedlessWaiver(Record):
    """A waiver that changes no outcome."""

    kind: Literal["needless_waiver"] = "needless_waiver"
    waiver: Waiver


class TooManyWaived(Record):
    """More cases are waived than may be, so that none of them is."""

    kind: Literal["too_many_waived"] = "too_many_waived"
    waived: int
    cases: int


class BrokenJudge(Record):
    """A judge that hardly gave a score, and that no rule asks about."""

    kind: Literal["broken_judge"] = "broken_judge"
    judge: str


class UnchangedCandidate(Record):
    """A candidate whose run is its baseline's."""

    kind: Literal["unchanged_candidate"] = "unchanged_candidate"
    candidate: str


DecisionWarning = Annotated[
    WaiverNotInForce | NeedlessWaiver | TooManyWaived | BrokenJudge | UnchangedCandidate,
    Field(discriminator="kind"),
]
