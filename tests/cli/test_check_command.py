"""`evalgate check`: every file, no network."""

import socket

import pytest

from command_scenarios import CERTAIN, MANY, gates
from small_project import MakeProject, lines, quiz

QUESTION = "Which river flows through the middle of Paris?"
OLD = "kind: recorded\nanswers: old.jsonl\n"


@pytest.fixture
def no_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever makes a socket that could leave the machine fails the test."""

    class Guarded(socket.socket):
        def __init__(self, family: int = -1, *rest: int, **more: int) -> None:
            if family != socket.AF_UNIX:
                pytest.fail("a socket was opened")
            super().__init__(family, *rest, **more)

    monkeypatch.setattr(socket, "socket", Guarded)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *asked: pytest.fail(f"looked up {asked}"))


@pytest.mark.usefixtures("no_sockets")
def test_a_sound_project_is_told_what_it_can_detect(project: MakeProject) -> None:
    """The result is on stdout, what its cases are too few for on stderr; no socket is opened."""
    outcome = project(quiz(MANY, MANY)).run("check")

    assert outcome == (
        0,
        (
            "quiz: quiz@v1, 40 cases, 1 judge, 2 rules\n"
            "  baseline: candidate old\n"
            "  rule                              can detect\n"
            "  mean of exact_match at least 0.5  0.2215\n"
            "  mean of exact_match max drop 0.1  0.1421 (if 10% of the cases change sides: often"
            " undecided with this margin)\n"
            "\n"
            "no faults\n"
        ),
        (
            "warning: gates.yaml:10:30: suites.quiz.rules.1.max_drop: a margin of 0.1 needs more"
            " than 40 cases: an equally good candidate is often undecided, if 10% of the cases"
            " change sides (about 62 are enough; see `evalgate power quiz`)\n"
        ),
    )


@pytest.mark.usefixtures("no_sockets")
@pytest.mark.parametrize("kind", ["python", "command"])
def test_a_prompt_that_holds_the_question_is_warned_of(project: MakeProject, kind: str) -> None:
    """A candidate whose own files repeat an evalset's question knows the test."""
    repo = project(quiz(MANY, MANY, CERTAIN))
    how = "function: answering:answer" if kind == "python" else "command: [cat]"
    repo.write(
        {
            "evalsets/quiz/v1.jsonl": lines(
                [{"id": "river", "inputs": {"question": QUESTION}, "expected": "Seine"}]
            ),
            "candidates/new.yaml": f"kind: {kind}\n{how}\ndigest_of: [prompts/*.txt]\n",
            "prompts/shots.txt": f"Answer briefly.\n\nQ: {QUESTION}\nA: Seine\n",
            "answering.py": "def answer(inputs):\n    return 'Seine'\n",
        }
    )

    outcome = repo.run("check")

    assert (outcome.code, outcome.out.splitlines()[-1]) == (0, "no faults")
    assert outcome.err == (
        "warning: prompts/shots.txt:3: holds the question of river in quiz@v1, word for word"
        " (use an example that is not in the evalset)\n"
        "warning: candidates/old.jsonl: answers 40 cases that quiz@v1 does not have"
        " (the first is 'q1')\n"
    )


def test_recorded_answers_may_repeat_the_question(project: MakeProject) -> None:
    """Only texts that shape an answer are looked at."""
    repo = project(quiz(MANY, MANY, CERTAIN))
    repo.write({"candidates/old.jsonl": lines([{"id": "q1", "answer": "question 1" * 4}])})

    assert repo.run("check").err == ""


def test_a_moving_baseline_alone_is_warned_of(project: MakeProject) -> None:
    """Against `git:main` many small drops pass one by one, unless a threshold stands beside."""
    files = quiz(MANY, MANY, gates("score: exact_match, max_drop: 0.1", baseline="git:main"))

    outcome = project(files).run("check")

    assert outcome.code == 0
    assert outcome.err.startswith("warning: gates.yaml:")
    assert "git:main" in outcome.err


def test_all_faults_are_told_in_one_go(project: MakeProject) -> None:
    """A fault in one file does not hide the fault in another."""
    files = quiz(MANY, MANY)
    files["gates.yaml"] = files["gates.yaml"].replace("at_least: 0.5", "at_least: 1.5")
    files["candidates/old.yaml"] = "kind: recorded\nanswer: old.jsonl\n"

    outcome = project(files).run("check")

    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith("error: candidates/old.yaml:1:1: answers: is missing\n")
    assert "\ngates.yaml:9:30: suites.quiz.rules.0.at_least: " in outcome.err
