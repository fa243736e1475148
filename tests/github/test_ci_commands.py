"""`evalgate ci comment` and `issue` as a job's step runs them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ci_reports import FEWER, GOOD, decision_on, written
from fake_github import READER, FakeGitHub
from github_jobs import OURS, Job
from small_project import MakeProject, ProjectOnDisk, quiz

MakeJob = Callable[..., Job]
Step = Callable[[Job], ProjectOnDisk]


@pytest.fixture
def step(project: MakeProject, monkeypatch: pytest.MonkeyPatch) -> Step:
    """A folder in which commands see a job's environment."""

    def made(at_work: Job) -> ProjectOnDisk:
        for name, value in at_work.environment.items():
            monkeypatch.setenv(name, value)
        return project({})

    return made


def test_a_comparison_becomes_a_comment(
    github: FakeGitHub, job: MakeJob, project: MakeProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From what `compare -o` writes, by the next step of the same job."""
    made = project(quiz([True] * 40, [True] * 12 + [False] * 28))
    at_work = job()
    for name, value in at_work.environment.items():
        monkeypatch.setenv(name, value)

    compared = made.run("compare", "old", "new", "-o", "decision.json")
    commented = made.run("ci", "comment", "decision.json")

    assert (compared.code, commented.code) == (1, 1)
    assert commented.out.startswith("comment on pull request 7: created https://github.example/")
    [body] = github.bodies(7)
    assert "## ❌ evalgate: failed" in body
    assert "  - answer: <del>right</del> <ins>wrong</ins>" in body


def test_a_report_that_was_edited_is_refused_and_said(
    github: FakeGitHub, job: MakeJob, step: Step, tmp_path: Path
) -> None:
    """Exit 2; a comment that was green does not stay."""
    green = written(tmp_path / "a", decision_on(GOOD))
    made = step(job())
    first = made.run("ci", "comment", "a")
    text = (green / "decision.json").read_text(encoding="utf-8")
    (green / "decision.json").write_text(text.replace("old", "new"), encoding="utf-8")

    second = made.run("ci", "comment", "a")

    assert (first.code, second.code) == (0, 2)
    assert second.err.startswith("error: a/decision.json: ")
    [body] = github.bodies(7)
    assert "⛔ evalgate: no verdict" in body


def test_a_comment_that_cannot_be_posted_is_a_warning(
    github: FakeGitHub, job: MakeJob, step: Step, tmp_path: Path
) -> None:
    """The verdict's exit code stays."""
    written(tmp_path / "a", decision_on(FEWER))

    outcome = step(job(token=READER)).run("ci", "comment", "a")

    assert outcome.code == 1
    assert outcome.err == (
        "warning: not posted: GitHub answers 403: Resource not accessible by integration\n"
    )


def test_a_dry_run_prints_the_comment(
    github: FakeGitHub, project: MakeProject, tmp_path: Path
) -> None:
    """Anywhere, without a job around it."""
    written(tmp_path / "a", decision_on(FEWER))

    outcome = project({}).run("ci", "comment", "a", "--dry-run", "--key", "qa")

    assert outcome.code == 1
    assert outcome.out.startswith("<!-- evalgate:sticky:v1:qa -->\n")
    assert not github.asked


def test_a_dry_run_of_the_issue_prints_it(project: MakeProject, tmp_path: Path) -> None:
    """With the marker of an issue."""
    written(tmp_path / "a", decision_on(GOOD))

    outcome = project({}).run("ci", "issue", "a", "--dry-run")

    assert outcome.code == 0
    assert outcome.out.startswith("<!-- evalgate:issue:v1:default -->\n")
    assert "✅ evalgate: passed" in outcome.out


def test_a_bad_night_opens_an_issue_with_its_label(
    github: FakeGitHub, job: MakeJob, step: Step, tmp_path: Path
) -> None:
    """And says where it is."""
    written(tmp_path / "a", decision_on(FEWER))
    at_work = job(event="schedule", payload={"schedule": "17 3 * * *", "repository": OURS})

    outcome = step(at_work).run("ci", "issue", "a", "--key", "models", "--label", "nightly")

    [issue] = github.issues.values()
    assert issue["labels"] == [{"name": "nightly"}]
    assert issue["title"] == "evalgate: failed (models)"
    assert outcome == (1, f"issue: opened {issue['html_url']}\n", "")


def test_outside_a_job_it_is_said_what_is_missing(
    project: MakeProject, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Exit 2 and all of it at once."""
    for name in ("REPOSITORY", "EVENT_NAME", "EVENT_PATH", "RUN_ID", "RUN_ATTEMPT"):
        monkeypatch.delenv(f"GITHUB_{name}", raising=False)
    written(tmp_path / "a", decision_on(GOOD))

    outcome = project({}).run("ci", "comment", "a")

    assert outcome.code == 2
    assert outcome.err.count("is not set") == 5
    assert "--dry-run" in outcome.err
