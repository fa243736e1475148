"""Where secrets are, and where they may be: in the job that asks models, and nowhere else."""

import re
from collections.abc import Collection, Iterator

from evalgate.github.doctor.diagnosis import Symptom
from evalgate.github.doctor.documents import Table, expressions_in, table_of, texts_in
from evalgate.github.doctor.workflow import Job, Workflow
from evalgate.quoting import redacted
from evalgate.sources.places import Loc

TOKEN = "GITHUB_TOKEN"  # noqa: S105 - a name: what a job's own permissions are for
NAMED = re.compile(r"\bsecrets\s*(?:\.\s*([A-Z0-9_-]+)|\[\s*'([\w-]+)'\s*\])", re.IGNORECASE)
WHOLE = re.compile(r"\bsecrets\s*(?:\)|\.\s*\*|\[\s*[^'\s])", re.IGNORECASE)
VARIABLE = re.compile(r"\$\{\{.*?\}\}|\$\{[^}]*\}|\$\w+", re.DOTALL)
"""What stands for a value that the file does not have."""

TRACKING = "MLFLOW_"
ELSEWHERE = "give it to the step with mode run, in a job of its own"


def secrets_of(job: Job) -> tuple[str, ...]:
    """The names of the secrets that a job is handed, but for its own token."""
    return tuple(dict.fromkeys(name for _, name in _named(job.body, job.loc)))


def misplaced_keys(
    workflow: Workflow, keys: Collection[str], running: Collection[str]
) -> Iterator[Symptom]:
    """Secrets that are not where models are asked; `keys` are the variables of providers.

    `running` are the workflows of this repository in which a job runs a suite.
    """
    if not workflow.mentions_us:
        return
    document = workflow.document
    for loc, name in _named({"env": workflow.body.get("env")}, ()):
        fault = f"every job of the workflow has the secret {name}"
        yield document.fault(loc, fault, ELSEWHERE)
    for job in workflow.jobs:
        yield from _all_at_once(job)
        if job.calls not in running and not any(step.asks for step in job.steps):
            yield from _outside(job, keys, is_gate=workflow.is_ours)
    for loc, text in texts_in(document.placed.value, ()):
        written = VARIABLE.sub("", text)
        if redacted(written) != written:
            fault = "what looks like a key is written here"
            yield document.fault(loc, fault, "revoke it, and put the new one into a secret")


def _all_at_once(job: Job) -> Iterator[Symptom]:
    if job.body.get("secrets") == "inherit":
        fault = "hands over every secret that there is"
        yield job.document.fault((*job.loc, "secrets"), fault, "name those that are needed")
    for loc, text in expressions_in(dict(job.body), job.loc):
        if WHOLE.search(text):
            fault = "takes all secrets together, those of other purposes too"
            yield job.document.fault(loc, fault, "name the one that is needed")


def _outside(job: Job, keys: Collection[str], *, is_gate: bool) -> Iterator[Symptom]:
    """Keys of a job that asks no model; whoever merges may need one for the tracking server."""
    told = set[Loc]()
    for loc, name in _named(job.body, job.loc):
        if "merge" in job.modes and str(loc[-1]).startswith(TRACKING):
            continue
        if is_gate or name in keys or loc[-1] in keys:
            told.add(loc)
            fault = f"the job {job.name!r} asks no model and has the secret {name}"
            yield job.document.fault(loc, fault, ELSEWHERE)
    for loc, name in _variables(job):
        if name in keys and loc not in told:
            fault = f"the job {job.name!r} asks no model and has the key {name}"
            yield job.document.fault(loc, fault, ELSEWHERE)


def missing_keys(workflow: Workflow, keys: Collection[str]) -> Iterator[Symptom]:
    """Keys without which a job that runs a suite can only look into its recordings."""
    common = table_of(workflow.body.get("env"))
    for job in workflow.jobs:
        for step in job.steps:
            if "run" not in step.modes or step.is_inner:
                continue
            inner = (each.body for each in job.steps if each.is_inner and "run" in each.modes)
            known = [common, *(table_of(each.get("env")) for each in (job.body, step.body, *inner))]
            for key in keys:
                if not any(key in each for each in known):
                    fault = f"has no {key}: what is not recorded stays unanswered"
                    remedy = f"write {key}: ${{{{ secrets.{key} }}}} below its `env:`"
                    yield workflow.document.hint(step.loc, fault, remedy)


def _named(body: Table, loc: Loc) -> Iterator[tuple[Loc, str]]:
    for at, text in expressions_in(dict(body), loc):
        for found in NAMED.finditer(text):
            name = found[1] or found[2]
            if name.upper() != TOKEN:
                yield at, name


def _variables(job: Job) -> Iterator[tuple[Loc, str]]:
    """Every variable of a job and of its own steps, with its place."""
    for name in table_of(job.body.get("env")):
        yield (*job.loc, "env", name), name
    for step in job.steps:
        if not step.is_inner:
            for name in table_of(step.body.get("env")):
                yield (*step.loc, "env", name), name
