"""What `evalgate init --github` writes, on a pull request of a team's own repository."""

import shutil
from pathlib import Path

import pytest

from evalgate.github.team.files import add_workflows
from fake_github import FakeGitHub
from workflow_scratch import NIGHT, PULL_REQUEST, V2, Edit, Scratch, replaced
from workflow_steps import PINNED

RED = {"plan": "success", "eval": "success", "gate": "failure", "comment": "failure"}
NOTHING_TO_DO = {"plan": "success", "eval": "skipped", "gate": "success", "comment": "success"}


def in_folder(edit: Edit) -> Edit:
    """The same change of the project, where the project is in a folder."""
    return lambda repository: edit(repository / "app")


def moved(repository: Path) -> None:
    """Put the project into a folder and a team's workflows at the top, and take ours away."""
    shutil.rmtree(repository / ".github")
    (repository / "action.yml").unlink()
    (repository / "app").mkdir()
    for path in list(repository.iterdir()):
        if path.name not in {".git", "README.md", "app"}:
            path.rename(repository / "app" / path.name)
    add_workflows(repository / "app", f"{PINNED} # v1.2.3", {})


@pytest.fixture
def team(scratch: Scratch) -> Scratch:
    """A repository that has nothing of evalgate's but what `init --github` wrote."""
    scratch.commit_to_main(moved)
    assert not (scratch.repository / "action.yml").exists()
    return scratch


@pytest.mark.slow
def test_a_teams_pull_request_is_decided_by_the_pinned_action(
    team: Scratch, github: FakeGitHub
) -> None:
    """Planned, run in two shards, merged and commented, from a project in a folder."""
    world = team.pull_request(in_folder(replaced(V2, "  {{ facts }}\n", "")))

    assert world.run(PULL_REQUEST) == RED, world.log("gate")
    [body] = github.bodies(7)
    assert "## ❌ evalgate: failed" in body.splitlines()
    [gate] = world.happened("gate")
    places = {note.properties.get("file") for note in gate.annotations}
    assert {"app/gates.yaml", f"app/{V2}"} <= places


def test_a_teams_other_files_ask_nobody(team: Scratch, github: FakeGitHub) -> None:
    """What is beside the project's folder is no reason to run anything."""
    world = team.pull_request(replaced("README.md", "app", "application"))

    assert world.run(PULL_REQUEST) == NOTHING_TO_DO, world.log("plan")
    assert not github.bodies(7)
    assert {asked.method for asked in github.asked} == {"GET"}


@pytest.mark.slow
def test_a_teams_night_finds_its_project(team: Scratch, github: FakeGitHub) -> None:
    """Every job that reads the project is told where it is; a good night opens no issue."""
    world = team.night()

    results = world.run(NIGHT)

    assert set(results.values()) <= {"success", "skipped"}, world.log("gate")
    assert results["gate"] == "success"
    assert not github.issues
