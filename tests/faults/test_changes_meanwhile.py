"""What changes while a run is made is not mixed into it, and no case of a run gets lost."""

import json

import pytest

from command_scenarios import counting
from fault_projects import refused
from small_project import MakeProject, ProjectOnDisk

CASES = "evalsets/quiz/v1.jsonl"
CHANGED = refused(f"{CASES}: changed while it was being read (run it again)")

# edits the evalset when it is asked the tenth question: as many lines, as many bytes
MEDDLING = '''\
"""Answers, and does something to the evalset in between."""

from pathlib import Path

CASES = Path(__file__).parent / "evalsets/quiz/v1.jsonl"


def answer(inputs: dict[str, str]) -> str:
    """Say the same to every question."""
    if inputs["question"] == "question 10":
        old = CASES.read_bytes()
        new = old.replace(b'"expected": "right"', b'"expected": "wrong"')
        assert len(new) == len(old) and new != old
        {what}
    return "right"
'''
IN_PLACE = "CASES.write_bytes(new)"
REPLACED = '(CASES.parent / "new").write_bytes(new); (CASES.parent / "new").rename(CASES)'
TOUCHED = "CASES.write_bytes(old)"
DISGUISED = (
    "import os; found = CASES.stat(); CASES.write_bytes(new);"
    " os.utime(CASES, ns=(found.st_atime_ns, found.st_mtime_ns))"
)


def meddled(project: MakeProject, what: str) -> ProjectOnDisk:
    """A project of forty cases whose candidate does `what` to them."""
    files = counting(40, digest_of=["answering.py"])
    return project(files | {"answering.py": MEDDLING.format(what=what)})


def finished(repo: ProjectOnDisk) -> list[str]:
    """The candidates whose runs came to their end."""
    manifests = (
        json.loads(repo.read(f".evalgate/runs/{run}/manifest.json")) for run in repo.runs()
    )
    return [each["candidate"]["name"] for each in manifests if each["status"] == "finished"]


@pytest.mark.parametrize("flags", [[], ["--limit", "30"]], ids=["whole", "limited"])
@pytest.mark.parametrize(
    "what", [IN_PLACE, REPLACED, DISGUISED], ids=["in place", "replaced", "with its old time"]
)
def test_an_evalset_that_is_edited_during_the_run(
    project: MakeProject, what: str, flags: list[str]
) -> None:
    """Cases of two files are no run, although their number is that of one."""
    repo = meddled(project, what)

    outcome = repo.run("run", "--baseline", "none", *flags)

    assert outcome == CHANGED
    assert finished(repo) == []


def test_an_evalset_that_is_only_touched(project: MakeProject) -> None:
    """The same bytes under a new time are the same cases."""
    repo = meddled(project, TOUCHED)

    assert repo.run("run").code == 0
    assert sorted(finished(repo)) == ["new", "old"]
