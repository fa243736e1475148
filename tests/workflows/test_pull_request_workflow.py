"""The shipped workflows on pull requests and in the merge queue, with the real command line."""

import re
from pathlib import Path

import pytest

from evalgate.github.marks import Stamp, marker, stamped
from fake_github import FakeGitHub
from model_stub import ModelStub
from under_git import git
from workflow_hazards import Hazards
from workflow_interpreter import World
from workflow_scratch import COMMENT, KEYS, NIGHT, PULL_REQUEST, V2, Scratch, replaced

ALL_GREEN = {"plan": "success", "eval": "success", "gate": "success", "comment": "success"}
# what the posting job exits with is the verdict, too
RED = {"plan": "success", "eval": "success", "gate": "failure", "comment": "failure"}
NOTHING_TO_DO = {"plan": "success", "eval": "skipped", "gate": "success", "comment": "success"}
OUR_TITLES = re.compile(r"(capitals|quiz): |[a-z0-9]+ got worse$|\d+ more")
HOSTILE = "##[add-mask]true ::error::no @everyone"

better = replaced(V2, "name of the city only", "city's name only")
worse = replaced(V2, "  {{ facts }}\n", "")
no_different = replaced(
    V2,
    "  Answer with the name of the city only.\n"
    "  Question: {{ question }} The capital is the seat of government.",
    "  Question: {{ question }}",
)


def mark_of(github: FakeGitHub, headings: int = 1) -> str:
    """The verdict on top of the only comment there is, which has so many."""
    [body] = github.bodies(7)
    found = [line for line in body.splitlines() if line.startswith("## ")]
    assert len(found) == headings
    return found[0]


def quiet(world: World) -> bool:
    """True when no word of anybody else's was taken for a command."""
    jobs = [each for name in world.jobs for each in world.happened(name)]
    titles = [note.properties.get("title", "") for each in jobs for note in each.annotations]
    return not any(each.masks for each in jobs) and all(map(OUR_TITLES.match, titles))


def and_evil(repository: Path) -> None:
    """A good change, and one to the action."""
    better(repository)
    replaced("action.yml", 'case "$MODE" in', 'echo EVIL; case "$MODE" in')(repository)


@pytest.mark.slow
def test_good_then_worse_is_one_comment_and_a_red_gate(
    scratch: Scratch, github: FakeGitHub
) -> None:
    """The comment follows the pushes; where it is written, the base commit's tool runs."""
    first = scratch.pull_request(and_evil)
    assert first.run(PULL_REQUEST) == ALL_GREEN, first.log("gate")
    assert mark_of(github) == "## ✅ evalgate: passed"
    shards = ["evalgate-shard-capitals-1-of-2", "evalgate-shard-capitals-2-of-2"]
    assert scratch.keeps.names(first.run_id) == ["evalgate-plan", "evalgate-report", *shards]
    assert ("EVIL" in first.log("eval"), "EVIL" in first.log("comment")) == (True, False)
    artifact = first.jobs["gate"][0].outputs["report-url"]
    assert f"/actions/runs/{first.run_id}/artifacts/" in artifact
    assert f"[full report](<{artifact}>)" in github.bodies(7)[0]
    [comment] = first.jobs["comment"]
    assert comment.checkouts == [first.event["pull_request"]["base"]["sha"]]

    second = scratch.pull_request(worse)
    assert second.run(PULL_REQUEST) == RED, second.log("gate")
    assert mark_of(github) == "## ❌ evalgate: failed"
    [gate] = second.happened("gate")
    places = {(note.name, note.properties.get("file")) for note in gate.annotations}
    assert {("error", "gates.yaml"), ("error", V2)} <= places
    assert "failed" in gate.summaries[0]
    assert "evalgate-report" in scratch.keeps.names(second.run_id), "kept although it is red"
    assert quiet(first)
    assert quiet(second)


def test_an_irrelevant_change_asks_nobody_and_is_green(
    scratch: Scratch, github: FakeGitHub
) -> None:
    """The required check reports all the same, and no comment is made of it."""
    world = scratch.pull_request(replaced("README.md", "app", "application"))

    assert world.run(PULL_REQUEST) == NOTHING_TO_DO
    assert {asked.method for asked in github.asked} == {"GET"}
    assert "nothing that the suites depend on changed" in world.log("gate")


def test_a_change_that_was_taken_back_takes_its_verdict_along(
    scratch: Scratch, github: FakeGitHub
) -> None:
    """The older commit's verdict is not taken for the new one's."""
    stands = f"{stamped(marker('sticky', 'default'), Stamp(90, 1))}\n## ❌ evalgate: failed\n"
    github.comment(7, stands)
    world = scratch.pull_request(replaced("README.md", "app", "application"))

    assert world.run(PULL_REQUEST) == NOTHING_TO_DO, world.log("comment")
    assert mark_of(github, 2) == "## ⚪ evalgate: nothing to evaluate"


@pytest.mark.parametrize("hidden", ["true", "capitals"], ids=["run", "matrix"])
def test_a_masked_output_is_not_nothing_to_do(scratch: Scratch, hidden: str) -> None:
    """The runner drops an output that holds what it masks; then the gate is red."""
    world = scratch.pull_request(better, masked=(hidden,))

    results = world.run(PULL_REQUEST)

    assert results["eval"] in {"skipped", "failure"}
    assert results["gate"] == "failure"


def test_a_files_name_masks_nothing(scratch: Scratch) -> None:
    """`plan` prints the names of what changed."""

    def odd(repository: Path) -> None:
        for name in ("##[add-mask]true", "\n::add-mask::true", "\r##[set-output name=run]false"):
            (repository / "judges" / "correct" / name).write_text("x", encoding="utf-8")

    only_the_plan = Hazards(cancel_at="eval 1/Check out with the history")
    world = scratch.pull_request(odd, hazards=only_the_plan)

    world.run(PULL_REQUEST)

    [plan] = world.jobs["plan"]
    assert plan.outputs["run"] == "true"
    assert "judges/correct/##\\[add-mask]true" in world.log("plan")
    assert quiet(world)


@pytest.mark.parametrize(
    "step", ["plan/Check out with the history", "eval 1/Answer and judge one shard"]
)
def test_a_cancelled_run_is_not_green(scratch: Scratch, github: FakeGitHub, step: str) -> None:
    """Whenever somebody cancels."""
    world = scratch.pull_request(better, hazards=Hazards(cancel_at=step))

    results = world.run(PULL_REQUEST)

    assert results["gate"] == "failure"
    assert results["comment"] == "skipped"
    assert not github.asked


def test_a_broken_plan_takes_the_old_verdict_away(scratch: Scratch, github: FakeGitHub) -> None:
    """Nobody knows whether there was something to run: red, and the comment says so."""
    broken = Hazards(broken=["plan/Install evalgate as it is locked"])
    world = scratch.pull_request(better, hazards=broken)

    assert world.run(PULL_REQUEST)["gate"] == "failure"
    assert mark_of(github) == "## ⛔ evalgate: no verdict"


@pytest.mark.slow
def test_a_lost_shard_is_red_and_one_rerun_is_enough(scratch: Scratch, github: FakeGitHub) -> None:
    """The other shard is not run again."""
    lost = Hazards(broken=["eval 2/Install evalgate as it is locked"])
    world = scratch.pull_request(better, hazards=lost)

    assert world.run(PULL_REQUEST) == {**RED, "eval": "failure"}
    assert "shard 2/2 of capitals is missing" in world.log("gate")
    assert mark_of(github) == "## ⛔ evalgate: no verdict"
    [kept] = [ran for ran in world.jobs["eval"] if ran.result == "success"]

    assert world.run_failed_again(PULL_REQUEST) == ALL_GREEN
    assert kept in world.jobs["eval"]
    assert len(world.jobs["eval"]) == 2
    assert mark_of(github) == "## ✅ evalgate: passed"


@pytest.mark.slow
def test_what_a_reviewer_may_wave_through_stops_the_merge_queue(
    scratch: Scratch, github: FakeGitHub
) -> None:
    """Undecided blocks where nobody looks; a queue has no comment."""
    world = scratch.queue(no_different)

    assert world.run(PULL_REQUEST) == {**RED, "comment": "skipped"}, world.log("gate")
    assert "verdict: undecided (noise), blocks (exit 3)" in world.log("gate")
    assert not github.asked


@pytest.mark.slow
def test_an_outage_is_no_verdict_and_not_green(
    live: Scratch, github: FakeGitHub, endpoint: ModelStub
) -> None:
    """The report says what is missing; both the shards' jobs and the gate are red."""
    endpoint.scripted = (503, {}, b"{}")
    world = live.pull_request(replaced(V2, '"{{', '"Please. {{'), secrets=KEYS)

    results = world.run(PULL_REQUEST)

    assert (results["eval"], results["gate"]) == ("failure", "failure")
    assert "(exit 4)" in world.log("gate")
    assert mark_of(github) == "## 🟠 evalgate: undecided, blocks"


@pytest.mark.slow
def test_hostile_answers_are_words_and_no_commands(
    live: Scratch, github: FakeGitHub, endpoint: ModelStub
) -> None:
    """A regression whose answers try to hide it; the key leaves the job nowhere."""
    world = live.pull_request(
        replaced(V2, '"{{ question }}"', f'"say={HOSTILE} {{{{ question }}}}"'), secrets=KEYS
    )

    assert world.run(PULL_REQUEST) == RED
    assert quiet(world)
    assert {each["authorization"] for each in endpoint.headers} == {
        "Bearer sk-of-the-environment-0000"
    }
    kept = b"".join(data for files in live.keeps.artifacts.values() for data in files.values())
    assert b"sk-of-the-environment" not in kept
    assert "@everyone" not in github.bodies(7)[0].replace("@&#8203;", "")


@pytest.mark.slow
def test_a_fork_is_answered_from_recordings_and_commented_by_the_second_stage(
    live: Scratch, github: FakeGitHub, endpoint: ModelStub
) -> None:
    """Its own run has no key and writes nothing; the second stage runs none of its code."""
    night = live.night(secrets=KEYS)
    assert night.run(NIGHT)["gate"] == "success", night.log("gate")
    asked = endpoint.requests

    world = live.pull_request(
        replaced(V2, "A prompt.", "A fork's prompt."), fork=True, secrets=KEYS
    )
    results = world.run(PULL_REQUEST)
    assert results == {**ALL_GREEN, "comment": "skipped"}, world.log("gate")
    assert endpoint.requests == asked, "a fork's pull request asks nobody"
    assert not github.bodies(7)

    second = live.second_stage(world, "success")
    assert second.run(COMMENT) == {"comment": "success"}
    assert mark_of(github) == "## ✅ evalgate: passed"
    [job] = second.jobs["comment"]
    assert job.checkouts == [git(live.repository, "rev-parse", "main")]


@pytest.mark.parametrize("stands", [False, True], ids=["no comment", "an older verdict"])
def test_a_second_stage_with_nothing_to_evaluate(
    scratch: Scratch, github: FakeGitHub, stands: bool
) -> None:
    """The first stage's plan says so; a comment is updated, and none is made."""
    if stands:
        mark = marker("sticky", "default")
        github.comment(7, f"{stamped(mark, Stamp(90, 1))}\n## ✅ evalgate: passed\n")
    world = scratch.pull_request(replaced("README.md", "app", "application"), fork=True)
    assert world.run(PULL_REQUEST) == {**NOTHING_TO_DO, "comment": "skipped"}

    second = scratch.second_stage(world, "success")

    assert second.run(COMMENT) == {"comment": "success"}, second.log("comment")
    assert len(github.bodies(7)) == stands
    assert not stands or mark_of(github, 2) == "## ⚪ evalgate: nothing to evaluate"


@pytest.mark.parametrize("conclusion", ["success", "failure"])
def test_a_second_stage_without_a_report(
    scratch: Scratch, github: FakeGitHub, conclusion: str
) -> None:
    """Without a plan that says why, the verdict was lost; whatever the first stage ended with."""
    world = scratch.pull_request(replaced("README.md", "app", "application"), fork=True)

    assert scratch.second_stage(world, conclusion).run(COMMENT)["comment"] == "failure"
    assert mark_of(github) == "## ⛔ evalgate: no verdict"


def test_the_second_stage_is_for_forks_alone(scratch: Scratch, github: FakeGitHub) -> None:
    """A pull request of this repository has had its comment."""
    world = scratch.pull_request(replaced("README.md", "app", "application"))

    assert scratch.second_stage(world, "failure").run(COMMENT) == {"comment": "skipped"}
    assert not github.asked
