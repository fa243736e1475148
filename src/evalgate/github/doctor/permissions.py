"""What a job's token may do, and what is in the same job with it."""

from collections.abc import Iterator, Mapping, Sequence

from pydantic import JsonValue

from evalgate.github.doctor.diagnosis import Symptom
from evalgate.github.doctor.documents import table_of, text_of
from evalgate.github.doctor.keys import secrets_of
from evalgate.github.doctor.workflow import BASE, HEAD, Job, Step, Workflow
from evalgate.sources.places import Loc

EVERYTHING = "write-all"
NEEDED = (
    ("comment", "pull-requests"),
    ("issue", "issues"),
    ("propose", "contents"),
    ("propose", "pull-requests"),
)


def token_permissions(workflow: Workflow) -> Iterator[Symptom]:
    """Tokens that may do more than their job, or less."""
    if not workflow.mentions_us:
        return
    yield from _unsaid(workflow)
    for loc, written in _written(workflow):
        if written == EVERYTHING:
            fault = f"{EVERYTHING} lets every step write whatever there is"
            yield workflow.document.fault(loc, fault, "name what each job needs")
    for job in workflow.jobs:
        may_write = _writes(workflow, job)
        if may_write is not None:
            yield from _beside_writing(workflow, job, may_write)
            yield from _too_few(workflow, job, may_write)


def _unsaid(workflow: Workflow) -> Iterator[Symptom]:
    if "permissions" in workflow.body:
        return
    loc = ("permissions",)
    remedy = "write `permissions: {}` at the top, and in each job what it needs"
    if all("permissions" in job.body for job in workflow.jobs):
        fault = "is missing: the next job will have what the repository's settings give"
        yield workflow.document.hint(loc, fault, remedy)
    else:
        fault = "is missing: a job has what the repository's settings give"
        yield workflow.document.fault(loc, fault, remedy)


def _written(workflow: Workflow) -> Iterator[tuple[Loc, JsonValue]]:
    yield ("permissions",), workflow.body.get("permissions")
    for job in workflow.jobs:
        yield (*job.loc, "permissions"), job.body.get("permissions")


def _granted(workflow: Workflow, job: Job) -> tuple[Loc, JsonValue] | None:
    """Where a job's permissions are written, and what they are; None where they are not."""
    if "permissions" in job.body:
        return (*job.loc, "permissions"), job.body["permissions"]
    if "permissions" in workflow.body:
        return ("permissions",), workflow.body["permissions"]
    return None


def _writes(workflow: Workflow, job: Job) -> Sequence[str] | None:
    """What a job may write; None where only the repository's settings know."""
    granted = _granted(workflow, job)
    if granted is None:
        return None
    if granted[1] == EVERYTHING:
        return (EVERYTHING,)
    return [name for name, right in table_of(granted[1]).items() if text_of(right) == "write"]


def _beside_writing(workflow: Workflow, job: Job, may_write: Sequence[str]) -> Iterator[Symptom]:
    """A right to write beside a secret, or beside code that a change brings along."""
    granted = _granted(workflow, job)
    if not may_write or granted is None:
        return
    for what, remedy in _company(workflow, job).items():
        fault = f"the job {job.name!r} may write ({', '.join(may_write)}) and has {what}"
        yield workflow.document.fault(granted[0], fault, remedy)


def _company(workflow: Workflow, job: Job) -> Mapping[str, str]:
    """What must not be in a job that may write, with the remedy."""
    secrets = secrets_of(job) if workflow.is_ours else ()
    found = {f"the secret {name}": "make two jobs of it" for name in secrets}
    if "run" in job.modes:
        found["mode run, which runs candidates and judges"] = "let another job write"
    elif _runs_the_change(workflow, job):
        remedy = "check the base out: ref: ${{ github.event.pull_request.base.sha }}"
        found["a step that can run the change's own code"] = remedy
    return found


def _runs_the_change(workflow: Workflow, job: Job) -> bool:
    """True when something may run in a tree that a pull request brought."""
    if not workflow.is_on("pull_request", "merge_group"):
        return False
    holds_change = False
    for step in job.steps:
        if step.is_checkout:
            holds_change = _is_change(step)
        elif holds_change and step.runs_the_tree:
            return True
    return False


def _is_change(checkout: Step) -> bool:
    ref = text_of(checkout.given.get("ref"))
    return bool(HEAD.search(ref)) or not BASE.search(ref)


def _too_few(workflow: Workflow, job: Job, may_write: Sequence[str]) -> Iterator[Symptom]:
    loc = (*job.loc, "permissions")
    for mode, right in NEEDED:
        if mode in job.modes and not {right, EVERYTHING} & set(may_write):
            fault = f"mode {mode} cannot write: `{right}: write` is missing"
            yield workflow.document.fault(loc, fault, "add it to this job alone")
