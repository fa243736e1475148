"""Nights of a project in this process: planned, answered anew, merged, and handed on."""

import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ci_repository import IGNORED, begun, committed, in_actions, merged
from fake_github import OF_ACTIONS, FakeGitHub
from github_jobs import OURS
from model_stub import ModelStub
from small_project import Outcome, ProjectOnDisk
from under_git import git

WORKFLOW = ".github/workflows/evalgate-nightly.yml"


@dataclass
class Nights:
    """A project in GitHub Actions whose provider may change between nights."""

    repo: ProjectOnDisk
    github: FakeGitHub
    stub: ModelStub
    run_id: int = 100
    left: dict[int, Path] = field(default_factory=dict)  # the artifact of each night

    def begin(self) -> None:
        """Put the project under git, and hand over what GitHub hands to a night."""
        begun(self.repo)
        committed(self.repo, {".gitignore": f"{IGNORED}nights/\nkept/\n"})
        for name, value in {
            "GITHUB_API_URL": self.github.url,
            "GITHUB_TOKEN": OF_ACTIONS,
            "GITHUB_WORKFLOW_REF": f"acme/app/{WORKFLOW}@refs/heads/main",
            "GITHUB_SERVER_URL": "https://github.example",
            "EVALGATE_ON_UNDECIDED": "block",
            "OPENAI_API_KEY": "sk-of-the-environment-0000",
        }.items():
            self.repo.monkeypatch.setenv(name, value)

    def wrong(self, *numbers: int) -> None:
        """From now on the provider answers these questions wrongly, and no others."""

        def voice(_: str, text: str) -> str:
            asked = int(text.partition(",")[0].split()[-1])
            return "say=wrong" if asked in numbers else text

        self.stub.voice = voice

    def night(self, *, fetched: bool = True) -> Outcome:
        """One night from its plan to its reports; `fetched`: the artifact came."""
        self.run_id += 1
        root = self.repo.root
        for name in ("shards", "evalgate-report", "nights", ".evalgate/runs"):
            shutil.rmtree(root / name, ignore_errors=True)  # another night has other machines
        for name in ("output", "summary"):
            (root / name).unlink(missing_ok=True)
        in_actions(self.repo, "schedule", {"repository": OURS}, self.run_id)
        done = self.repo.run("ci", "plan")
        assert done.code == 0, done.err
        for suite in self.plan["suites"]:
            flags = ("--suite", suite["suite"], "--shard", "1/1", "--out", "shards", "--no-cache")
            done = self.repo.run("ci", "run", *flags)
            assert done.code == 0, done.err
        last = (self.plan["last_night"] or {})["run_id"]
        if last and fetched:
            shutil.copytree(self.left[last], root / "nights", symlinks=True)
        done = merged(self.repo, "--nights", "nights")
        if (root / "nights").exists():
            self.left[self.run_id] = root / "kept" / str(self.run_id)
            shutil.copytree(root / "nights", self.left[self.run_id])
            self.github.night(self.run_id, git(root, "rev-parse", "HEAD"))
        return done

    @property
    def plan(self) -> dict[str, Any]:
        """The plan of the night."""
        found: dict[str, Any] = json.loads(self.repo.read("evalgate-report/plan.json"))
        return found

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The nights so far, as people are shown them."""
        return [
            json.loads(line) for line in self.repo.read("evalgate-report/nights.jsonl").splitlines()
        ]

    @property
    def summary(self) -> str:
        """What the job's summary says."""
        return self.repo.read("summary")

    def decisions(self) -> dict[str, dict[str, Any]]:
        """Every decision that was written, by its folder."""
        folder = self.repo.root / "evalgate-report"
        found = {}
        for path in sorted(folder.rglob("decision.json")):
            document = json.loads(path.read_text("utf-8"))
            place = path.parent.relative_to(folder).as_posix()
            found[place] = document.get("decisions", [document])[0]
        return found
