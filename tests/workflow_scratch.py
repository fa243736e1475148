"""A repository with evalgate's first project and the shipped workflows, and the events about it."""

import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import evalgate
from fake_git import FakeGit
from fake_github import FakeGitHub, pull
from github_jobs import FORK, OURS
from under_git import git
from workflow_interpreter import World
from workflow_places import Keeps

PROJECT = Path(__file__).parents[1]
FIRST_PROJECT = Path(evalgate.__file__).parent / "pipeline" / "first_project"
PULL_REQUEST = ".github/workflows/evalgate-pr.yml"
COMMENT = ".github/workflows/evalgate-comment.yml"
NIGHT = ".github/workflows/evalgate-nightly.yml"
V1, V2 = "candidates/v1.yaml", "candidates/v2.yaml"

# What the action installs is this checkout's own evalgate, and only if it asks for it strictly.
UV = """\
#!/bin/bash
[ "$*" = "sync --project $GITHUB_ACTION_PATH --frozen --no-dev --no-editable --extra github --quiet" ] || exit 9
mkdir -p "$UV_PROJECT_ENVIRONMENT/bin"
ln -sf {evalgate} "$UV_PROJECT_ENVIRONMENT/bin/evalgate"
"""  # noqa: E501 - one command

KEYS = {"evalgate": {"OPENAI_API_KEY": "sk-of-the-environment-0000"}}

Edit = Callable[[Path], object]


@dataclass
class Scratch:
    """The repository on this machine's disk, and GitHub on loopback."""

    folder: Path
    github: FakeGitHub
    tracking: str
    keeps: Keeps = field(default_factory=Keeps)
    runs: int = 100
    worlds: list[World] = field(default_factory=list)

    @property
    def repository(self) -> Path:
        """Where git keeps it."""
        return self.folder / "app"

    def commit(self, edit: Edit, branch: str = "main") -> str:
        """Change something on a branch, and commit it."""
        git(self.repository, "checkout", "-q", "-B", branch, "main")
        edit(self.repository)
        git(self.repository, "add", "-A")
        git(self.repository, "commit", "-q", "--allow-empty", "-m", "a change")
        head = git(self.repository, "rev-parse", "HEAD")
        git(self.repository, "checkout", "-q", "main")
        return head

    def commit_to_main(self, edit: Edit) -> None:
        """A change that was merged."""
        git(self.repository, "reset", "-q", "--hard", self.commit(edit, "merged"))

    def pull_request(self, edit: Edit, *, fork: bool = False, **facts: Any) -> World:
        """Somebody proposes a change; GitHub merges it, to see whether that can be done."""
        base = git(self.repository, "rev-parse", "main")
        head = self.commit(edit, "fix")
        git(self.repository, "checkout", "-q", "-B", "merged", "main")
        git(self.repository, "merge", "-q", "--no-ff", "-m", "Merge", "fix")
        sha = git(self.repository, "rev-parse", "HEAD")
        git(self.repository, "checkout", "-q", "main")
        theirs: dict[str, Any] = FORK if fork else OURS
        self.github.pulls[7] = pull(7, head, theirs["owner"]["login"], repo=theirs["id"])
        event = {
            "action": "synchronize",
            "pull_request": {
                "number": 7,
                "head": {"sha": head, "ref": "fix", "repo": theirs},
                "base": {"sha": base, "ref": "main", "repo": OURS},
            },
        }
        return self.world("pull_request", event, sha, "refs/pull/7/merge", **facts)

    def queue(self, edit: Edit, **facts: Any) -> World:
        """A change stands in the merge queue."""
        base = git(self.repository, "rev-parse", "main")
        sha = self.commit(edit, "queue")
        event = {"action": "checks_requested", "merge_group": {"head_sha": sha, "base_sha": base}}
        return self.world("merge_group", event, sha, "refs/heads/gh-readonly-queue/main", **facts)

    def night(self, *, fork: bool = False, **facts: Any) -> World:
        """The clock strikes."""
        event = {"schedule": "23 4 * * *", "repository": {**OURS, "fork": fork}}
        sha = git(self.repository, "rev-parse", "main")
        return self.world("schedule", event, sha, "refs/heads/main", **facts)

    def second_stage(self, first: World, conclusion: str, **facts: Any) -> World:
        """The first stage of a fork's pull request is over."""
        head = first.event["pull_request"]["head"]
        run = {
            "id": int(first.run_id),
            "run_attempt": 1,
            "event": first.event_name,
            "conclusion": conclusion,
            "head_sha": head["sha"],
            "head_branch": head["ref"],
            "head_repository": head["repo"],
            "pull_requests": [],
        }
        sha = git(self.repository, "rev-parse", "main")
        event = {"action": "completed", "workflow_run": run}
        return self.world("workflow_run", event, sha, "refs/heads/main", **facts)

    def world(self, name: str, event: dict[str, Any], sha: str, ref: str, **facts: Any) -> World:
        """What GitHub starts for an event."""
        self.list_nights()
        self.runs += 1
        made = World(
            self.repository,
            name,
            {"repository": {**OURS, "fork": False}, "sender": {"login": "ana"}, **event},
            sha,
            ref,
            self.folder,
            surroundings=self._surroundings(),
            keeps=self.keeps,
            run_id=str(self.runs),
            **facts,
        )
        self.worlds.append(made)
        return made

    def list_nights(self) -> None:
        """Have GitHub list the nights that runs left behind, as artifacts of these runs."""
        self.github.artifacts.clear()
        for world in self.worlds:
            if (world.run_id, "evalgate-nights") not in self.keeps.artifacts:
                continue
            pull = world.event.get("pull_request")
            self.github.night(
                int(world.run_id),
                pull["head"]["sha"] if pull else world.sha,
                path=world.workflow,
                event=world.event_name,
                head_branch=pull["head"]["ref"] if pull else world.ref.rpartition("/")[2],
                head_repository=pull["head"]["repo"] if pull else OURS,
            )

    def _surroundings(self) -> Mapping[str, str]:
        return {
            "PATH": f"{self.folder / 'bin'}:/usr/bin:/bin",
            "GITHUB_API_URL": self.github.url,
            "MLFLOW_TRACKING_URI": self.tracking,
        }


def make_scratch(folder: Path, github: FakeGitHub, tracking: str, files: Path) -> Scratch:
    """Lay it out: the files of a project, and this project's own action and workflows."""
    made = Scratch(folder, github, tracking)
    shutil.copytree(files, made.repository)
    (made.repository / ".gitignore").write_text(".evalgate/\n", encoding="utf-8")
    shutil.copy(PROJECT / "action.yml", made.repository)
    shutil.copytree(PROJECT / ".github" / "workflows", made.repository / ".github" / "workflows")
    (made.repository / "README.md").write_text("An app.\n", encoding="utf-8")
    (folder / "bin").mkdir()
    uv = folder / "bin" / "uv"
    uv.write_text(UV.format(evalgate=Path(sys.executable).with_name("evalgate")), encoding="utf-8")
    uv.chmod(0o755)
    git(made.repository, "init", "-q")
    git(made.repository, "config", "uploadpack.allowAnySHA1InWant", "true")
    git(made.repository, "add", "-A")
    git(made.repository, "commit", "-q", "-m", "the first project")
    github.git = FakeGit(made.repository)
    return made


def replaced(name: str, old: str, new: str) -> Edit:
    """A change that puts other words into a file."""

    def edit(repository: Path) -> None:
        path = repository / name
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{name} does not say {old!r}"
        path.write_text(text.replace(old, new), encoding="utf-8")

    return edit
