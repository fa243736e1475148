"""The shipped nightly workflow with the real command line: one issue, as long as nights are bad."""

import pytest

from evalgate.cli import run
from fake_github import FakeGitHub
from under_git import git
from workflow_hazards import Hazards
from workflow_scratch import KEYS, NIGHT, V2, Scratch, replaced

GREEN = {
    "plan": "success",
    "eval": "success",
    "gate": "success",
    "issue": "success",
    "propose": "success",
}
RED = {**GREEN, "gate": "failure", "issue": "failure", "propose": "skipped"}
FACTS = "  {{ facts }}\n"


@pytest.mark.slow
def test_bad_still_bad_good_again_is_one_issue(scratch: Scratch, github: FakeGitHub) -> None:
    """Opened, updated, closed."""
    scratch.commit_to_main(replaced(V2, FACTS, ""))
    for _ in range(2):
        world = scratch.night()
        assert world.run(NIGHT) == RED, world.log("gate")
        [issue] = github.issues.values()
        assert issue["state"] == "open"
    assert len(github.requests("POST")) == 1

    scratch.commit_to_main(replaced(V2, "prompt: |\n", "prompt: |\n" + FACTS))
    world = scratch.night()
    assert world.run(NIGHT) == GREEN, world.log("gate")
    [issue] = github.issues.values()
    assert issue["state"] == "closed"


def test_a_night_that_broke_opens_the_issue(scratch: Scratch, github: FakeGitHub) -> None:
    """Nobody knows how good the night was: that is no good night."""
    world = scratch.night(hazards=Hazards(broken=["plan/Install evalgate as it is locked"]))

    assert world.run(NIGHT) == {
        "plan": "failure",
        "eval": "skipped",
        "gate": "failure",
        "issue": "failure",
        "propose": "skipped",
    }
    [issue] = github.issues.values()
    assert (issue["state"], issue["title"]) == ("open", "evalgate: no verdict (nightly)")


def test_a_cancelled_night_is_red_and_tells_nobody(scratch: Scratch, github: FakeGitHub) -> None:
    """Who cancelled it knows."""
    hazards = Hazards(cancel_at="plan/Check out with the history")
    world = scratch.night(hazards=hazards)

    results = world.run(NIGHT)

    assert (results["gate"], results["issue"]) == ("failure", "skipped")
    assert not github.asked


def test_a_fork_has_no_nights(scratch: Scratch, github: FakeGitHub) -> None:
    """A schedule runs in every fork that enables Actions."""
    world = scratch.night(fork=True)

    assert set(world.run(NIGHT).values()) == {"skipped"}
    assert not github.asked


@pytest.mark.parametrize("hidden", ["true", "capitals"])
def test_a_masked_output_is_not_a_good_night(
    scratch: Scratch, github: FakeGitHub, hidden: str
) -> None:
    """At night there is always something to run."""
    assert scratch.night(masked=(hidden,)).run(NIGHT)["gate"] == "failure"
    assert len(github.issues) == 1


@pytest.mark.slow
def test_a_good_night_proposes_its_baseline(
    live: Scratch, github: FakeGitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last job opens one pull request; it has no key, and writes to no other branch."""
    for name, value in {**KEYS["evalgate"], "MLFLOW_TRACKING_URI": live.tracking}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(live.repository)
    assert run(["run", "quiz", "--candidate", "v1", "--baseline", "none"]) in {0, 3}
    assert run(["baseline", "set", "latest", "--by", "Ann"]) == 0
    live.commit_to_main(replaced("gates.yaml", "baseline: v1", "baseline: file"))
    live.commit_to_main(replaced(V2, '"{{', '"Please. {{'))
    main = git(live.repository, "rev-parse", "main")

    world = live.night(secrets=KEYS)

    assert world.run(NIGHT) == GREEN, world.log("propose")
    assert len(github.pulls) == 1, world.log("propose")
    [pull] = github.pulls.values()
    assert pull["title"] == "evalgate: a new baseline for quiz"
    changed = git(live.repository, "diff", "--name-only", "main", "evalgate/baseline")
    assert changed == "baselines/quiz.json"
    assert git(live.repository, "rev-parse", "main") == main
