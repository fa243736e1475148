"""A function in a child interpreter, and all that functions do wrong."""

import asyncio
import time

import pytest

from candidate_project import Project, all_gone, ask_all, ask_in_turn, until_it_hangs
from evalgate.candidate.python import PythonCandidate
from evalgate.domain.answer import Produced
from evalgate.domain.case import Question
from evalgate.errors import UserMistake


def texts(answers: list[object]) -> list[str]:
    """What was said, or why nothing was."""
    return [a.text if isinstance(a, Produced) else getattr(a, "detail", "") for a in answers]


def test_a_fault_costs_one_question_and_prints_reach_nobody(
    project: Project, capfd: pytest.CaptureFixture[str]
) -> None:
    """What is printed is no answer, and an exception leaves the interpreter as it is."""
    asked = ("pid", "print", "leave", "raise", "huge", "odd", "good", "pid")

    answers = texts([*asyncio.run(ask_in_turn(project.python(), *asked))])

    assert answers[0] == answers[-1]
    assert answers[1:-1] == [
        "stdin: ",
        "SystemExit: 1",
        "ValueError: no raise",
        "returned more than 10 MiB",
        "returned what JSON cannot hold: Object of type NotPicklable is not JSON serializable",
        "GOOD",
    ]
    assert capfd.readouterr() == ("", "")


def test_a_crash_is_blamed_on_its_question_and_the_next_has_a_new_interpreter(
    project: Project,
) -> None:
    """os._exit and a segfault end the child, never the run."""
    asked = ("die", "good", "segfault", "good")

    answers = texts([*asyncio.run(ask_in_turn(project.python(), *asked))])

    assert answers == [
        "the candidate's process ended with code 3",
        "GOOD",
        "the candidate's process was killed by SIGSEGV",
        "GOOD",
    ]


def test_a_crash_is_never_blamed_on_those_that_were_asked_beside_it(project: Project) -> None:
    """When it is unclear who crashed the interpreter, each is asked again alone."""
    candidate = project.python()

    async def ask() -> list[object]:
        first = asyncio.ensure_future(candidate.answer(Question("1", {"q": "hang once"})))
        await until_it_hangs(project.root)
        return [*await ask_all(candidate, "die"), await first]

    answers = asyncio.run(ask())

    assert texts(answers) == ["the candidate's process ended with code 3", "HANG ONCE"]
    assert isinstance(candidate, PythonCandidate)
    assert candidate.asked_again == 2


def test_a_call_that_hangs_is_ended_and_blocks_nobody(project: Project) -> None:
    """The interpreter is killed with all it started; the next question has a new one."""
    candidate = project.python(timeout_s=0.5)

    answers = texts([*asyncio.run(ask_in_turn(candidate, "hang", "good"))])

    assert answers == ["timed out after 0.5 s", "GOOD"]
    assert all_gone(project.root)


def test_an_async_call_that_hangs_leaves_the_others_alone(project: Project) -> None:
    """It is cancelled where it runs, in the interpreter that goes on."""
    candidate = project.python("app:awaited", timeout_s=0.3)

    answers = texts([*asyncio.run(ask_all(candidate, "hang", "good"))])

    assert answers == ["timed out after 0.3 s", "GOOD"]
    assert isinstance(candidate, PythonCandidate)
    assert candidate.asked_again == 0


def test_an_async_call_that_blocks_its_loop_is_found_out(project: Project) -> None:
    """Those that it made late are asked again, and answer."""
    candidate = project.python("app:awaited", timeout_s=0.3)

    answers = texts([*asyncio.run(ask_all(candidate, "block", "good"))])

    assert answers == ["timed out after 0.3 s", "GOOD"]


@pytest.mark.parametrize(
    ("function", "fault"),
    [
        ("absent:f", r"there is no module 'absent' \(looked in .* and where Python finds packages"),
        ("app:synk", r"module 'app' has no 'synk' \(did you mean 'sync'\?\)"),
        ("app:number", r"'number' in module 'app' is int, not a function"),
        ("broken:f", r"importing 'broken' failed: ValueError: no key \(at .*broken\.py:2\)"),
        ("needy:f", r"importing 'needy' failed: ModuleNotFoundError: No module named 'a_pack"),
        ("gone:f", r"the candidate's process ended with code 7 when it was started \(last\)"),
    ],
)
def test_a_function_that_cannot_be_imported_is_a_mistake(
    project: Project, function: str, fault: str
) -> None:
    """The file, the key and the reason are told; no case is blamed."""
    with pytest.raises(UserMistake, match=rf"^p\.yaml: function: {fault}"):
        asyncio.run(ask_all(project.python(function), "a"))


def test_code_that_writes_to_what_it_inherited_is_a_mistake(project: Project) -> None:
    """The pipe is ours: other words in it are the file's fault, no bug of evalgate."""
    (project.root / "noisy.py").write_text(
        "import os\nfrom contextlib import suppress\nfor number in range(3, 20):\n"
        "    with suppress(OSError):\n        os.write(number, b'words\\n')\n"
        "def f(inputs):\n    return 'x'\n"
    )

    with pytest.raises(UserMistake, match=r"^p\.yaml: function: its code wrote to a descriptor"):
        asyncio.run(ask_all(project.python("noisy:f"), "a"))


def test_cancelled_questions_take_their_interpreter_with_them(project: Project) -> None:
    """Ctrl-C leaves nothing running after a second, even before the candidate is closed."""
    candidate = project.python()

    async def cancel() -> float:
        task = asyncio.ensure_future(candidate.answer(Question("a", {"q": "hang"})))
        await until_it_hangs(project.root)
        cancelled = time.perf_counter()
        task.cancel()
        await asyncio.wait({task})
        assert all_gone(project.root)
        await candidate.aclose()
        return time.perf_counter() - cancelled

    assert asyncio.run(cancel()) < 1
