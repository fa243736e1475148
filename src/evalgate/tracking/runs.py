"""Every finished run is one MLflow run, logged once; its newest decision stands there."""

import fcntl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from evalgate.domain.run import Manifest
from evalgate.errors import EvalgateError, ServiceFailed
from evalgate.quoting import redacted_addresses
from evalgate.tracking.contents import (
    RUN_ID,
    TABLE_CASES,
    Table,
    dataset_of,
    load_table,
    metrics_of,
    params_of,
    tags_of,
)
from evalgate.tracking.decisions import Decided, attach_decision
from evalgate.tracking.destination import Destination, opening
from evalgate.tracking.quiet import quiet_mlflow
from evalgate.tracking.summaries import ScoreSummary

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

CASES_KEPT = "evalgate.cases_kept"  # the digest of what was attached
METRICS_PER_REQUEST = 900  # MLflow refuses more than 1,000


class Logged(NamedTuple):
    """Where MLflow has a run."""

    experiment_id: str
    run_id: str


def log_run(
    destination: Destination,
    manifest: Manifest,
    summaries: Mapping[str, ScoreSummary],
    judgements_file: Path,
    decision: Decided | None,
) -> Logged:
    """Keep a run in MLflow and say where it is; one that is there already stays as it is.

    The newest decision stands; an earlier one is kept beside it. ServiceFailed when MLflow does
    not take it: the run's own folder has everything.
    """
    with (
        quiet_mlflow(),
        _failures_told(destination, judgements_file.parent),
        alone_with(judgements_file),
    ):
        client, experiment_id = open_store(destination)
        run = keep_cases(client, experiment_id, manifest, judgements_file)
        if run.info.status == "RUNNING":
            _fill(client, run.info.run_id, manifest, metrics_of(manifest, summaries))
            _end(client, run.info.run_id, manifest)
        if decision is not None:
            attach_decision(client, run, decision)
        return Logged(experiment_id, str(run.info.run_id))


@contextmanager
def _failures_told(destination: Destination, kept_in: Path) -> Iterator[None]:
    try:
        yield
    except EvalgateError:
        raise
    except Exception as error:  # noqa: BLE001  # MLflow and its stores raise all kinds; a run and its verdict must outlive each
        said = str(error).replace(destination.uri, str(destination))
        lines = redacted_addresses(said).splitlines()
        why = lines[0] if lines else type(error).__name__
        message = f"MLflow at {destination} cannot be used: {why}; the run is kept in {kept_in}"
        # without its cause, whose text may hold the address with the password
        raise ServiceFailed(message) from None


@contextmanager
def alone_with(judgements_file: Path) -> Iterator[None]:
    """Let one process at a time log a run: half a run of another must not look like remains."""
    with judgements_file.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def open_store(destination: Destination) -> "tuple[MlflowClient, str]":
    """Open what MLflow keeps runs in, and say which experiment is ours."""
    from mlflow import MlflowClient

    with opening(destination):
        client = MlflowClient(tracking_uri=destination.uri)
        return client, _experiment_id(client, destination)


def _experiment_id(client: "MlflowClient", destination: Destination) -> str:
    from mlflow.exceptions import MlflowException

    name, location = destination.experiment, None
    if destination.is_database and destination.artifacts is not None:
        location = destination.artifacts.absolute().as_uri()
    known = client.get_experiment_by_name(name)
    if known is None:
        try:
            return str(client.create_experiment(name, artifact_location=location))
        except MlflowException:
            known = client.get_experiment_by_name(name)  # somebody was faster
            if known is None:
                raise
    return str(known.experiment_id)


def keep_cases(
    client: "MlflowClient", experiment_id: str, manifest: Manifest, judgements_file: Path
) -> "Run":
    """Find the run that has its cases, or make it; it is running until all else is there too.

    Remains of one that was interrupted before it had them are deleted.
    """
    for run in client.search_runs([experiment_id], f"tags.`{RUN_ID}` = '{manifest.run_id}'"):
        has_cases = run.data.tags.get(CASES_KEPT) == manifest.judgements_digest
        if run.info.status == "FINISHED" or (run.info.status == "RUNNING" and has_cases):
            return run
        client.delete_run(run.info.run_id)
    table = load_table(judgements_file, manifest, TABLE_CASES)
    run = client.create_run(
        experiment_id,
        start_time=int(manifest.started.timestamp() * 1000),
        tags=tags_of(manifest, table),
        run_name=manifest.run_id,
    )
    _attach_cases(client, run, manifest, table, judgements_file)
    return run


def _attach_cases(
    client: "MlflowClient", run: "Run", manifest: Manifest, table: Table, judgements_file: Path
) -> None:
    from mlflow.entities import Param, RunTag

    run_id = str(run.info.run_id)
    if table.columns:
        client.log_table(run_id, table.columns, "eval_results_table.json")
    client.log_artifact(run_id, str(judgements_file), "evalgate")
    # the tag last: it says that the cases are there
    params = [Param(name, value) for name, value in params_of(manifest).items()]
    tags = [RunTag(CASES_KEPT, manifest.judgements_digest or "")]
    client.log_batch(run_id, params=params, tags=tags, synchronous=True)


def _fill(
    client: "MlflowClient", run_id: str, manifest: Manifest, metrics: Mapping[str, float]
) -> None:
    from mlflow.entities import Dataset, DatasetInput, InputTag, Metric

    moment = int((manifest.finished or manifest.started).timestamp() * 1000)
    rest = iter([Metric(name, value, moment, 0) for name, value in metrics.items()])
    while batch := list(islice(rest, METRICS_PER_REQUEST)):
        client.log_batch(run_id, metrics=batch, synchronous=True)
    used_for = InputTag("mlflow.data.context", "evaluation")
    client.log_inputs(run_id, [DatasetInput(Dataset(**dataset_of(manifest)), [used_for])])


def _end(client: "MlflowClient", run_id: str, manifest: Manifest) -> None:
    """Close the run; one that was stopped may be logged again when it is finished."""
    status = "FINISHED" if manifest.status == "finished" else "KILLED"
    end = int(manifest.finished.timestamp() * 1000) if manifest.finished else None
    client.set_terminated(run_id, status=status, end_time=end)
