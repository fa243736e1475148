"""The file beside a decision with what a comment says beside the verdict."""

from pathlib import Path

from pydantic import TypeAdapter

from evalgate.domain.particulars import Particulars
from evalgate.sources.strict import load_json_record

FILE = "particulars.json"
"""Stands beside a `decision.json`; where there is none, nothing of this is said."""

ADAPTER: TypeAdapter[Particulars] = TypeAdapter(Particulars)


def load_particulars(file: Path, shown_as: str) -> Particulars:
    """Read them; raise UserMistake with all that is wrong with the file."""
    return load_json_record(ADAPTER, file, shown_as)
