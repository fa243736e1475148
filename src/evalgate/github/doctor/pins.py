"""Whose code a workflow runs, and whether it can be exchanged behind its back."""

import re
from collections.abc import Iterator

from evalgate.github.doctor.diagnosis import Symptom
from evalgate.github.doctor.documents import Document
from evalgate.github.doctor.workflow import Workflow
from evalgate.sources.places import Loc

COMMIT = re.compile(r"[^@\s]+@[0-9a-fA-F]{40}")
DIGEST = re.compile(r"docker://[^@\s]+@sha256:[0-9a-f]{64}")
VERSION = re.compile(r"\bv\d|\b\d+\.\d")
OWN = ("./", "$/")


def unpinned_actions(workflow: Workflow) -> Iterator[Symptom]:
    """Every action of others that is not pinned by what cannot be moved."""
    if not workflow.mentions_us:
        return
    for job in workflow.jobs:
        if job.calls:
            yield from _held(job.document, (*job.loc, "uses"), job.calls)
    for step in workflow.steps:
        if step.uses:
            yield from _held(step.document, (*step.loc, "uses"), step.uses)


def _held(document: Document, loc: Loc, uses: str) -> Iterator[Symptom]:
    if uses.startswith(OWN) or DIGEST.fullmatch(uses):
        return
    if uses.startswith("docker://"):
        fault = f"{uses!r} has no digest: another image can be put in its place"
        yield document.fault(loc, fault, "write docker://IMAGE@sha256:DIGEST")
    elif not COMMIT.fullmatch(uses):
        fault = f"{uses!r} is not pinned by a commit: a tag or a branch can be moved"
        yield document.fault(loc, fault, "write the commit's 40 digits, and # v1.2.3 behind them")
    elif not VERSION.search(document.comment_at(loc)):
        yield document.hint(
            loc, "no comment says which version this is", "write # v1.2.3 behind it"
        )
