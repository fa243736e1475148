"""Why a job runs: the event, read strictly from the file that GitHub wrote."""

from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter

from evalgate.domain.record import JsonValue, Record
from evalgate.errors import Problem, UserMistake
from evalgate.github.payload import (
    Branch,
    Identifier,
    Login,
    MergeGroupPayload,
    Payload,
    PullRequestPayload,
    PushPayload,
    RepositoryName,
    Sha,
    WorkflowRunPayload,
)
from evalgate.github.surroundings import Surroundings
from evalgate.sources.places import Placed
from evalgate.sources.strict import load_json_record, read_record

EventName = Literal[
    "pull_request", "merge_group", "push", "schedule", "workflow_dispatch", "workflow_run"
]
FORMS: dict[EventName, type[Payload]] = {
    "pull_request": PullRequestPayload,
    "merge_group": MergeGroupPayload,
    "push": PushPayload,
    "schedule": Payload,
    "workflow_dispatch": Payload,
    "workflow_run": WorkflowRunPayload,
}
NIGHTLY: tuple[EventName, ...] = ("schedule", "workflow_dispatch")
"""What starts a night: the clock, or a person."""

LARGEST_BYTES = 32 << 20


class SourceRun(Record):
    """The run whose report a job posts, and where its commit comes from."""

    run_id: Identifier
    attempt: Identifier
    event: str
    head_owner: Login
    head_branch: Branch
    head_repository_id: Identifier


class Event(Record):
    """What started the job. `is_fork`: the commit was written by somebody without our rights."""

    name: EventName
    repository: RepositoryName
    head_sha: Sha
    base_sha: Sha | None = None
    pull_request: Identifier | None = None
    is_fork: bool = False
    actor: str = ""
    source: SourceRun | None = None


EVENT: TypeAdapter[Event] = TypeAdapter(Event)


def load_event(around: Surroundings) -> Event:
    """Read the event's file; one that evalgate does not know, or another repository's, is told."""
    name = next((known for known in FORMS if known == around.event_name), None)
    if name is None:
        raise UserMistake(_unknown(around.event_name))
    shown_as = "GITHUB_EVENT_PATH"
    _refuse_large(around.event_path, shown_as)
    payload = load_json_record(TypeAdapter(FORMS[name]), around.event_path, shown_as)
    ours = payload.repository.full_name
    if ours != around.repository:
        fault = f"is of {ours}, and GITHUB_REPOSITORY is {around.repository}"
        raise UserMistake(Problem(fault, shown_as, key="repository.full_name"))
    return _event(name, payload, around)


def _event(name: EventName, payload: Payload, around: Surroundings) -> Event:
    facts: dict[str, JsonValue] = {
        "name": name,
        "repository": payload.repository.full_name,
        "actor": payload.sender.login if payload.sender else around.actor,
        **_commits(payload, around),
    }
    return read_record(EVENT, Placed("GITHUB_EVENT_PATH", facts))


def _commits(payload: Payload, around: Surroundings) -> dict[str, JsonValue]:
    """Whose commits these are."""
    match payload:
        case PullRequestPayload(pull_request=pull):
            theirs = pull.head.repo  # a fork that was deleted is a fork all the same
            return {
                "head_sha": pull.head.sha,
                "base_sha": pull.base.sha,
                "pull_request": pull.number,
                "is_fork": theirs is None or theirs.id != payload.repository.id,
            }
        case MergeGroupPayload(merge_group=group):
            return {"head_sha": group.head_sha, "base_sha": group.base_sha}
        case PushPayload():
            before = payload.before
            return {
                "head_sha": payload.after,
                "base_sha": None if set(before) == {"0"} else before,
            }
        case WorkflowRunPayload(workflow_run=run):
            theirs = run.head_repository
            return {
                "head_sha": run.head_sha,
                "is_fork": theirs.id != payload.repository.id,
                "source": {
                    "run_id": run.id,
                    "attempt": run.run_attempt,
                    "event": run.event,
                    "head_owner": theirs.owner.login,
                    "head_branch": run.head_branch,
                    "head_repository_id": theirs.id,
                },
            }
        case _:
            return {"head_sha": around.sha}


def _refuse_large(path: Path, shown_as: str) -> None:
    try:
        size = path.stat().st_size
    except OSError:
        return  # whoever reads it says why it cannot be read
    if size > LARGEST_BYTES:
        raise UserMistake(Problem(f"is larger than {LARGEST_BYTES >> 20} MiB", shown_as))


def _unknown(name: str) -> Problem:
    remedy = f"use one of {', '.join(FORMS)}"
    if name == "pull_request_target":
        remedy = "it hands the base's secrets to a stranger's commit: use pull_request"
    return Problem(f"evalgate does not run on {name!r}", key="GITHUB_EVENT_NAME", remedy=remedy)
