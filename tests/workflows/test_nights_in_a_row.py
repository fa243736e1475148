"""The shipped nightly workflow, night after night: what a provider changed is red, and said."""

import json
from typing import Any

import pytest

from fake_github import FakeGitHub
from model_stub import ModelStub
from workflow_hazards import Hazards
from workflow_interpreter import World
from workflow_scratch import KEYS, NIGHT, Scratch, replaced

GREEN, RED = ("success", "success"), ("failure", "failure")
NIGHTS = "evalgate-nights"

pytestmark = pytest.mark.slow


def wrong_below(limit: int) -> Any:
    """A provider that answers the questions below `limit` wrongly."""

    def voice(_: str, text: str) -> str:
        number = int(text.partition(",")[0].split()[-1])
        return "say=wrong" if number < limit else text

    return voice


def night(live: Scratch, *broken: str) -> World:
    """One night, with the key; `broken` are steps that fail."""
    world = live.night(secrets=KEYS, hazards=Hazards(broken=list(broken)))
    world.run(NIGHT)
    return world


def ended(world: World) -> tuple[str, str]:
    """How the gate and the issue ended."""
    return world.results["gate"], world.results["issue"]


def lines_of(live: Scratch, world: World) -> list[dict[str, Any]]:
    """What the nights file of a run says."""
    content = live.keeps.artifacts[world.run_id, NIGHTS]["nights.jsonl"]
    return [json.loads(line) for line in content.splitlines()]


def test_a_provider_that_drops_is_red_until_it_is_back(
    live: Scratch, github: FakeGitHub, endpoint: ModelStub
) -> None:
    """Its own rules pass: the baseline that is asked beside it dropped as well."""
    first = night(live)
    assert ended(first) == GREEN, first.log("gate")
    # somebody with a branch leaves nights behind that nobody had
    planted = live.pull_request(replaced("README.md", "An app.", "Mine."))
    planted.workflow = NIGHT
    live.keeps.artifacts[planted.run_id, NIGHTS] = {"nights.jsonl": b"{}", "good/quiz.json": b"{}"}
    lost = night(live, "gate/Fetch the nights before")
    assert ended(lost) == GREEN, lost.log("gate")
    assert (lost.run_id, NIGHTS) not in live.keeps.artifacts
    assert "the nights before are not known" in lost.happened("gate")[0].summaries[0]

    endpoint.voice = wrong_below(13)
    bad = [night(live), night(live)]

    assert [ended(world) for world in bad] == [RED, RED], bad[0].log("gate")
    [issue] = github.issues.values()
    assert issue["state"] == "open"
    assert "quiz since the night of" in issue["body"]
    assert "### Nights: quiz" in issue["body"]
    said = lines_of(live, bad[1])
    assert [each["workflow_run"] for each in said] == [int(world.run_id) for world in (first, *bad)]
    assert [each["verdict"] for each in said] == ["passed"] * 3, "by the suite's own rules"
    assert [each["good"] for each in said] == [True, False, False]
    assert said[2]["since_good"]["verdict"] == "failed"

    endpoint.voice = None
    again = night(live)
    assert ended(again) == GREEN, again.log("gate")
    assert issue["state"] == "closed"
    assert issue["body"].count("| ❌ | 20") == 2, "the bad nights are in the trend"
