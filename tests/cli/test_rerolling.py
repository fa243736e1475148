"""Runs of one candidate on one commit are not rolled again until one is green."""

import json
import subprocess
from typing import Any

import pytest

from small_project import MakeProject, Outcome, ProjectOnDisk, quiz

STANDS = "the first verdict stands: {run} on this commit"
PYTHON = "kind: python\nfunction: app:answer\ntimeout_s: 20\n"
COVERED = PYTHON + "digest_of: [app.py]\n"
CODE = """\
import pathlib
import random

LUCK = pathlib.Path(__file__).parent / "luck.txt"


def answer(inputs):
    return "right" if random.random() < float(LUCK.read_text()) else "wrong"
"""
ROLL = ("run", "--no-cache", "--baseline", "none")
GATES = """\
schema_version: 1
suites:
  quiz:
    evalset: quiz@v1
    candidate: new
    baseline: old
    judges: [exact_match]
    rules: [{score: exact_match, at_least: 0.5, on_undecided: POLICY}]
"""


def noisy(project: MakeProject, spec: str = COVERED, policy: str = "warn") -> ProjectOnDisk:
    """A candidate that is right as often as luck has it, which no digest covers."""
    files = quiz([True] * 40, [True] * 40, GATES.replace("POLICY", policy))
    return project({**files, "candidates/new.yaml": spec, "app.py": CODE})


def rolled(repo: ProjectOnDisk, luck: float, *argv: str) -> Outcome:
    """Run the candidate anew, when it has so much luck."""
    repo.write({"luck.txt": str(luck)})
    return repo.run(*(argv or ROLL))


def written(repo: ProjectOnDisk, name: str = "d.json") -> dict[str, Any]:
    """What a decision file says."""
    found = json.loads(repo.read(name))
    assert isinstance(found, dict)
    return found


def in_git(repo: ProjectOnDisk) -> None:
    """Commit whatever there is."""
    who = ("-c", "user.name=Test", "-c", "user.email=test@example.org")
    for argv in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "change"]):
        command = ["git", *who, "-c", "init.defaultBranch=m", *argv]
        subprocess.run(command, cwd=repo.root, check=True, capture_output=True)


def test_rolling_again_and_again_changes_no_verdict(project: MakeProject) -> None:
    """By luck it would pass every later time; the report names the first run and the remedy."""
    repo = noisy(project)
    first = rolled(repo, 0.0)
    [run] = repo.runs()

    later = [rolled(repo, 1.0, *ROLL, "-o", "d.json", "-o", "d.xml") for _ in range(3)]

    assert (first.code, [outcome.code for outcome in later]) == (1, [1, 1, 1])
    assert len(repo.runs()) == 4, "each was a run of its own"
    told = f"""\
{STANDS.format(run=run)} failed (exit 1)
this run alone ({repo.runs()[-1]}) passed (exit 0)
a second run changes no verdict: change the candidate, or answer each case more often from the\
 start (--trials)
"""
    assert told in later[-1].out
    assert later[-1].out.endswith("verdict: failed, the first verdict (exit 1)\n")
    decision = written(repo)
    said = [decision[key] for key in ("verdict", "outcome", "exit_code")]
    assert said == ["failed", "red", 1]
    assert decision["standing"]["first"]["candidate"]["run_id"] == run
    assert decision["standing"]["alone"]["verdict"] == "passed"
    assert "the first verdict stands" in repo.read("d.xml")
    assert repo.run("verify", "d.json").code == 1
    gated = repo.run("gate", "latest", "--baseline", "none")
    assert (gated.code, told in gated.out) == (1, True)


def test_an_edited_first_decision_is_found_out(project: MakeProject) -> None:
    """The verdict that stands rests on evidence too."""
    repo = noisy(project)
    rolled(repo, 0.0)
    rolled(repo, 1.0, *ROLL, "-o", "d.json")
    decision = written(repo)
    decision["standing"]["first"]["rulings"][0]["finding"]["verdict"] = "passed"
    repo.write({"d.json": json.dumps(decision)})

    outcome = repo.run("verify", "d.json")

    assert (outcome.code, "was edited after it was written" in outcome.err) == (2, True)


@pytest.mark.parametrize(("policy", "code"), [("warn", 0), ("block", 3)])
def test_undecided_stays_undecided(project: MakeProject, policy: str, code: int) -> None:
    """One that only warns is never green by another roll, one that blocks goes on blocking."""
    repo = noisy(project, policy=policy)
    number = "int(inputs['question'].split()[-1])"
    repo.write({"app.py": CODE.replace("random.random()", f"0.2 + 0.6 * ({number} % 2)")})
    first = rolled(repo, 0.5)  # half of them are right
    later = rolled(repo, 1.0, *ROLL, "-o", "d.json")

    assert (first.code, later.code) == (code, code)
    decision = written(repo)
    assert (decision["verdict"], decision["outcome"] == "green") == ("undecided", False)


def test_a_later_run_may_be_worse(project: MakeProject) -> None:
    """A model that has changed behind its name is not hidden by an older verdict."""
    repo = noisy(project)

    codes = [rolled(repo, luck).code for luck in (1.0, 0.0, 1.0)]

    assert codes == [0, 1, 0]
    assert "the first verdict stands" not in repo.run("gate", "latest", "--baseline", "none").out


def test_more_trials_afterwards_are_another_roll(project: MakeProject) -> None:
    """From the start they are not; the first run may have had fewer."""
    repo = noisy(project)
    rolled(repo, 0.0)

    assert rolled(repo, 1.0, *ROLL, "--trials", "3").code == 1


def test_what_the_digest_covers_makes_another_candidate(project: MakeProject) -> None:
    """A change is a change, whether it is committed or not; another name is none."""
    repo = noisy(project)
    rolled(repo, 0.0)
    repo.write({"candidates/newer.yaml": COVERED})
    renamed = rolled(repo, 1.0, *ROLL, "--candidate", "newer")
    repo.write({"app.py": CODE + "# mended\n"})

    assert (renamed.code, rolled(repo, 1.0).code) == (1, 0)


def test_code_without_a_digest_is_the_same_until_it_is_committed(project: MakeProject) -> None:
    """Nobody knows whether uncommitted code changed, so that it is not taken for a change."""
    repo = noisy(project, PYTHON)
    repo.write({".gitignore": ".evalgate\nluck.txt\n"})
    in_git(repo)
    rolled(repo, 0.0)
    repo.write({"app.py": CODE + "# mended\n"})

    uncommitted = rolled(repo, 1.0)
    in_git(repo)

    assert (uncommitted.code, rolled(repo, 1.0).code) == (1, 0)


def test_a_part_of_the_cases_is_no_first_verdict(project: MakeProject) -> None:
    """What decided nothing does not stand in the way of the first run that does."""
    repo = noisy(project)

    part = rolled(repo, 0.0, *ROLL, "--limit", "5")

    assert (part.code, rolled(repo, 1.0).code) == (3, 0)


def test_todays_rules_hold_for_the_first_run(project: MakeProject) -> None:
    """Its judgements stand, and a limit that was wrong may be mended."""
    repo = noisy(project)
    rolled(repo, 0.0)
    allowed = GATES.replace("at_least: 0.5, on_undecided: POLICY", "at_least: 0")
    repo.write({"gates.yaml": allowed})

    outcome = rolled(repo, 1.0)

    assert (outcome.code, "stands" in outcome.out) == (0, False)


def test_rolling_the_baseline_again_changes_no_verdict(project: MakeProject) -> None:
    """A worse baseline by luck would let the same candidate pass."""
    repo = noisy(project)
    drop = GATES.replace("at_least: 0.5, on_undecided: POLICY", "max_drop: 0.1")
    repo.write({"gates.yaml": drop, "candidates/old.yaml": COVERED})
    repo.write({"candidates/new.yaml": "kind: recorded\nanswers: new.jsonl\n"})
    half = [
        {"id": f"q{number}", "answer": "right" if number % 2 else "no"} for number in range(1, 41)
    ]
    repo.write({"candidates/new.jsonl": "".join(json.dumps(each) + "\n" for each in half)})
    rolled(repo, 1.0, "run", "--no-cache")

    again = rolled(repo, 0.0, "run", "--no-cache")
    compared = rolled(repo, 0.0, "compare", "old", "new", "--no-cache", "-o", "d.json")

    assert (again.code, compared.code) == (1, 1)
    assert "the first verdict stands" in again.out
    assert "the first verdict stands" in compared.out
    assert repo.run("verify", "d.json").code == 1


def test_a_baseline_of_the_same_candidate_changes_no_verdict(project: MakeProject) -> None:
    """Held against an older run of its own, by whatever command: a model that moved, or new code.

    Without a digest that covers the code, what is not committed is taken for the same.
    """
    repo = noisy(project, PYTHON)
    repo.write({"gates.yaml": GATES.replace("at_least: 0.5, on_undecided: POLICY", "max_drop: 0")})
    rolled(repo, 1.0)
    [base] = repo.runs()
    rolled(repo, 0.0, "run", "--no-cache", "--baseline", f"run:{base}")

    again = rolled(repo, 1.0, "run", "--no-cache", "--baseline", f"run:{base}")
    compared = rolled(repo, 1.0, "compare", f"run:{base}", "new", "--no-cache")
    gated = repo.run("gate", "latest", "--baseline", f"run:{base}")

    assert (again.code, compared.code, gated.code) == (1, 1, 1)
    assert "the first verdict stands" in again.out


def test_a_judge_more_that_no_rule_asks_about_is_no_change(project: MakeProject) -> None:
    """The question is what the rules ask."""
    repo = noisy(project)
    rolled(repo, 0.0)
    gates = repo.read("gates.yaml")
    repo.write({"gates.yaml": gates.replace("[exact_match]", "[exact_match, token_f1]")})

    assert rolled(repo, 1.0).code == 1


def test_a_backtest_holds_a_run_against_what_it_said_alone(project: MakeProject) -> None:
    """That another run's verdict stood in its place is said, and is no change of the rules."""
    repo = noisy(project)
    repo.write({"gates.yaml": repo.read("gates.yaml").replace("baseline: old", "baseline: none")})
    rolled(repo, 0.0, "run", "--no-cache")
    rolled(repo, 1.0, "run", "--no-cache")

    out = repo.run("backtest").out

    assert "failed (exit 1), alone passed (exit 0)  passed (exit 0)\n" in out
    assert "0 of 2 exit codes would be another one today" in out


def test_an_explanation_says_that_another_verdict_stands(project: MakeProject) -> None:
    """A rule that passed this time is not what counts."""
    repo = noisy(project)
    rolled(repo, 0.0)
    [run] = repo.runs()
    rolled(repo, 1.0)

    asked = ("explain", "latest", "exact_match.at_least", "--baseline", "none")
    out = repo.run(*asked).out
    first = repo.run("explain", run, *asked[2:]).out

    assert "outcome: passed\n" + STANDS.format(run=run) + " failed (exit 1)\n" in out
    assert "stands" not in first
