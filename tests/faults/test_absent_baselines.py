"""A baseline that is named but absent is a mistake, never a first run."""

import pytest

from fault_projects import GOOD, NEARLY, refused
from small_project import GATES, MakeProject, quiz

NO_RUN = "there is no run 'nothing' (there are none)"
ABSENT = [
    pytest.param("nobody", "", id="a candidate"),
    pytest.param("run:nothing", NO_RUN, id="a run"),
    pytest.param(
        "git:nowhere",
        "git knows no commit 'nowhere'"
        " (see `git branch --all` and `git tag`; a shallow clone needs `git fetch`)",
        id="a git ref",
    ),
]


@pytest.mark.parametrize(("baseline", "told"), ABSENT)
def test_a_flag_names_an_absent_baseline(project: MakeProject, baseline: str, told: str) -> None:
    """The flag is named, and nothing was run."""
    repo = project(quiz(GOOD, NEARLY))
    nobody = "'nobody' is no candidate, run, git ref or file of answers (known: new, old)"

    assert repo.run("run", "--baseline", baseline) == refused(f"--baseline: {told or nobody}")
    assert repo.runs() == []


@pytest.mark.parametrize(("baseline", "told"), ABSENT)
def test_the_gates_name_an_absent_baseline(project: MakeProject, baseline: str, told: str) -> None:
    """The line of gates.yaml is named."""
    suite = GATES.replace("baseline: old", f"baseline: {baseline}")
    repo = project(quiz(GOOD, NEARLY, suite))
    nobody = "there is no candidate 'nobody' (known: new, old)"

    assert repo.run("run") == refused(f"gates.yaml:6:5: suites.quiz.baseline: {told or nobody}")
    assert repo.runs() == []


def test_the_gate_needs_a_stored_run_of_the_baseline(project: MakeProject) -> None:
    """`gate` asks nobody: where no run of the baseline is stored, it says how to have one."""
    repo = project(quiz(GOOD, NEARLY))
    repo.run("run", "--baseline", "none")

    told = refused(
        "gates.yaml:6:5: suites.quiz.baseline: there is no stored run of the baseline 'old'"
        " with these judges and cases (`evalgate run quiz` makes one)"
    )
    assert repo.run("gate", "latest") == told
    assert repo.run("explain", "latest", "exact_match.max_drop") == told
    assert repo.run("gate", "latest", "--baseline", "run:nothing").code == 2
    assert repo.run("gate", "nothing").code == 2


def test_no_baseline_at_all_blocks_what_compares(project: MakeProject) -> None:
    """`none` is an answer, and a rule that compares stays undecided with it."""
    outcome = project(quiz(GOOD, NEARLY)).run("run", "--baseline", "none")

    assert outcome.code == 3
    assert outcome.out.endswith("verdict: undecided (no baseline), blocks (exit 3)\n")


@pytest.mark.parametrize("version", ["nobody", "run:nothing", "git:nowhere:old", "nobody.jsonl"])
def test_compare_of_what_is_not_there(project: MakeProject, version: str) -> None:
    """Whichever side it is on."""
    repo = project(quiz(GOOD, NEARLY))

    assert repo.run("compare", version, "new").code == 2
    assert repo.run("compare", "old", version).code == 2
    assert repo.runs() == []
