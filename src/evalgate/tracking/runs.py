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
from evalgate.tracking.destination import Destination, is_made, opening
from evalgate.tracking.quiet import quiet_mlflow
from evalgate.tracking.summaries import ScoreSummary

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

METRICS_PER_REQUEST = 900  # MLflow refuses more than 1,000, the parameters among them


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
    table = load_table(judgements_file, manifest, TABLE_CASES)
    tags = tags_of(manifest, table)
    metrics = metrics_of(manifest, summaries)
    with (
        quiet_mlflow(),
        _failures_told(destination, judgements_file.parent),
        _alone_with(judgements_file),
    ):
        client, experiment_id = _open(destination)
        run = _logged_before(client, experiment_id, manifest.run_id)
        if run is None:
            run = _begin(client, experiment_id, manifest, tags)
            _fill(client, run.info.run_id, manifest, metrics)
            _attach_cases(client, run.info.run_id, table, judgements_file)
            _end(client, run.info.run_id, manifest)
        if decision is not None:
            attach_decision(client, run, decision)
        return Logged(experiment_id, str(run.info.run_id))


def open_ahead(destination: Destination) -> None:
    """Open a database that is there, and look for a run in it, as whoever keeps one will do.

    MLflow's first questions to a database take longer than all later ones. None is made, and no
    server is asked: the command may still end with nothing to keep.
    """
    if not is_made(destination):
        return
    with quiet_mlflow():
        from mlflow import MlflowClient

        with opening(destination):
            client = MlflowClient(tracking_uri=destination.uri)
            known = client.get_experiment_by_name(destination.experiment)
            if known is not None:
                client.search_runs([known.experiment_id], f"tags.`{RUN_ID}` = ''")


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
def _alone_with(judgements_file: Path) -> Iterator[None]:
    """Let one process at a time log a run: half a run of another must not look like remains."""
    with judgements_file.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _open(destination: Destination) -> "tuple[MlflowClient, str]":
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


def _logged_before(client: "MlflowClient", experiment_id: str, run_id: str) -> "Run | None":
    """Find the run; remains of one that was interrupted while being logged are deleted."""
    for run in client.search_runs([experiment_id], f"tags.`{RUN_ID}` = '{run_id}'"):
        if run.info.status == "FINISHED":
            return run
        client.delete_run(run.info.run_id)
    return None


def _begin(
    client: "MlflowClient", experiment_id: str, manifest: Manifest, tags: dict[str, str]
) -> "Run":
    return client.create_run(
        experiment_id,
        start_time=int(manifest.started.timestamp() * 1000),
        tags=tags,
        run_name=manifest.run_id,
    )


def _fill(
    client: "MlflowClient", run_id: str, manifest: Manifest, metrics: Mapping[str, float]
) -> None:
    from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, Param

    moment = int((manifest.finished or manifest.started).timestamp() * 1000)
    rest = iter([Metric(name, value, moment, 0) for name, value in metrics.items()])
    params = [Param(name, value) for name, value in params_of(manifest).items()]
    while (batch := list(islice(rest, METRICS_PER_REQUEST))) or params:
        client.log_batch(run_id, metrics=batch, params=params, synchronous=True)
        params = []
    used_for = InputTag("mlflow.data.context", "evaluation")
    client.log_inputs(run_id, [DatasetInput(Dataset(**dataset_of(manifest)), [used_for])])


def _attach_cases(client: "MlflowClient", run_id: str, table: Table, judgements_file: Path) -> None:
    if table.columns:
        client.log_table(run_id, table.columns, "eval_results_table.json")
    client.log_artifact(run_id, str(judgements_file), "evalgate")


def _end(client: "MlflowClient", run_id: str, manifest: Manifest) -> None:
    """Close the run; one that was stopped may be logged again when it is finished."""
    status = "FINISHED" if manifest.status == "finished" else "KILLED"
    end = int(manifest.finished.timestamp() * 1000) if manifest.finished else None
    client.set_terminated(run_id, status=status, end_time=end)
