"""What a comment says beside the verdict: cost, time, links, and what was changed."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, TypeAdapter

from evalgate.domain.record import Finite, Record
from evalgate.sources.strict import load_json_record

FILE = "particulars.json"
"""Stands beside a `decision.json`; where there is none, nothing of this is said."""

LONGEST, MOST_CHANGED = 2_000, 10_000
Text = Annotated[str, StringConstraints(max_length=LONGEST)]


class Particulars(Record):
    """Facts about a run that no verdict rests on. Whoever reads them takes them for data."""

    schema_version: Literal[1] = 1
    cost_usd: Finite | None = Field(default=None, ge=0)  # of the answers, recorded ones too
    paid_usd: Finite | None = Field(default=None, ge=0)  # for what was asked this time
    duration_s: Finite | None = Field(default=None, ge=0)
    report_url: Text = ""  # the artifact with the whole report
    mlflow_run_url: Text = ""
    # files, from the root
    changed: Annotated[tuple[Text, ...], Field(max_length=MOST_CHANGED)] = ()


ADAPTER: TypeAdapter[Particulars] = TypeAdapter(Particulars)


def load_particulars(file: Path, shown_as: str) -> Particulars:
    """Read them; raise UserMistake with all that is wrong with the file."""
    return load_json_record(ADAPTER, file, shown_as)
