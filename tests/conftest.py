"""What every test lives under: no network but loopback, and hypothesis without a stopwatch."""

import socket
from pathlib import Path

import pytest
from hypothesis import settings

from small_project import Files, MakeProject, ProjectOnDisk

settings.register_profile("ci", deadline=None, max_examples=60, derandomize=True)
settings.load_profile("ci")

LOOPBACK = ("127.", "::1", "localhost")


@pytest.fixture(autouse=True)
def only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test talk to another machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        if isinstance(address, tuple) and not str(address[0]).startswith(LOOPBACK):
            pytest.fail(f"a test wanted to connect to {address}")
        connect(self, address)  # type: ignore[arg-type]  # an address is whatever its family says

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(scope="session")
def tracking_database(tmp_path_factory: pytest.TempPathFactory) -> str:
    """One MLflow database for all tests of a process: to create one takes seconds."""
    return f"sqlite:///{tmp_path_factory.mktemp('mlflow') / 'mlflow.db'}"


@pytest.fixture
def project(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tracking_database: str,
) -> MakeProject:
    """A project on disk, in which commands are run as a person would type them."""
    for name in ("CI", "NO_COLOR", "MLFLOW_EXPERIMENT_NAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", tracking_database)

    def make(files: Files) -> ProjectOnDisk:
        made = ProjectOnDisk(tmp_path, capsys, monkeypatch)
        made.write(files)
        return made

    return make
