"""The newest decision on a run stands in MLflow; those before it are kept beside it."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from evalgate.sources.digests import digest_of_file
from evalgate.tracking.contents import BASELINE, VERDICT, decision_tags

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

    from evalgate.domain.decision import Decision

DECISION = "evalgate/decision.json"
EARLIER = "evalgate/decisions"
DECISION_DIGEST = "evalgate.decision_digest"
DECISIONS = "evalgate.decisions"  # how many there were


class Decided(NamedTuple):
    """A decision as MLflow keeps it: a file and tags. With 100,000 cases no text to hand on."""

    file: Path
    tags: Mapping[str, str]


def decided(decision: "Decision", folder: Path) -> Decided:
    """Write a decision into `folder` as MLflow keeps it."""
    file = folder / Path(DECISION).name
    file.write_text(decision.model_dump_json(indent=2), encoding="utf-8")
    return Decided(file, decision_tags(decision))


def attach_decision(client: "MlflowClient", run: "Run", decision: Decided) -> None:
    """Let the newest decision stand, unless it is the one that stands."""
    from mlflow.entities import RunTag

    run_id, known = str(run.info.run_id), run.data.tags
    digest = digest_of_file(decision.file)
    if known.get(DECISION_DIGEST) == digest:
        return
    number = int(known.get(DECISIONS, "1")) if VERDICT in known else 0
    if number:
        _set_aside(client, run_id, number)
    client.log_artifact(run_id, str(decision.file), str(Path(DECISION).parent))
    # the tags last: they say that the file is there
    fresh = {**decision.tags, DECISION_DIGEST: digest, DECISIONS: str(number + 1)}
    if BASELINE in known and BASELINE not in fresh:
        client.delete_tag(run_id, BASELINE)
    tags = [RunTag(name, value) for name, value in fresh.items()]
    client.log_batch(run_id, tags=tags, synchronous=True)


def _set_aside(client: "MlflowClient", run_id: str, number: int) -> None:
    """Keep the decision that stood until now, unless an earlier try has done so already."""
    name = f"{number}.json"
    if any(Path(file.path).name == name for file in client.list_artifacts(run_id, EARLIER)):
        return
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(client.download_artifacts(run_id, DECISION, folder))
        client.log_artifact(run_id, str(kept.rename(Path(folder) / name)), EARLIER)
