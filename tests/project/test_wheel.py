"""The wheel, as a release builds it: what it carries, and that it knows its own commit."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from under_git import git
from workflow_functions import read_yaml
from workflow_templates import PROJECT, generated

COMMIT = "0123456789" * 4


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout of what the wheel is made of, at a commit with an annotated tag."""
    folder = tmp_path_factory.mktemp("source")
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(PROJECT / "src", folder / "src", ignore=ignored)
    for name in ("pyproject.toml", "README.md", "LICENSE", ".gitignore"):
        shutil.copy(PROJECT / name, folder)
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "a release")
    git(folder, "tag", "-a", "-m", "a tag is an object of its own", "v1.2.3")
    return folder


@pytest.fixture(scope="module")
def unpacked(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel that release.yml builds from it, as an installer lays it out."""
    told = {
        **os.environ,
        "GITHUB_REPOSITORY": "acme/evalgate",
        "GITHUB_SHA": git(source, "rev-parse", "v1.2.3"),
        "TAG": "v1.2.3",
    }
    job = read_yaml(PROJECT / ".github" / "workflows" / "release.yml")["jobs"]["build"]
    [script] = [
        step["run"] for step in job["steps"] if step["name"] == "Write down which commit is built"
    ]
    subprocess.run(["bash", "-e", "-c", script], cwd=source, env=told, check=True)
    hatchling = str(Path(sys.executable).with_name("hatchling"))
    build = [hatchling, "build", "--target", "wheel", "--directory", "dist"]
    subprocess.run(build, cwd=source, capture_output=True, check=True)
    [wheel] = (source / "dist").glob("*.whl")
    folder = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def used_by(installed: Path, repository: Path) -> str:
    """The action that the workflows of that evalgate run, in a repository of its own."""
    repository.mkdir()
    git(repository, "init", "-q")
    done = subprocess.run(
        [sys.executable, "-m", "evalgate", "init", "--github"],
        cwd=repository,
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    text = (repository / ".github" / "workflows" / "evalgate-pr.yml").read_text(encoding="utf-8")
    [used] = {line.partition("uses: ")[2] for line in text.splitlines() if "evalgate@" in line}
    return used


def test_the_templates_are_in_it(unpacked: Path) -> None:
    """What is not packaged is there in a checkout alone."""
    folder = unpacked / "evalgate" / "github" / "team" / "templates"

    assert {path.name: path.read_bytes() for path in folder.iterdir()} == generated()


def test_a_release_pins_the_commit_that_it_was_built_from(
    source: Path, unpacked: Path, tmp_path: Path
) -> None:
    """By the script of the shipped workflow; the commit's digits, not the tag object's."""
    commit = git(source, "rev-parse", "HEAD")

    assert used_by(unpacked, tmp_path / "team") == f"acme/evalgate@{commit} # v1.2.3"


def test_what_was_installed_from_github_pins_what_was_installed(
    unpacked: Path, tmp_path: Path
) -> None:
    """No release wrote its commit down there; the installer did."""
    installed = tmp_path / "installed"
    shutil.copytree(unpacked, installed)
    (installed / "evalgate" / "github" / "team" / "release.txt").unlink()
    [facts] = installed.glob("evalgate-*.dist-info")
    asked = {"vcs": "git", "commit_id": COMMIT, "requested_revision": "main"}
    record = {"url": "https://github.com/acme/evalgate.git", "vcs_info": asked}
    (facts / "direct_url.json").write_text(json.dumps(record), encoding="utf-8")

    assert used_by(installed, tmp_path / "team") == f"acme/evalgate@{COMMIT}"


def test_a_checkout_is_no_release() -> None:
    """The file is written where a release is built, and is committed by nobody."""
    assert not (PROJECT / "src" / "evalgate" / "github" / "team" / "release.txt").exists()
