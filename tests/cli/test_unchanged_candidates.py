"""A candidate against itself: its own commit is a baseline, its own name is a mistake."""

import subprocess

import pytest

from fault_projects import GOOD, NEARLY
from small_project import GATES, MakeProject, ProjectOnDisk, quiz

UNCHANGED = "new has not changed since its baseline: every difference is 0, by the same run"
ITSELF = "is the baseline itself (name another, or `--baseline none` for what holds without one)\n"


def committed(project: MakeProject, gates: str = GATES) -> ProjectOnDisk:
    """A project whose files are all in git."""
    repo = project(quiz(GOOD, NEARLY, gates))
    who = ("-c", "user.name=Test", "-c", "user.email=test@example.org")
    for argv in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "first"]):
        command = ["git", *who, "-c", "init.defaultBranch=m", *argv]
        subprocess.run(command, cwd=repo.root, check=True, capture_output=True)
    return repo


def test_a_candidate_that_did_not_change_passes_what_compares(project: MakeProject) -> None:
    """A pull request that touches something else: said plainly, by `run` and by `gate` alike."""
    strict = GATES.replace("max_drop: 0.1", "max_drop: 0.0")
    repo = committed(project, strict)

    ran = repo.run("run", "--baseline", "git:HEAD")
    gated = repo.run("gate", "latest", "--baseline", "git:HEAD")

    assert len(repo.runs()) == 1, "the commit's candidate and today's are one run"
    assert ran.code == gated.code == 0
    assert ran.out == gated.out
    assert UNCHANGED in ran.out + ran.err
    assert "passed   mean of exact_match max drop 0" in ran.out


def test_a_candidate_that_changed_is_not_called_unchanged(project: MakeProject) -> None:
    repo = committed(project)
    repo.write({"candidates/new.jsonl": repo.read("candidates/new.jsonl") + "\n"})

    ran = repo.run("run", "--baseline", "git:HEAD")

    assert len(repo.runs()) == 2
    assert UNCHANGED not in ran.out + ran.err


@pytest.mark.parametrize("also", [[], ["--dry-run"]], ids=["run", "dry run"])
def test_the_named_baseline_is_not_held_against_itself(
    project: MakeProject, also: list[str]
) -> None:
    """Told before anything is run or paid for."""
    repo = project(quiz(GOOD, NEARLY))

    assert repo.run("run", "--candidate", "old", *also) == (2, "", f"error: old {ITSELF}")
    assert repo.run("run", "--baseline", "new", *also) == (2, "", f"error: new {ITSELF}")
    assert repo.runs() == []


def test_run_and_gate_agree_on_what_is_the_baseline_itself(project: MakeProject) -> None:
    """Held against thresholds alone the baseline can be run, and be gated."""
    repo = project(quiz(GOOD, NEARLY))
    repo.run("run", "--candidate", "old", "--baseline", "none")
    [run] = repo.runs()

    assert repo.run("gate", "latest") == (2, "", f"error: {run} {ITSELF}")
    assert repo.run("gate", "latest", "--baseline", f"run:{run}") == (
        2,
        "",
        f"error: {run} {ITSELF}",
    )
    assert repo.run("gate", "latest", "--baseline", "none").code == 3
