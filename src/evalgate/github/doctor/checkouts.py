"""Whether a job's clone reaches back to the base that decides."""

from collections.abc import Iterator

from evalgate.github.doctor.diagnosis import Symptom
from evalgate.github.doctor.documents import EXPRESSION, text_of
from evalgate.github.doctor.workflow import Step, Workflow
from evalgate.github.event import NIGHTLY

WITH_BASE = frozenset({"plan", "run", "merge"})
COMPARED = ("pull_request", "merge_group", "push")
"""Events that have a base."""

WHOLE = "0"
REMEDY = "write `fetch-depth: 0`"


def shallow_checkouts(workflow: Workflow) -> Iterator[Symptom]:
    """Checkouts that are too shallow for what follows, or that leave the token on the disk."""
    if not workflow.mentions_us:
        return
    for job in workflow.jobs:
        for index, step in enumerate(job.steps):
            if not step.is_checkout:
                continue
            if text_of(step.given.get("persist-credentials")) != "false":
                fault = "leaves the job's token on the disk, for every later step to read"
                yield step.document.hint(step.loc, fault, "write `persist-credentials: false`")
            after = frozenset[str]().union(*(each.modes for each in job.steps[index + 1 :]))
            if after & WITH_BASE:
                yield from _depth(workflow, step)


def _depth(workflow: Workflow, step: Step) -> Iterator[Symptom]:
    depth = text_of(step.given.get("fetch-depth")) or "1"
    if depth == WHOLE or not workflow.is_on(*COMPARED, *NIGHTLY):
        return
    if not workflow.is_on(*COMPARED):
        fault = f"fetch-depth is {depth}: a night believes an earlier one by the branch's history"
        yield step.document.hint(step.loc, fault, REMEDY)
        return
    if EXPRESSION in depth:
        fault = "fetch-depth is an expression: nobody can see whether the base is in the clone"
        yield step.document.hint(step.loc, fault, REMEDY)
        return
    if depth != "1" and not workflow.is_on("merge_group", "push"):
        fault = f"fetch-depth is {depth}: enough for a pull request, and for nothing older"
        yield step.document.hint(step.loc, fault, REMEDY)
        return
    fault = f"fetch-depth is {depth}: the base that decides is not in the clone"
    yield step.document.fault(step.loc, fault, REMEDY)
