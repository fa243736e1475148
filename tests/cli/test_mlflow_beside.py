"""MLflow beside the verdict: it confirms, it keeps, and when it is away nothing is lost."""

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mlflow
import pytest
from mlflow.models.evaluation.validation import ModelValidationFailedException

from command_scenarios import MANY, right
from small_project import MakeProject, quiz


def accept_all(**asked: Any) -> None:
    """Say yes to everything."""


def reject_all(**asked: Any) -> None:
    """Say no to everything."""
    raise ModelValidationFailedException("no")  # type: ignore[no-untyped-call]  # MLflow has no types


def broken(**asked: Any) -> None:
    """Fall over."""
    raise RuntimeError("fell over")


@pytest.mark.parametrize("validator", [accept_all, reject_all, broken])
@pytest.mark.parametrize("rights", [40, 5], ids=["passing", "failing"])
@pytest.mark.parametrize("command", [["run"], ["compare", "old", "new"]], ids=["run", "compare"])
def test_a_validator_that_cannot_be_relied_on_stops_every_verdict(
    project: MakeProject,
    monkeypatch: pytest.MonkeyPatch,
    validator: Callable[..., None],
    rights: int,
    command: list[str],
) -> None:
    """Neither a yes nor a no is told: the exit is 70, and it is called a bug."""
    repo = project(quiz(MANY, right(rights)))
    monkeypatch.setattr(mlflow, "validate_evaluation_results", validator)

    outcome = repo.run(*command, "-o", "decision.json")

    assert (outcome.code, outcome.out) == (70, "")
    assert outcome.err.startswith("error: ")
    assert outcome.err.endswith(
        "\nthis is a bug in evalgate, not a verdict: please report it with the lines above\n"
    )
    assert not (repo.root / "decision.json").exists()
    assert len(repo.runs()) == 2


@pytest.mark.parametrize("rights", [40, 5], ids=["passing", "failing"])
def test_a_tracking_server_that_is_down_costs_nothing(
    project: MakeProject, monkeypatch: pytest.MonkeyPatch, rights: int
) -> None:
    """It is said on stderr; verdict and exit code are the same, and the run is kept."""
    repo = project(quiz(MANY, right(rights)))
    expected = repo.run("run")
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        closed = f"http://127.0.0.1:{nobody.getsockname()[1]}"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", closed)
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")

    outcome = repo.run("run")

    assert (outcome.code, outcome.out) == (expected.code, expected.out)
    assert outcome.err.startswith("warning: ")
    assert closed in outcome.err
    assert len(repo.runs()) == 2


def test_every_finished_run_is_one_run_of_mlflow(
    project: MakeProject, monkeypatch: pytest.MonkeyPatch, tracking_database: str
) -> None:
    """Metrics, tags, the evalset's digest and the decision are there, once."""
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "read back")
    repo = project(quiz(MANY, right(5)))
    repo.run("run", "-o", "decision.json")
    repo.run("gate", "latest")
    client = mlflow.MlflowClient(tracking_database)
    experiment = client.get_experiment_by_name("read back")
    assert experiment is not None

    kept = {
        run.data.tags["evalgate.run_id"]: run
        for run in client.search_runs([experiment.experiment_id])
    }

    old, new = repo.runs()
    assert set(kept) == {old, new}
    assert kept[new].data.metrics["exact_match/mean"] == 5 / 40
    assert kept[new].data.metrics["judged"] == 40
    assert kept[new].data.tags["evalgate.verdict"] == "failed"
    assert kept[new].data.tags["evalgate.exit_code"] == "1"
    assert "evalgate.verdict" not in kept[old].data.tags
    inputs = kept[new].inputs
    assert inputs is not None
    (used,) = inputs.dataset_inputs
    digest = kept[new].data.tags["evalgate.evalset_digest"].removeprefix("sha256:")
    assert digest.startswith(used.dataset.digest)
    (repo.root / "kept").mkdir()
    path = client.download_artifacts(
        kept[new].info.run_id, "evalgate/decision.json", str(repo.root / "kept")
    )
    assert f"{Path(path).read_text(encoding='utf-8')}\n" == repo.read("decision.json")
