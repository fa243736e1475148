"""What GitHub writes into an event's file, as far as evalgate reads it."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Part = r"[A-Za-z0-9_.-]*[A-Za-z0-9_-][A-Za-z0-9_.-]*"  # never `.` or `..` alone: it is in a path
RepositoryName = Annotated[
    str, StringConstraints(pattern=rf"^{Part}/{Part}$", max_length=200, strict=True)
]
Sha = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{40}([0-9a-f]{24})?$", strict=True)]
Login = Annotated[
    str,
    StringConstraints(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*(\[bot\])?$", max_length=100, strict=True
    ),
]
Identifier = Annotated[int, Field(gt=0, lt=1 << 63, strict=True)]
Branch = Annotated[str, StringConstraints(min_length=1, max_length=1000, strict=True)]


class Read(BaseModel):
    """A part of somebody else's document: what is not named here is not looked at."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", hide_input_in_errors=True, defer_build=True
    )


class Account(Read):
    """A user, an organisation or a bot."""

    login: Login


class Repository(Read):
    """A repository, also a fork."""

    id: Identifier
    full_name: RepositoryName


class Side(Read):
    """One side of a pull request; the repository is gone when a fork was deleted."""

    sha: Sha
    ref: Branch
    repo: Repository | None = None


class PullRequest(Read):
    """A pull request."""

    number: Identifier
    head: Side
    base: Side


class MergeGroup(Read):
    """What a merge queue would put onto a branch."""

    head_sha: Sha
    base_sha: Sha


class HeadRepository(Repository):
    """Where a run's commit comes from."""

    owner: Account


class WorkflowRun(Read):
    """A finished run of another workflow."""

    id: Identifier
    run_attempt: Identifier
    event: Annotated[str, StringConstraints(strict=True)]
    head_sha: Sha
    head_branch: Branch
    head_repository: HeadRepository


class Payload(Read):
    """What every event has."""

    repository: Repository
    sender: Account | None = None


class PullRequestPayload(Payload):
    """`pull_request`."""

    pull_request: PullRequest


class MergeGroupPayload(Payload):
    """`merge_group`."""

    merge_group: MergeGroup


class WorkflowRunPayload(Payload):
    """`workflow_run`."""

    workflow_run: WorkflowRun


class PushPayload(Payload):
    """`push`."""

    before: Sha
    after: Sha


class ArtifactRun(Read):
    """Whose artifact it is, as the list of artifacts says it."""

    id: Identifier
    repository_id: Identifier
    head_repository_id: Identifier
    head_branch: str | None = None
    head_sha: Sha


class Artifact(Read):
    """A file that a run left behind; its run is not there any longer where it was deleted."""

    name: str
    expired: bool
    workflow_run: ArtifactRun | None = None


class PastRun(Read):
    """A workflow's run, as it is asked for by its number."""

    id: Identifier
    path: str  # the workflow's file, perhaps with `@` and a ref
    event: str
    head_branch: str | None = None
    head_sha: Sha
    repository: Repository
    head_repository: Repository | None = None  # a fork that was deleted has none


class DefaultBranch(Read):
    """Which branch of a repository is the default one."""

    id: Identifier
    default_branch: Branch
    fork: bool = False
