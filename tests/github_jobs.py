"""The environment and the event's file that GitHub hands to a job."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fake_github import WRITER

SHA, BASE = "a" * 40, "b" * 40
OURS = {"id": 1, "full_name": "acme/app", "owner": {"login": "acme"}}
FORK = {"id": 9, "full_name": "mallory/app", "owner": {"login": "mallory"}}

Payload = dict[str, Any]


def pull_request(number: int = 7, head: Payload | None = OURS, sha: str = SHA) -> Payload:
    """The payload of `pull_request`."""
    return {
        "action": "synchronize",
        "number": number,
        "pull_request": {
            "number": number,
            "title": "`rm -rf`",
            "head": {"sha": sha, "ref": "fix", "repo": head},
            "base": {"sha": BASE, "ref": "main", "repo": OURS},
        },
        "repository": OURS,
        "sender": {"login": "ana"},
    }


def workflow_run(head: Payload = FORK, sha: str = SHA, run_id: int = 500) -> Payload:
    """The payload of `workflow_run`: a first stage is over."""
    return {
        "action": "completed",
        "workflow_run": {
            "id": run_id,
            "run_attempt": 1,
            "event": "pull_request",
            "head_sha": sha,
            "head_branch": "fix",
            "head_repository": head,
            "pull_requests": [],
        },
        "repository": OURS,
        "sender": {"login": "mallory"},
    }


@dataclass
class Job:
    """One job; `environment` is what its steps see."""

    folder: Path
    api_url: str
    event: str = "pull_request"
    payload: Payload = field(default_factory=pull_request)
    run_id: int = 100
    attempt: int = 1
    ref: str = "refs/heads/main"
    token: str = WRITER

    @property
    def environment(self) -> dict[str, str]:
        """Write the event's file, and say where it is."""
        file = self.folder / "event.json"
        file.write_text(json.dumps(self.payload), encoding="utf-8")
        return {
            "GITHUB_ACTIONS": "true",
            "GITHUB_REPOSITORY": "acme/app",
            "GITHUB_EVENT_NAME": self.event,
            "GITHUB_EVENT_PATH": str(file),
            "GITHUB_SHA": SHA,
            "GITHUB_REF": self.ref,
            "GITHUB_ACTOR": "ana",
            "GITHUB_RUN_ID": str(self.run_id),
            "GITHUB_RUN_ATTEMPT": str(self.attempt),
            "GITHUB_API_URL": self.api_url,
            "GITHUB_SERVER_URL": "https://github.example",
            "GITHUB_TOKEN": self.token,
        }
