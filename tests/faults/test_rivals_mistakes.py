"""What other tools let through, where no other test of faults shows it: see docs/false-green.md."""

import json
import subprocess
import sys

import pytest

from fault_projects import FUNCTION, GOOD, NEARLY, asked, gates, refused, verdict
from small_project import MakeProject, quiz

NOTHING_HERE = (
    "there is no gates.yaml here or in a folder above"
    " (`evalgate init` makes a project that runs at once)"
)
START = """\
import sys
from evalgate.cli import run
code = run(sys.argv[1:])
heavy = {"mlflow", "openai", "pandas", "pyarrow"} & set(sys.modules)
print(code, sorted(heavy), file=sys.stderr)
"""


@pytest.mark.parametrize(("margin", "passes"), [("0.1", True), ("0.01", False)])
def test_a_drop_that_is_allowed_can_be_written(
    project: MakeProject, margin: str, *, passes: bool
) -> None:
    """`may drop at most so much` passes on evidence of it, and is undecided without."""
    suite = gates(f"{{score: exact_match, max_drop: {margin}, on_undecided: block}}")
    repo = project(quiz([True] * 80, [True] * 79 + [False], suite))

    outcome = repo.run("compare", "old", "new")

    assert outcome.code == (0 if passes else 3)
    assert "-0.0125" in outcome.out


def test_a_failed_gate_is_the_exit_code(project: MakeProject) -> None:
    """What is printed, what is written and what the shell is told are one verdict."""
    repo = project(quiz(GOOD, [True] * 8 + [False] * 32))

    for command in (["compare", "old", "new"], ["run"], ["gate", "latest"]):
        outcome = repo.run(*command, "-o", "decision.json")
        written = json.loads(repo.read("decision.json"))
        written = written["decisions"][0] if command[0] == "compare" else written
        assert (outcome.code, verdict(outcome)) == (1, "verdict: failed (exit 1)")
        assert (written["verdict"], written["outcome"], written["exit_code"]) == (
            "failed",
            "red",
            1,
        )
    assert repo.run("verify", "decision.json").code == 1


def test_a_score_of_no_percent_is_red(project: MakeProject) -> None:
    """Every answer wrong, exit 1."""
    outcome = project(quiz(GOOD, [False] * 40)).run("run")

    assert (outcome.code, verdict(outcome)) == (1, "verdict: failed (exit 1)")


def test_a_candidate_whose_code_raises_is_red(project: MakeProject) -> None:
    """An error in the task is no success of the run."""
    outcome = project(asked(FUNCTION, "def answer(inputs):\n    raise KeyError\n")).run("run")

    assert (outcome.code, verdict(outcome)) == (1, "verdict: failed (exit 1)")


@pytest.mark.parametrize(
    "command", [["run"], ["check"], ["compare", "a", "b"], ["evalset", "list"]]
)
def test_a_folder_without_anything_is_a_mistake(project: MakeProject, command: list[str]) -> None:
    """Nothing to evaluate is not nothing wrong."""
    assert project({}).run(*command) == refused(NOTHING_HERE)


def test_a_selection_without_cases_is_a_mistake(project: MakeProject) -> None:
    """A filter that keeps nothing evaluates nothing."""
    outcome = project(quiz(GOOD, NEARLY)).run("run", "--filter", "parity=neither")

    assert (outcome.code, outcome.out) == (2, "")
    assert "nothing to evaluate: " in outcome.err


@pytest.mark.parametrize("flag", ["--fail-on-error", "--ignore-errors", "-i", "--skip-judges"])
def test_no_flag_is_taken_without_being_known(project: MakeProject, flag: str) -> None:
    """There is none that makes errors disappear, and an unknown one runs nothing."""
    repo = project(quiz(GOOD, NEARLY))

    outcome = repo.run("run", flag)

    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith(f"error: No such option: {flag}")
    assert repo.runs() == []


@pytest.mark.parametrize("threshold", ["abc", "true", '""', "90 %", "[]", "1e999"])
def test_a_threshold_that_is_no_number_is_a_mistake(project: MakeProject, threshold: str) -> None:
    """It is not read as something else."""
    suite = gates(f"{{score: exact_match, at_least: {threshold}}}")
    repo = project(quiz(GOOD, NEARLY, suite))

    outcome = repo.run("run")

    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith("error: gates.yaml:9:")
    assert repo.runs() == []


def test_help_and_check_wait_for_nothing_heavy(project: MakeProject) -> None:
    """MLflow takes seconds to import; neither command loads it."""
    repo = project(quiz(GOOD, NEARLY))
    for command in (["--help"], ["check"]):
        ended = subprocess.run(
            [sys.executable, "-c", START, *command],
            cwd=repo.root,
            capture_output=True,
            text=True,
            check=True,
        )
        assert ended.stderr.splitlines()[-1] == "0 []"
