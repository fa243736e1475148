"""What a comment says beside the verdict: cost, time, links, and what was changed."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from evalgate.domain.missing import Missing
from evalgate.domain.record import Finite, Record

LONGEST, MOST_CHANGED, MOST_MISSING = 2_000, 10_000, 100
Text = Annotated[str, StringConstraints(max_length=LONGEST)]


class Particulars(Record):
    """Facts about a run that no verdict rests on. Whoever reads them takes them for data."""

    schema_version: Literal[1] = 1
    cost_usd: Finite | None = Field(default=None, ge=0)  # of the answers, recorded ones too
    paid_usd: Finite | None = Field(default=None, ge=0)  # for what was asked this time
    duration_s: Finite | None = Field(default=None, ge=0)
    report_url: Text = ""  # where the whole report is
    mlflow_run_url: Text = ""
    changed: Annotated[tuple[Text, ...], Field(max_length=MOST_CHANGED)] = ()  # from the root
    missing: Annotated[tuple[Missing, ...], Field(max_length=MOST_MISSING)] = ()
