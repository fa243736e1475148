"""A merge whose runs are kept on a tracking server: readers are led to the run."""

import json
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from ci_repository import answered, begun, committed, in_actions, merged
from fake_runner import outputs_in
from github_jobs import pull_request
from small_project import MakeProject, answers, quiz

GOOD = [True] * 40
PATIENCE_S = 60.0


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """MLflow's own server on loopback."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--backend-store-uri", f"sqlite:///{tmp_path / 'server.db'}", "--workers", "1"]
    command += ["--artifacts-destination", str(tmp_path / "artifacts")]
    with (tmp_path / "server.log").open("w") as log:
        running = subprocess.Popen(command, stdout=log, stderr=log, cwd=tmp_path)
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_for(f"{address}/health", running)
        yield address
    finally:
        running.terminate()
        running.wait(timeout=PATIENCE_S)


def _wait_for(address: str, running: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        assert running.poll() is None, "the server has ended"
        try:
            with urllib.request.urlopen(address, timeout=1):
                return
        except OSError:
            with pytest.raises(subprocess.TimeoutExpired):
                running.wait(timeout=0.1)
    pytest.fail("the server does not answer")


@pytest.mark.slow
def test_the_run_on_the_server_is_linked(project: MakeProject, server: str, tmp_path: Path) -> None:
    """In the particulars, in the summary and as an output, and the page is that of the run."""
    repo = project(quiz(GOOD, GOOD))
    repo.monkeypatch.setenv("MLFLOW_TRACKING_URI", server)
    base = begun(repo)
    head = committed(repo, {"candidates/new.jsonl": answers([True] * 39 + [False])})
    payload = pull_request(sha=head)
    payload["pull_request"]["base"]["sha"] = base
    in_actions(repo, "pull_request", payload)
    repo.run("ci", "plan")
    answered(repo, 1)

    done = merged(repo)

    beside = json.loads(repo.read("evalgate-report/quiz/particulars.json"))
    page = beside["mlflow_run_url"]
    assert page.startswith(f"{server}/#/experiments/"), done.err
    assert outputs_in(repo.read("output"))["mlflow-run-url"] == page
    assert f"[MLflow run](<{page}>)" in repo.read("summary")
    asked = f"{server}/api/2.0/mlflow/runs/get?run_id={page.rpartition('/')[2]}"
    with urllib.request.urlopen(asked) as reply:
        run = json.load(reply)["run"]
    assert run["info"]["experiment_id"] == page.split("/")[-3]
    document = json.loads(repo.read("evalgate-report/quiz/decision.json"))
    assert run["info"]["run_name"] == document["decisions"][0]["candidate"]["run_id"]
