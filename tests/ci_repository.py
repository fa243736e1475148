"""A project in a real git repository, and the shards that jobs of it leave behind."""

import json
import os
from typing import Any

from small_project import Files, Outcome, ProjectOnDisk
from under_git import git

IGNORED = ".evalgate/\nevalgate-report/\nshards/\nevent.json\noutput\nsummary\n"


def begun(repo: ProjectOnDisk) -> str:
    """Put a project under git, and give its first commit."""
    repo.write({".gitignore": IGNORED})
    git(repo.root, "init", "--quiet", "--initial-branch=main")
    return committed(repo, {})


def committed(repo: ProjectOnDisk, files: Files, *, gone: tuple[str, ...] = ()) -> str:
    """Write and remove files, and give the commit."""
    repo.write(files)
    for name in gone:
        (repo.root / name).unlink()
    git(repo.root, "add", "--all")
    git(repo.root, "commit", "--quiet", "--allow-empty", "--message", "a change")
    return git(repo.root, "rev-parse", "HEAD")


def in_actions(repo: ProjectOnDisk, event: str, payload: dict[str, Any], run_id: int = 100) -> None:
    """Have the commands believe that they are steps of a job."""
    file = repo.root / "event.json"
    file.write_text(json.dumps(payload), encoding="utf-8")
    head = git(repo.root, "rev-parse", "HEAD")
    for name, value in {
        "GITHUB_ACTIONS": "true",
        "GITHUB_REPOSITORY": "acme/app",
        "GITHUB_EVENT_NAME": event,
        "GITHUB_EVENT_PATH": str(file),
        "GITHUB_SHA": head,
        "GITHUB_REF": "refs/heads/main",
        "GITHUB_RUN_ID": str(run_id),
        "GITHUB_RUN_ATTEMPT": "1",
        "GITHUB_OUTPUT": str(repo.root / "output"),
        "GITHUB_STEP_SUMMARY": str(repo.root / "summary"),
    }.items():
        repo.monkeypatch.setenv(name, value)


def answered(repo: ProjectOnDisk, of: int, suite: str = "quiz", into: str = "shards") -> None:
    """Run every shard of a suite."""
    for number in range(1, of + 1):
        done = shard(repo, number, of, suite, into)
        assert done.code == 0, done.err


def shard(
    repo: ProjectOnDisk, number: int, of: int, suite: str = "quiz", into: str = "shards"
) -> Outcome:
    """Run one shard."""
    flags = ["--suite", suite, "--shard", f"{number}/{of}", "--out", into, *_base(repo)]
    return repo.run("ci", "run", *flags)


def _base(repo: ProjectOnDisk) -> list[str]:
    """The plan's base, as a person would say it again; a job finds it in its event."""
    plan = repo.root / "evalgate-report/plan.json"
    policy = json.loads(plan.read_text("utf-8"))["policy"] if plan.exists() else ""
    return ["--base", policy] if policy and "GITHUB_EVENT_NAME" not in os.environ else []


def merged(repo: ProjectOnDisk, *flags: str) -> Outcome:
    """Merge what is in `shards`."""
    plan = "evalgate-report/plan.json"
    return repo.run("ci", "merge", "--plan", plan, "--from", "shards", *flags)
