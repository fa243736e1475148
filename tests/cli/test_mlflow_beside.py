"""MLflow beside the verdict: it confirms, it keeps, and when it is away nothing is lost."""

import itertools
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from command_scenarios import MANY, right
from evalgate.pipeline import aside
from evalgate.tracking.quiet import quiet_mlflow
from small_project import MakeProject, quiz

RUN_AND_COMPARE = (["run"], ["compare", "old", "new"])
Spoil = Callable[[str], None]

VALIDATORS = {
    "accepts everything": "return None",
    "rejects everything": "raise ModelValidationFailedException('no')",
    "falls over": "raise RuntimeError('fell over')",
}
SPOILED = """
import mlflow
from mlflow.models.evaluation.validation import ModelValidationFailedException

def spoiled(**asked):
    {does}

mlflow.validate_evaluation_results = spoiled
"""


@pytest.fixture
def spoil(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Spoil]:
    """Have Python code run at the start of MLflow's interpreter, which is gone afterwards."""
    folder = tmp_path_factory.mktemp("spoiled")

    def write(code: str) -> None:
        (folder / "sitecustomize.py").write_text(code, encoding="utf-8")
        monkeypatch.setenv("PYTHONPATH", str(folder))
        aside.end()

    yield write
    aside.end()


@pytest.mark.parametrize("does", list(VALIDATORS.values()), ids=list(VALIDATORS))
def test_a_validator_that_cannot_be_relied_on_stops_every_verdict(
    project: MakeProject, spoil: Spoil, does: str
) -> None:
    """Neither a yes nor a no is told: the exit is 70, and it is called a bug."""
    repo = project({})
    spoil(SPOILED.format(does=does))

    for rights, command in itertools.product((40, 5), RUN_AND_COMPARE):
        repo.write(quiz(MANY, right(rights)))
        outcome = repo.run(*command, "-o", "decision.json")

        assert (outcome.code, outcome.out) == (70, "")
        assert outcome.err.startswith("error: ")
        assert "MLflow's validator" in outcome.err
        assert outcome.err.endswith(
            "\nthis is a bug in evalgate, not a verdict: please report it with the lines above\n"
        )
        assert not (repo.root / "decision.json").exists()
    assert len(repo.runs()) == 3  # of the baseline, and of each candidate


LOST = {
    "cannot be imported": "import sys; sys.modules['mlflow'] = None",
    "ends when it is asked": SPOILED.format(does="import os; os._exit(0)"),
}


@pytest.mark.parametrize("code", list(LOST.values()), ids=list(LOST))
def test_when_mlflow_could_not_be_asked_there_is_no_verdict(
    project: MakeProject, spoil: Spoil, code: str
) -> None:
    """A service failed, exit 4, although the gate would have passed; both runs are kept."""
    repo = project(quiz(MANY, right(40)))
    spoil(code)

    for command in RUN_AND_COMPARE:
        outcome = repo.run(*command, "-o", "decision.json")

        assert (outcome.code, outcome.out) == (4, "")
        assert outcome.err.startswith("error: MLflow's interpreter ended with ")
        assert not (repo.root / "decision.json").exists()
        assert len(repo.runs()) == 2


def test_an_interpreter_that_is_lost_while_it_keeps_a_run_costs_nothing(
    project: MakeProject, spoil: Spoil
) -> None:
    """As with a server that is down: it is said, the verdict stands and the run is on disk."""
    repo = project(quiz(MANY, right(40)))
    spoil("import mlflow\nimport os\nmlflow.MlflowClient = lambda **asked: os._exit(9)\n")

    outcome = repo.run("run")

    assert outcome.code == 0
    assert outcome.err.startswith("warning: MLflow's interpreter ended with 9")


def test_nothing_that_needs_no_mlflow_starts_its_interpreter(project: MakeProject) -> None:
    """`check` and its like are fast, and a machine without memory for MLflow can read runs."""
    repo = project(quiz(MANY, right(40)))
    repo.run("run")
    aside.end()

    for command in (["check"], ["runs"], ["show", "latest"], ["run", "--dry-run"]):
        assert repo.run(*command).code == 0

    assert not aside.is_there()


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
    with quiet_mlflow() as mlflow:
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
