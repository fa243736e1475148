"""JSON Schemas of files that people write or review: `python -m evalgate.config.schema DIR`."""

import json
import sys
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from evalgate.config.candidates import ADAPTER as CANDIDATE
from evalgate.config.gates import ADAPTER as GATES
from evalgate.config.judges import ADAPTER as JUDGE
from evalgate.config.waivers import ADAPTER as WAIVERS
from evalgate.domain.baseline_file import BaselineFile
from evalgate.domain.decision import Decision
from evalgate.domain.evalset import EvalsetSpec
from evalgate.domain.night import PastNight
from evalgate.domain.particulars import Particulars

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> dict[str, dict[str, Any]]:
    """Each file's schema by the name it is stored under."""
    evalset: TypeAdapter[EvalsetSpec] = TypeAdapter(EvalsetSpec)
    decision: TypeAdapter[Decision] = TypeAdapter(Decision)
    baseline: TypeAdapter[BaselineFile] = TypeAdapter(BaselineFile)
    particulars: TypeAdapter[Particulars] = TypeAdapter(Particulars)
    adapters: dict[str, TypeAdapter[Any]] = {
        "baseline": baseline,
        "candidate": CANDIDATE,
        "decision": decision,
        "evalset": evalset,
        "gates": GATES,
        "judge": JUDGE,
        "night": TypeAdapter(PastNight),
        "particulars": particulars,
        "waivers": WAIVERS,
    }
    return {
        f"{name}.json": {"$schema": DIALECT, **adapter.json_schema()}
        for name, adapter in adapters.items()
    }


def written(schema: dict[str, Any]) -> str:
    """The text that is stored."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def write_schemas(folder: Path) -> None:
    """Write every schema into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, schema in schemas().items():
        (folder / name).write_text(written(schema), "utf-8")


if __name__ == "__main__":
    write_schemas(Path(sys.argv[1]))
