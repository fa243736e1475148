"""Why answers and scores are missing stands below the report: counted, bounded, a stranger's."""

import pytest

from small_project import GATES, MakeProject, ProjectOnDisk, answers, cases, quiz

GOOD = [True] * 40
JUDGED = GATES.replace("[exact_match]", "[broken]").replace("score: exact_match", "score: broken")
ALONE = JUDGED.replace("    baseline: old\n", "").replace(
    "      - {score: broken, max_drop: 0.1}\n", ""
)
JUDGE = "kind: python\nfunction: scoring:judge\nscale: {kind: binary}\n"
BOOM = "def judge(*, inputs, expected, answer):\n    raise ValueError('boom')\n"
SAYS_YES = "def judge(*, inputs, expected, answer):\n    return 'yes'\n"
MISTYPED = answers(GOOD).replace('"q', '"Q')


def judged_by(project: MakeProject, code: str) -> ProjectOnDisk:
    """Forty answers and a judge of the project's own."""
    return project(
        quiz(GOOD, GOOD, gates=ALONE)
        | {"judges/broken/judge.yaml": JUDGE, "judges/broken/scoring.py": code}
    )


def test_a_judge_that_breaks_on_every_case_says_why(project: MakeProject) -> None:
    """One line for forty cases, and the command that shows one of them."""
    repo = judged_by(project, BOOM)

    outcome = repo.run("run", "quiz")

    (run,) = repo.runs()
    assert outcome.code == 4
    assert outcome.err.splitlines() == [
        (
            "new: no score by broken in 40 cases (judge error): q1, q10, q11 and 37 more:"
            " ValueError: boom"
        ),
        f"look at one: evalgate show {run} q1",
        f"run: {run}",
    ]
    assert "boom" in repo.run("show", run, "q1").out
    assert repo.run("gate", run).err == outcome.err


def test_a_judge_that_returns_a_word_says_what_it_should_return(project: MakeProject) -> None:
    """The fault of the function's value is on the screen, too."""
    repo = judged_by(project, SAYS_YES)

    told = repo.run("run", "quiz").err.splitlines()[0]

    assert told.startswith("new: no score by broken in 40 cases (")
    assert told.endswith(": the function returned str, not a score or a score with a reason")


def test_answers_whose_ids_are_mistyped_are_the_files_fault(project: MakeProject) -> None:
    """Nobody is told to run it again as it is."""
    repo = project(quiz(GOOD, GOOD) | {"candidates/new.jsonl": MISTYPED})

    outcome = repo.run("compare", "old", "new")

    newer = next(run for run in repo.runs() if "-new-" in run)
    assert outcome.code == 4
    assert outcome.err.splitlines() == [
        (
            "new: no answer in 40 cases (not recorded): q1, q10, q11 and 37 more:"
            " candidates/new.jsonl has no line for this case"
        ),
        "a recorded line is found by the id of its case: add the lines that are missing",
        f"look at one: evalgate show {newer} q1",
    ]


def test_a_baseline_that_lacks_answers_is_told_of(project: MakeProject) -> None:
    """It leaves a rule undecided as well."""
    repo = project(quiz(GOOD, GOOD) | {"candidates/old.jsonl": MISTYPED})

    told = repo.run("run", "quiz").err

    assert "old: no answer in 40 cases (not recorded)" in told


def test_a_whole_run_has_nothing_to_tell(project: MakeProject) -> None:
    """Only the run's name."""
    repo = project(quiz(GOOD, GOOD))

    outcome = repo.run("run", "quiz")

    assert outcome.err == f"run: {next(run for run in repo.runs() if '-new-' in run)}\n"


@pytest.mark.parametrize(
    ("case", "shown"), [("a'b", "'a'\"'\"'b'"), ("$(reboot)", "'$(reboot)'"), ("-x", "-- -x")]
)
def test_the_command_can_be_pasted(project: MakeProject, case: str, shown: str) -> None:
    """A case's name is no command, and no flag."""
    odd = cases(1).replace('"q1"', f'"{case}"')
    repo = project(quiz([True], [True]) | {"evalsets/quiz/v1.jsonl": odd})

    told = repo.run("run", "quiz").err

    assert f" {shown}\n" in told


def test_reasons_that_differ_in_digits_alone_are_one(project: MakeProject) -> None:
    """The case's number in a message does not make forty reasons of one."""
    code = BOOM.replace("'boom'", "inputs['question']")
    repo = judged_by(project, code)

    told = repo.run("run", "quiz").err.splitlines()

    assert told[0].endswith(
        "in 40 cases (judge error): q1, q10, q11 and 37 more: ValueError: question 1"
    )
    assert len(told) == 3


def test_what_a_judge_says_stays_on_its_line(project: MakeProject) -> None:
    """Neither a line of its own, nor an escape sequence, nor a key, nor a book."""
    words = (
        r"\x1b[2K\nverdict: passed (exit 0)\n::error::x sk-live-0123456789abcdefghij" + "x" * 500
    )
    repo = judged_by(project, BOOM.replace("boom", words))

    outcome = repo.run("run", "quiz")

    assert "\x1b" not in outcome.err
    assert "sk-live" not in outcome.err
    assert "\nverdict" not in outcome.err
    assert "\n::" not in outcome.err
    assert max(map(len, outcome.err.splitlines())) < 300
