"""The check that a branch's rule requires: it decides, and it always reports."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from evalgate.errors import Problem
from evalgate.github.doctor.diagnosis import Symptom
from evalgate.github.doctor.documents import EXPRESSION, condition_of, table_of, texts_in
from evalgate.github.doctor.workflow import ALWAYS, Job, Step, Workflow
from evalgate.github.team.workflows import FOLDER

INIT = "`evalgate init --github` writes it"
LEAVE_OUT = "leave it out"
DECIDING = frozenset({"plan", "run", "merge"})
SHRUG = re.compile(r"evalgate[\"']?\s+ci\s[^\n]*\|\|\s*(?:true\b|:|exit 0\b|echo\b)")
"""A script that goes on as if nothing had happened."""

RESULTS = re.compile(r"toJSON\(\s*needs\s*\)|\bneeds\.\*\.result\b", re.IGNORECASE)


class Gate(NamedTuple):
    """A job that decides on pull requests, and the name of its check."""

    workflow: Workflow  # that the pull request starts
    job: Job
    check: str
    caller: Job | None = None  # which job stands for it, where its workflow is called


def gates_of(workflows: Sequence[Workflow]) -> list[Gate]:
    """The jobs that decide on pull requests."""
    by_path = {f"./{each.document.placed.path}": each for each in workflows}
    found = []
    for workflow in workflows:
        if "pull_request" not in workflow.events:
            continue
        for job in workflow.jobs:
            if "merge" in job.modes:
                found.append(Gate(workflow, job, job.check))
            elif called := by_path.get(job.calls):
                found += [
                    Gate(workflow, each, f"{job.check} / {each.check}", job)
                    for each in called.jobs
                    if "merge" in each.modes
                ]
    return found


def required_checks(workflows: Sequence[Workflow], gates: Sequence[Gate]) -> Iterator[Symptom]:
    """What keeps the check from being there, or from being red when it should."""
    if not gates:
        fault = "no job on pull_request has a step with mode merge: nothing decides"
        yield Symptom(Problem(fault, FOLDER, remedy=INIT), is_fault=True)
    for workflow in workflows:
        if any(gate.workflow is workflow for gate in gates):
            yield from _trigger(workflow)
        yield from _tolerated(workflow)
    for gate in gates:
        yield from _always(gate)
        yield from _left_out(gate.job)
        yield from _namesakes(gate, workflows)


def _trigger(workflow: Workflow) -> Iterator[Symptom]:
    document = workflow.document
    for event in ("pull_request", "merge_group"):
        loc, body = workflow.events.get(event, ((), None))
        for filtered in ("paths", "paths-ignore"):
            if filtered in table_of(body):
                fault = "where no file fits, the required check waits for ever"
                remedy = f"{LEAVE_OUT}: mode plan finds what a change can affect"
                yield document.fault((*loc, filtered), fault, remedy)
    if "merge_group" not in workflow.events:
        fault = "a merge queue would wait for the check for ever"
        yield document.hint(("on",), fault, "add merge_group")


def _always(gate: Gate) -> Iterator[Symptom]:
    for job in (gate.job, gate.caller):
        if job and job.condition != ALWAYS and (job.condition or job.needs):
            fault = f"the check {gate.check!r} can be skipped, and a skipped check counts as green"
            remedy = f"write `if: {ALWAYS}` and nothing else"
            yield job.document.fault((*job.loc, "if"), fault, remedy)


def _left_out(job: Job) -> Iterator[Symptom]:
    """A merge that is left out needs a step that knows whether there was nothing to merge."""
    conditional = [
        step
        for step in job.steps
        if "merge" in step.modes and condition_of(step.body) not in ("", ALWAYS, "success()")
    ]
    held = " ".join(text for step in job.steps if _always_runs(step) for text in _texts(step))
    unheld = [each for each in job.needs if f"needs.{each}.result" not in held]
    if not conditional or (job.needs and (not unheld or RESULTS.search(held))):
        return
    names = ", ".join(f"needs.{each}.result" for each in unheld) or "the plan's result"
    fault = f"where this `if` says no the check is green, and no step asks for {names}"
    remedy = f"a first step with `if: {ALWAYS}` fails unless they are what they must be"
    yield job.document.fault((*conditional[0].loc, "if"), fault, remedy)


def _always_runs(step: Step) -> bool:
    return condition_of(step.body) == ALWAYS


def _texts(step: Step) -> Iterator[str]:
    return (text for _, text in texts_in(dict(step.body), ()))


def _namesakes(gate: Gate, workflows: Sequence[Workflow]) -> Iterator[Symptom]:
    """Other jobs whose check looks like the required one."""
    shown = gate.caller or gate.job
    if EXPRESSION in gate.check:
        fault = "the required check's name is an expression, and no rule can name it"
        yield shown.document.fault((*shown.loc, "name"), fault, "write `name: evalgate`")
        return
    for workflow in workflows:
        for job in workflow.jobs:
            if job.check == gate.check and not job.is_many and job not in (shown, gate.job):
                fault = f"has the name of the required check, {gate.check!r}: either would do"
                yield job.document.fault(job.loc, fault, "give it another name")


def _tolerated(workflow: Workflow) -> Iterator[Symptom]:
    """Failures of the gate that are turned green."""
    fault = "turns what evalgate says green"
    for job in workflow.jobs:
        if job.modes & DECIDING and _tolerates(job.body):
            yield job.document.fault((*job.loc, "continue-on-error"), fault, LEAVE_OUT)
        for step in job.steps:
            if step.modes & DECIDING and _tolerates(step.body):
                yield step.document.fault((*step.loc, "continue-on-error"), fault, LEAVE_OUT)
            if step.modes & DECIDING and SHRUG.search(step.script):
                remedy = "let the step exit as evalgate does"
                yield step.document.fault((*step.loc, "run"), fault, remedy)


def _tolerates(body: Mapping[str, object]) -> bool:
    return body.get("continue-on-error", False) not in (False, "false")
