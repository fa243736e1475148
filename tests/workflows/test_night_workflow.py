"""The shipped nightly workflow with the real command line: one issue, as long as nights are bad."""

import pytest

from fake_github import FakeGitHub
from workflow_hazards import Hazards
from workflow_scratch import NIGHT, V2, Scratch, replaced

GREEN = {"plan": "success", "eval": "success", "gate": "success", "issue": "success"}
RED = {"plan": "success", "eval": "success", "gate": "failure", "issue": "failure"}
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
