"""A verdict is confirmed by MLflow, whatever else its interpreter was at."""

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from evalgate.errors import ServiceFailed
from evalgate.pipeline import aside
from evalgate.pipeline.keeping import aside_of, confirm
from evalgate.pipeline.models import Asking
from evalgate.pipeline.project import Project

DIES = "touch {begun}; sleep 1; kill -9 $PPID"


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """A project whose MLflow interpreter is new, and gone afterwards."""
    aside.end()
    yield Project(tmp_path, os.environ, Asking())
    aside.end()


@pytest.mark.slow
def test_an_interpreter_that_dies_over_something_else_is_asked_anew(
    project: Project, tmp_path: Path
) -> None:
    """To keep a run's cases ahead may cost their keeping, and no verdict."""
    begun = tmp_path / "begun"
    aside_of(project).ahead(subprocess.call, ["sh", "-c", DIES.format(begun=begun)])
    deadline = time.monotonic() + 60
    while not begun.exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)

    confirm(project, [])

    assert aside.is_there()


@pytest.mark.usefixtures("project")
def test_an_interpreter_that_cannot_be_started_gives_no_verdict(tmp_path: Path) -> None:
    """Asked twice or not: without MLflow's word there is none."""
    (tmp_path / "sitecustomize.py").write_text("import os\nos._exit(9)\n")
    spoiled = Project(tmp_path, {**os.environ, "PYTHONPATH": str(tmp_path)}, Asking())

    with pytest.raises(ServiceFailed, match="ended with 9"):
        confirm(spoiled, [])
