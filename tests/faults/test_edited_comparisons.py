"""A comparison document whose parts do not agree is refused, whichever part was changed."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from command_scenarios import MANY, right
from evalgate.domain.comparison import Comparison
from evalgate.pipeline.sealing import seal_of_comparison
from fault_projects import refused
from small_project import MakeProject, ProjectOnDisk, quiz

EDITED = (
    "c.json: was edited after it was written"
    " (a comparison is never edited; `evalgate compare` writes it again)"
)
NUMBERS = "c.json: scores: exact_match: says other numbers than its decisions' evidence gives"
COUNT = "c.json: decisions: is 1 for 2 versions after the first"
Change = Callable[[dict[str, Any]], object]


def compared(project: MakeProject, *later: str) -> ProjectOnDisk:
    """A project with the comparison of two or three versions in a file."""
    worse = quiz(MANY, right(5))
    files = {name.replace("/new.", "/worse."): text for name, text in worse.items()}
    repo = project(files | quiz(MANY, MANY))
    repo.write({"candidates/worse.yaml": "kind: recorded\nanswers: worse.jsonl\n"})
    code = repo.run("compare", "old", *later, "-o", "c.json").code
    assert repo.run("verify", "c.json").code == code
    return repo


def changed(repo: ProjectOnDisk, change: Change, *, seal: bool) -> None:
    """Edit the file, and give it a new seal when asked to."""
    document = json.loads(repo.read("c.json"))
    change(document)
    if seal:
        sealed = seal_of_comparison(Comparison.model_validate_json(json.dumps(document)))
        document["seal"] = sealed
    repo.write({"c.json": json.dumps(document)})


def _copy_a_decision(document: dict[str, Any]) -> None:
    document["decisions"][1] = document["decisions"][0]


def _turn_the_decisions(document: dict[str, Any]) -> None:
    document["decisions"].reverse()


def _cut_a_version_out(document: dict[str, Any]) -> None:
    document["versions"].pop()
    document["decisions"].pop()


CHANGES: dict[str, tuple[Change, list[str]]] = {
    "a decision's copy in place of another": (_copy_a_decision, [NUMBERS]),
    "decisions in another order": (_turn_the_decisions, [NUMBERS]),
    "a version cut out": (_cut_a_version_out, [NUMBERS]),
    "a decision cut out": (lambda one: one["decisions"].pop(), [COUNT]),
    "no scores": (lambda one: one.update(scores=[]), [NUMBERS]),
    "nothing worsened": (lambda one: one.update(worsened=[], worsened_count=0), []),
    "versions by other names": (lambda one: one.update(versions=["a", "b", "c"]), []),
    "another suite": (
        lambda one: one.update(suite="other"),
        [f"c.json: decisions.{at}: is of suite quiz, not other" for at in (0, 1)],
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_an_edited_comparison(project: MakeProject, name: str) -> None:
    """`verify` says that it was edited, and what does not agree."""
    change, told = CHANGES[name]
    repo = compared(project, "new", "worse")

    changed(repo, change, seal=False)

    assert repo.run("verify", "c.json") == refused(EDITED, *told)


@pytest.mark.parametrize("name", [name for name in CHANGES if CHANGES[name][1]])
def test_an_edited_comparison_under_a_new_seal(project: MakeProject, name: str) -> None:
    """The seal is no secret: the parts are held against each other."""
    change, told = CHANGES[name]
    repo = compared(project, "new", "worse")

    changed(repo, change, seal=True)

    assert repo.run("verify", "c.json") == refused(*told)


def test_decisions_against_two_baselines(project: MakeProject) -> None:
    """What a decision says is under its own seal; that they are of one comparison is looked at."""
    repo = compared(project, "new", "worse")

    changed(repo, lambda one: one["decisions"][1]["baseline"].update(run_id="x"), seal=False)

    told = "c.json: decisions.1: has another baseline than the first"
    assert repo.run("verify", "c.json") == refused(told)


def test_one_run_may_stand_there_twice(project: MakeProject) -> None:
    """Who asks for it gets it, and it verifies."""
    repo = compared(project, "new")
    run = repo.runs()[-1]

    code = repo.run("compare", "old", "new", f"run:{run}", "-o", "twice.json").code

    assert repo.run("verify", "twice.json").code == code


def test_a_comparison_without_a_seal(project: MakeProject) -> None:
    """Nobody knows whether it is what was written."""
    repo = compared(project, "new")

    changed(repo, lambda one: one.pop("seal"), seal=False)

    assert repo.run("verify", "c.json") == refused(EDITED)
