"""A stored run or a decision that was edited is refused by everything that reads it."""

import json
import shutil
from collections.abc import Callable
from typing import Any

import pytest

from fault_projects import GOOD, NEARLY, refused
from small_project import MakeProject, ProjectOnDisk, quiz

EDITED = (
    "was edited after it was written (a run is never edited; remove its folder and run it again)"
)
ONE = "exact_match.at_least"


def compared(project: MakeProject) -> tuple[ProjectOnDisk, str]:
    """A project with two stored runs, and the name of the candidate's."""
    repo = project(quiz(GOOD, NEARLY))
    assert repo.run("compare", "old", "new").code == 0
    run = repo.runs()[-1]
    assert repo.run("gate", run, "-o", "decision.json").code == 0
    return repo, run


def readers(run: str) -> list[list[str]]:
    """Every command that reads one stored run."""
    return [
        ["gate", run],
        ["show", run],
        ["show", run, "q1"],
        ["explain", run, ONE],
        ["compare", "old", f"run:{run}"],
        ["run", "--baseline", f"run:{run}"],
    ]


def edit(repo: ProjectOnDisk, path: str, old: str, new: str) -> None:
    """Put other text into a file, once."""
    text = repo.read(path)
    assert old in text
    repo.write({path: text.replace(old, new, 1)})


def test_an_edited_manifest(project: MakeProject) -> None:
    """One digit is enough."""
    repo, run = compared(project)
    edit(repo, f".evalgate/runs/{run}/manifest.json", '"judged": 40', '"judged": 41')

    for command in readers(run):
        assert repo.run(*command) == refused(f"{run}/manifest.json: {EDITED}")
    listed = repo.run("runs")
    assert listed.code == 0
    assert run not in listed.out
    assert listed.err == f"warning: {run}/manifest.json: {EDITED}\n"


def test_edited_judgements(project: MakeProject) -> None:
    """A score that was improved by hand is shown to nobody and counts for nothing."""
    repo, run = compared(project)
    edit(repo, f".evalgate/runs/{run}/judgements.jsonl", '"score":0.0', '"score":1.0')

    for command in readers(run):
        assert repo.run(*command) == refused(f"{run}/judgements.jsonl: {EDITED}")


def test_judgements_that_were_cut_short(project: MakeProject) -> None:
    """Cases that were taken out are missed."""
    repo, run = compared(project)
    path = f".evalgate/runs/{run}/judgements.jsonl"
    repo.write({path: "".join(repo.read(path).splitlines(keepends=True)[:-1])})

    for command in readers(run):
        assert repo.run(*command) == refused(f"{run}/judgements.jsonl: {EDITED}")


def test_judgements_that_are_gone(project: MakeProject) -> None:
    """A run without its judgements is no run."""
    repo, run = compared(project)
    (repo.root / f".evalgate/runs/{run}/judgements.jsonl").unlink()

    for command in readers(run):
        assert repo.run(*command) == refused(
            f"{run}/judgements.jsonl: cannot be read: No such file or directory"
            " (a run is never edited; remove its folder and run it again)"
        )


def test_a_damaged_run_does_not_answer_for_its_candidate(project: MakeProject) -> None:
    """The comparison is refused until the folder is gone, as the message says; then it is whole."""
    repo, run = compared(project)
    before = repo.run("compare", "old", "new")
    edit(repo, f".evalgate/runs/{run}/judgements.jsonl", '"score":0.0', '"score":1.0')

    assert repo.run("compare", "old", "new") == refused(f"{run}/judgements.jsonl: {EDITED}")
    shutil.rmtree(repo.root / ".evalgate" / "runs" / run)
    assert repo.run("compare", "old", "new") == before


def test_a_run_with_a_damaged_manifest_is_made_anew(project: MakeProject) -> None:
    """Nobody knows whose run it was: it answers for no candidate."""
    repo, run = compared(project)
    before = repo.run("compare", "old", "new")
    edit(repo, f".evalgate/runs/{run}/manifest.json", "quiz", "other")

    assert repo.run("compare", "old", "new") == before
    assert len(repo.runs()) == 3


def edited_decision(repo: ProjectOnDisk, change: Callable[[dict[str, Any]], object]) -> None:
    """Write `decision.json` anew with a change in it."""
    decision = json.loads(repo.read("decision.json"))
    change(decision)
    repo.write({"decision.json": json.dumps(decision)})


HAND = (
    "decision.json: was edited after it was written"
    " (a decision is never edited; `evalgate gate` decides again)"
)


def marks(decision: dict[str, Any]) -> list[float]:
    """The candidate's scores in a decision."""
    found: list[float] = decision["candidate"]["columns"]["exact_match"]["marks"]
    return found


@pytest.mark.parametrize(
    ("change", "told"),
    [
        pytest.param(lambda decision: decision.update(suite="other"), [HAND], id="a name"),
        pytest.param(
            lambda decision: decision.update(verdict="failed", outcome="red", exit_code=1),
            [
                HAND,
                (
                    "decision.json: says failed (red, exit 1),"
                    " its evidence says undecided (yellow, exit 0)"
                ),
            ],
            id="the verdict",
        ),
        pytest.param(
            lambda decision: marks(decision).__setitem__(0, 0.0),
            [
                HAND,
                (
                    "decision.json: exact_match.at_least:"
                    " says passed (green) with other numbers than its evidence gives"
                ),
                (
                    "decision.json: exact_match.max_drop:"
                    " says undecided (yellow) with other numbers than its evidence gives"
                ),
            ],
            id="a score",
        ),
        pytest.param(
            lambda decision: decision.update(rulings=[]),
            [HAND, "decision.json: has 0 rulings, its rules are 2"],
            id="no rulings",
        ),
        pytest.param(
            lambda decision: marks(decision).pop(),
            ["decision.json: candidate: not every case has one entry in each list"],
            id="a score taken out",
        ),
        pytest.param(
            lambda decision: decision["candidate"]["ids"].__setitem__(1, "q1"),
            ["decision.json: candidate: a case is there twice"],
            id="a case twice",
        ),
        pytest.param(
            lambda decision: decision.update(verdikt="passed"),
            ["decision.json: verdikt: is not a known key (did you mean 'verdict'?)"],
            id="an unknown key",
        ),
    ],
)
def test_an_edited_decision(
    project: MakeProject, change: Callable[[dict[str, Any]], object], told: list[str]
) -> None:
    """`verify` says that it was edited, and where it contradicts its own evidence."""
    repo, _ = compared(project)
    assert repo.run("verify", "decision.json").code == 0

    edited_decision(repo, change)

    assert repo.run("verify", "decision.json") == refused(*told)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "decision.json:1:1: is not JSON: Expecting value"),
        ("[]", "decision.json: is not a mapping (key: value)"),
        (None, "decision.json: there is no such file"),
    ],
    ids=["empty", "a list", "absent"],
)
def test_what_is_no_decision(project: MakeProject, content: str | None, told: str) -> None:
    """It is said, and it is no bug of ours."""
    repo = project(quiz(GOOD, NEARLY))
    if content is not None:
        repo.write({"decision.json": content})

    assert repo.run("verify", "decision.json") == refused(told)
