"""Which run has the nights before: an earlier night of this workflow on this branch, no other."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from evalgate.domain.shard import LastNight
from evalgate.github.nights.before import MOST_ASKED, last_night
from fake_clock import FakeClock
from fake_github import OF_ACTIONS, READER, FakeGitHub, Fault
from github_jobs import FORK, OURS, Job
from under_git import git

MakeJob = Callable[..., Job]
Find = Callable[..., LastNight | None]
PAYLOAD = {"schedule": "23 4 * * *", "repository": OURS}
WORKFLOW = "acme/app/.github/workflows/evalgate-nightly.yml@refs/heads/main"


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two commits of the default branch, and one that somebody pushed beside it."""
    folder = tmp_path_factory.mktemp("history")
    git(folder, "init", "-q")
    for name in ("old", "new"):
        git(folder, "commit", "-q", "--allow-empty", "-m", name)
    git(folder, "checkout", "-q", "-b", "theirs")
    git(folder, "commit", "-q", "--allow-empty", "-m", "theirs")
    git(folder, "checkout", "-q", "main")
    return folder


@pytest.fixture
def find(job: MakeJob, history: Path) -> Find:
    """Look for the last night, as run 500."""

    def found(environment: Mapping[str, str] = {}, **facts: Any) -> LastNight | None:
        at = {"event": "schedule", "payload": PAYLOAD, "run_id": 500, "token": OF_ACTIONS, **facts}
        given = {**job(**at).environment, "GITHUB_WORKFLOW_REF": WORKFLOW, **environment}
        return last_night(history, given, FakeClock())

    return found


def commit(history: Path, name: str = "main") -> str:
    """A commit's whole name."""
    return git(history, "rev-parse", name)


def test_the_newest_night_is_taken(github: FakeGitHub, find: Find, history: Path) -> None:
    """By its number, so that an old night which is run again is no newer."""
    for run_id in (300, 400, 200):
        github.night(run_id, commit(history, "main~1"), event="workflow_dispatch")

    assert find() == LastNight(run_id=400)


def test_without_any_it_is_the_first(github: FakeGitHub, find: Find) -> None:
    """That is known, and said."""
    assert find() == LastNight(said="there is no earlier night")
    assert {one.method for one in github.asked} == {"GET"}


ATTACKS: dict[str, dict[str, Any]] = {
    "a pull request from a branch": {"event": "pull_request", "head_branch": "fix"},
    "a pull request from the default branch": {"event": "pull_request"},
    "a push by another workflow": {"event": "push", "path": ".github/workflows/x.yml"},
    "another workflow by the clock": {"path": ".github/workflows/x.yml"},
    "a branch started by hand": {"event": "workflow_dispatch", "head_branch": "theirs"},
    "a fork's branch called main": {"event": "pull_request", "head_repository": FORK},
    "a fork's schedule": {"head_repository": FORK},
    "a workflow beside ours in name": {"path": ".github/workflows/evalgate-nightly.yml.yml"},
}


@pytest.mark.parametrize("facts", ATTACKS.values(), ids=ATTACKS.keys())
def test_nobody_else_can_plant_one(
    github: FakeGitHub, find: Find, history: Path, facts: dict[str, Any]
) -> None:
    """Whoever may push a branch can leave an artifact of any name and content."""
    github.night(450, commit(history), **facts)

    found = find()

    assert found is not None
    assert (found.run_id, found.unknown) == (0, False)
    assert found.said.endswith("1 artifact of other runs, or expired, not taken")

    github.night(300, commit(history))
    assert find() == LastNight(run_id=300), "the rightful one behind it is found"


def test_a_tag_called_like_the_branch_is_not_the_branch(
    github: FakeGitHub, find: Find, history: Path
) -> None:
    """GitHub calls both a head branch; the commit tells them apart."""
    github.night(450, commit(history, "theirs"), event="workflow_dispatch", head_branch="main")

    found = find()

    assert found is not None
    assert found.run_id == 0


def test_the_run_must_be_what_the_list_says_of_it(
    github: FakeGitHub, find: Find, history: Path
) -> None:
    """Both answers are of one API; where they differ neither is believed."""
    made = github.night(450, commit(history, "theirs"))
    made["workflow_run"]["head_sha"] = commit(history)

    found = find()

    assert found is not None
    assert found.run_id == 0


def test_its_own_run_later_runs_and_what_expired_are_not_earlier(
    github: FakeGitHub, find: Find, history: Path
) -> None:
    """An earlier attempt of this very night is not a night before."""
    for run_id in (500, 501):
        github.night(run_id, commit(history))
    github.night(499, commit(history))["expired"] = True
    github.night(498, commit(history))["workflow_run"] = None

    found = find()

    assert found is not None
    assert found.run_id == 0


def test_an_artifact_of_another_name_is_not_asked_about(
    github: FakeGitHub, find: Find, history: Path
) -> None:
    """A server that ignores the filter changes nothing."""
    github.night(450, commit(history))["name"] = "evalgate-report"

    assert find() == LastNight(said="there is no earlier night")


def test_many_that_are_none_hide_it_and_that_is_said(
    github: FakeGitHub, find: Find, history: Path
) -> None:
    """Then nobody knows, which is not the same as a first night."""
    github.night(100, commit(history))
    for run_id in range(200, 200 + MOST_ASKED):
        github.night(run_id, commit(history), event="push")

    found = find()

    assert found is not None
    assert found.unknown
    assert "none of the newest 20 runs" in found.said


def test_branches_and_forks_cannot_hide_it(github: FakeGitHub, find: Find, history: Path) -> None:
    """What the list tells apart is not asked about one by one."""
    github.night(100, commit(history))
    for run_id in range(200, 200 + MOST_ASKED):
        github.night(run_id, commit(history), head_repository=FORK)
        github.night(300 + run_id - 200, commit(history), head_branch="fix")

    assert find() == LastNight(run_id=100)


def test_all_pages_are_read(github: FakeGitHub, find: Find, history: Path) -> None:
    """Many artifacts of others come before it."""
    github.page = 3
    github.night(100, commit(history))
    for run_id in range(200, 210):
        github.night(run_id, commit(history), head_branch="fix")

    assert find() == LastNight(run_id=100)


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"token": ""}, "GITHUB_TOKEN is not set"),
        ({"token": READER}, "GitHub answers 403"),
        ({"token": "ghs_old"}, "GitHub answers 401"),
        ({"environment": {"GITHUB_WORKFLOW_REF": ""}}, "does not name a workflow"),
        ({"environment": {"GITHUB_WORKFLOW_REF": "x/y/w.yml@r"}}, "does not name a workflow"),
    ],
    ids=["no token", "a token without the right", "a bad token", "no workflow", "another's"],
)
def test_what_cannot_be_asked_is_unknown(find: Find, facts: dict[str, Any], said: str) -> None:
    """It is said, and costs no night."""
    found = find(**facts)

    assert found is not None
    assert found.unknown
    assert said in found.said


def test_without_the_history_nothing_is_taken_for_the_first(
    github: FakeGitHub, job: MakeJob, history: Path, tmp_path: Path
) -> None:
    """A shallow clone knows no commit but its own, so that every night would be refused."""
    github.night(300, commit(history, "main~1"))
    git(tmp_path, "clone", "-q", "--depth=1", history.as_uri(), "clone")
    given = job(event="schedule", payload=PAYLOAD, run_id=500, token=OF_ACTIONS).environment

    found = last_night(tmp_path / "clone", {**given, "GITHUB_WORKFLOW_REF": WORKFLOW}, FakeClock())

    assert found is not None
    assert found.unknown
    assert "fetch-depth: 0" in found.said
    assert not github.asked


def test_an_outage_is_unknown(github: FakeGitHub, find: Find) -> None:
    """Asked four times, then said."""
    github.faults["GET"] = [Fault(502, "no gateway")] * 4

    found = find()

    assert found == LastNight(
        unknown=True, said="the nights before are not known: GitHub answers 502: no gateway"
    )


@pytest.mark.parametrize("reply", [{"artifacts": {}}, {"total_count": 1}, {"artifacts": [1]}, 7])
def test_a_reply_of_another_form_is_unknown(github: FakeGitHub, find: Find, reply: object) -> None:
    """What is not a list of artifacts is no empty list."""
    github.artifacts_reply = reply

    found = find()

    assert found is not None
    assert found.unknown


@pytest.mark.parametrize("event", ["push", "pull_request"])
def test_at_day_nobody_is_asked(github: FakeGitHub, find: Find, event: str) -> None:
    """There is no night before a pull request."""
    assert find(event=event) is None
    assert not github.asked
