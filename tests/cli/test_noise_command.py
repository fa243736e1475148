"""`evalgate noise`: the same candidate against itself."""

import json

import pytest

from command_scenarios import MANY, counting, right, without_run_ids
from decided_runs import WAVERING, recorded
from small_project import MakeProject, quiz


def test_noise_of_a_candidate_that_wavers(project: MakeProject) -> None:
    """Four cases of forty are wrong in the last of three runs."""
    repo = project(recorded(WAVERING))

    outcome = repo.run("noise", "--repeat", "3")

    assert (outcome.code, without_run_ids(outcome.err)) == (
        0,
        (
            "suite quiz: 40 cases of quiz@v1, 3 runs\n"
            "candidate: old would be asked 120 times\n"
            "run: <run of old>\n"
        ),
    )
    assert outcome.out == (
        "quiz: old against itself on quiz@v1, 40 cases, 3 runs\n"
        "\n"
        "score        slice        cases  changed  flip rate  variance  missing  margin\n"
        "exact_match  all             40    10.0%       6.7%    0.0333        0  max_drop: 0.15\n"
        "exact_match  parity=even     20     0.0%       0.0%    0.0000        0  max_drop: 0.15\n"
        "exact_match  parity=odd      20    20.0%      13.3%    0.0667        0  max_drop: 0.25\n"
        "margin: the smallest with which an unchanged candidate passes 4 times in 5, and a drop of"
        " twice as much fails 4 times in 5; versions that differ need more\n"
        "\n"
        "6 pairs of runs of one candidate: 0 blocked (0.0%), 0 of them failed\n"
        "with 95% confidence at most 95.0% of such pairs are blocked: 1 of them can be counted as"
        " independent (Clopper-Pearson)\n"
        "2 pairs do not differ in one score: where nothing was asked anew there is no noise\n"
        "100 pairs mixed case by case from two of the runs: 0 blocked (0.0%), at most 3.0% if"
        " cases vary by themselves\n"
    )


def test_rules_that_are_too_strict_are_told(project: MakeProject) -> None:
    """A margin of nothing that blocks when undecided stops what has not changed."""
    repo = project(recorded(WAVERING, "score: exact_match, max_drop: 0.01, on_undecided: block"))

    outcome = repo.run("noise", "--repeat", "3", "--format", "json")

    found = json.loads(outcome.out)
    assert outcome.code == 0
    assert (found["alarms"]["pairs"], found["alarms"]["blocked"]) == (6, 4)
    assert found["alarms"]["failed"] == 2  # the last run against the others
    assert found["alarms"]["by_rule"] == [
        {"rule": "mean of exact_match max drop 0.01", "blocked": 4}
    ]
    assert (found["mixed"]["pairs"], found["mixed"]["blocked"]) == (100, 97)


def test_a_candidate_that_answers_nothing_is_not_called_calm(project: MakeProject) -> None:
    """It fails the same way every time: that is no margin, and it is said."""
    files = recorded(WAVERING)
    repo = project(files)
    boom = files["candidates/old.jsonl"]
    for answer in ("right", "wrong"):
        boom = boom.replace(f'"answer": "{answer}"', '"error": "boom"')
    repo.write({"candidates/old.jsonl": boom})

    out = repo.run("noise", "--repeat", "3").out

    assert "0  none: no answer was produced\n" in out
    assert "margin: the smallest" in out
    assert "120 of 120 answers were not produced: each counts as the worst score\n" in out


def test_answers_that_are_not_produced_are_counted(project: MakeProject) -> None:
    """They stand among the noise, as they do in a verdict."""
    files = recorded(WAVERING)
    files["candidates/old.jsonl"] = files["candidates/old.jsonl"].replace(
        '"answer": "wrong"', '"error": "boom"'
    )

    out = project(files).run("noise", "--repeat", "3", "--format", "md").out

    assert "max&#95;drop: 0.15" in out
    assert "4 of 120 answers were not produced: each counts as the worst score\n" in out


def test_noise_in_markdown(project: MakeProject) -> None:
    out = project(recorded(WAVERING)).run("noise", "--repeat", "3", "--format", "md").out

    assert out.startswith("### quiz: old against itself on quiz@&#8203;v1, 40 cases, 3 runs\n")
    assert "| exact&#95;match | all | 40 | 10.0% | 6.7% | 0.0333 | 0 | max&#95;drop: 0.15 |" in out


def test_runs_of_several_trials_are_repeated_as_such(project: MakeProject) -> None:
    """Where a suite asks twice, two runs are four answers, and the margin is smaller."""
    files = recorded([[True, True, place % 10 > 0, True] for place in range(40)])
    files["gates.yaml"] = files["gates.yaml"].replace("    judges:", "    trials: 2\n    judges:")

    outcome = project(files).run("noise", "--repeat", "2")

    assert outcome.err.startswith("suite quiz: 40 cases of quiz@v1, 2 runs of 2 trials\n")
    assert "exact_match  all             40    10.0%       5.0%" in outcome.out
    assert "2 pairs of runs of one candidate: 0 blocked" in outcome.out


def test_a_function_is_asked_as_often_as_runs_are_compared(project: MakeProject) -> None:
    """`--candidate` names another than the baseline; `--dry-run` asks nobody."""
    repo = project(counting(10))

    planned = repo.run("noise", "--candidate", "new", "--repeat", "2", "--dry-run")

    assert (planned.code, planned.out) == (
        0,
        (
            "suite quiz: 10 cases of quiz@v1, 2 runs\n"
            "candidate: new would be asked 20 times\n"
            "nothing was run\n"
        ),
    )
    assert repo.runs() == []
    assert repo.run("noise", "--candidate", "new", "--repeat", "2").code == 0
    assert len(repo.read("asked.txt").splitlines()) == 20


@pytest.mark.parametrize(
    ("answers_of_each", "repeat", "fault"),
    [
        (
            1,
            "5",
            (
                "error: candidates/old.jsonl: one answer to each case is recorded, which is the"
                " same every time: no noise (name one that is asked: --candidate NAME)\n"
            ),
        ),
        (
            3,
            "5",
            (
                "error: candidates/old.jsonl: 3 answers to each case are recorded, not 5 (--repeat,"
                " at most as many as there are, or name one that is asked: --candidate NAME)\n"
            ),
        ),
    ],
)
def test_recorded_answers_that_are_too_few_are_a_mistake(
    project: MakeProject, answers_of_each: int, repeat: str, fault: str
) -> None:
    repo = project(recorded([[True] * answers_of_each] * 4))

    outcome = repo.run("noise", "--repeat", repeat)

    assert (outcome.code, outcome.out, outcome.err) == (2, "", fault)


def test_a_stored_run_cannot_be_asked(project: MakeProject) -> None:
    repo = project(quiz(MANY, right(40)))
    repo.run("run")

    outcome = repo.run("noise", "--candidate", f"run:{repo.runs()[0]}")

    assert (outcome.code, without_run_ids(outcome.err)) == (
        2,
        (
            "error: run:<run of old> is a stored run and cannot be asked"
            " (name one that is asked: --candidate NAME)\n"
        ),
    )


def test_more_answers_than_help_are_a_mistake(project: MakeProject) -> None:
    outcome = project(quiz(MANY, MANY)).run("noise", "--repeat", "101")

    assert (outcome.code, outcome.err) == (
        2,
        "error: --repeat: 101 runs of 1 trials are 101 answers to a case (at most 100)\n",
    )


def test_a_part_of_the_cases_is_not_offered(project: MakeProject) -> None:
    outcome = project(quiz(MANY, MANY)).run("noise", "--limit", "5")

    assert outcome.code == 2
    assert "No such option: --limit" in outcome.err
