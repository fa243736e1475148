"""Events that bring a stranger's words or code together with the repository's rights."""

from collections.abc import Iterator

from evalgate.github.doctor.diagnosis import Symptom
from evalgate.github.doctor.workflow import Workflow

TARGET = "pull_request_target"
RUN = "workflow_run"
ANYBODYS = ("issue_comment", "issues", "discussion", "discussion_comment")
"""Whoever has an account starts these, with the default branch's rights."""


def dangerous_triggers(workflow: Workflow) -> Iterator[Symptom]:
    """What must not start evalgate, and what must not run once such an event has started it."""
    if TARGET in workflow.events:
        yield _target(workflow)
    for event in (TARGET, RUN):
        if event in workflow.events:
            yield from _heads_code(workflow, event)
    if any(step.is_ours for step in workflow.steps):
        for event in ANYBODYS:
            if event in workflow.events:
                yield workflow.document.fault(
                    workflow.events[event][0],
                    f"anybody can start evalgate, and spend its keys, by {event}",
                    "use pull_request, and workflow_dispatch for people with rights",
                )


def _target(workflow: Workflow) -> Symptom:
    loc = workflow.events[TARGET][0]
    if workflow.mentions_us:
        return workflow.document.fault(
            loc,
            f"{TARGET} hands this repository's keys and rights to a stranger's change",
            "use pull_request; on workflow_run a second workflow comments for forks",
        )
    return workflow.document.hint(
        loc,
        f"{TARGET} has this repository's keys and rights: nothing of the change may run in it",
        "use pull_request wherever nothing has to be written",
    )


def _heads_code(workflow: Workflow, event: str) -> Iterator[Symptom]:
    for job in workflow.jobs:
        for step in job.steps:
            if step.takes_the_heads_code((workflow.body.get("env"), job.body.get("env"))):
                yield step.document.fault(
                    step.loc,
                    f"fetches the change's code, on {event} with the default branch's rights",
                    "check out the default branch, and take reports from artifacts, as data",
                )
