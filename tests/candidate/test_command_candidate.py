"""A command per case, and all that commands do wrong."""

import asyncio
import sys
import time

import pytest

from candidate_project import Project, all_gone, ask_all, until_it_hangs
from evalgate.domain.answer import NotProduced, Produced
from evalgate.domain.case import Question
from evalgate.errors import UserMistake

FAULTS = {
    "die": "the command ended with code 3: first\nit broke",
    "leave": "the command ended with code 1",
    "segfault": "the command was killed by SIGSEGV",
    "huge": "wrote more than 10 MiB",
    "bytes": "its output is not UTF-8",
    "rubbish": "returned the key 'colour', which is not known",
}


def test_every_fault_is_the_candidates_own_and_says_which(project: Project) -> None:
    """One bad case does not touch the others."""
    *faults, good = asyncio.run(ask_all(project.command(), *FAULTS, "good"))

    for fault, detail in zip(faults, FAULTS.values(), strict=True):
        assert isinstance(fault, NotProduced)
        assert fault.cause == "own_error"
        assert fault.detail.startswith(detail)
    assert isinstance(good, Produced)
    assert good.text == "GOOD"


def test_json_is_a_mapping_only_when_it_holds_an_answer(project: Project) -> None:
    """Any other JSON is the text of the answer."""
    mapping, other = asyncio.run(ask_all(project.command(), "mapping", "object"))

    assert isinstance(mapping, Produced)
    assert (mapping.text, mapping.contexts, mapping.cost_usd) == ("M", ("c",), 0.5)
    assert isinstance(other, Produced)
    assert other.text == '{"city": "Paris"}'


def test_a_command_that_hangs_is_killed_with_its_children(project: Project) -> None:
    """A timeout leaves no process behind."""
    candidate = project.command(timeout_s=0.5)

    answers = asyncio.run(ask_all(candidate, "hang", "hang"))

    assert answers == [NotProduced(cause="own_error", detail="timed out after 0.5 s")] * 2
    assert all_gone(project.root)


def test_what_a_command_leaves_running_neither_delays_nor_outlives_it(project: Project) -> None:
    """A background process that holds stdout open is killed, the answer counts."""
    (answer,) = asyncio.run(ask_all(project.command(), "background"))

    assert isinstance(answer, Produced)
    assert answer.text == "BACKGROUND"
    assert all_gone(project.root)


def test_a_cancelled_question_kills_its_command_within_a_second(project: Project) -> None:
    """Ctrl-C leaves nothing running."""

    async def cancel() -> float:
        task = asyncio.ensure_future(project.command().answer(Question("a", {"q": "hang"})))
        await until_it_hangs(project.root)
        cancelled = time.perf_counter()
        task.cancel()
        await asyncio.wait({task})
        assert task.cancelled()
        return time.perf_counter() - cancelled

    assert asyncio.run(cancel()) < 1
    assert all_gone(project.root)


@pytest.mark.parametrize("program", ["true", "/bin/sh"])
def test_a_command_need_not_read_its_inputs(project: Project, program: str) -> None:
    """A megabyte of inputs for a command that reads none of it is no fault."""
    candidate = project.command(program, "-c", "echo ok") if "sh" in program else None
    candidate = candidate or project.command(sys.executable, "-ISc", "print('ok')")

    (answer,) = asyncio.run(ask_all(candidate, "x" * (1 << 20)))

    assert isinstance(answer, Produced)
    assert answer.text == "ok"


@pytest.mark.parametrize("program", ["no-such-command", "./absent.sh", "./app.py"])
def test_a_command_that_is_not_there_is_told_before_a_run(project: Project, program: str) -> None:
    """A typing error costs no case."""
    with pytest.raises(UserMistake, match=rf"^c\.yaml: command: there is no command '{program}'"):
        project.command(program)


def test_a_command_that_cannot_be_started_is_a_mistake(project: Project) -> None:
    """A script without its first line fails every case in the same way: that is told once."""
    script = project.root / "run.sh"
    script.write_text("echo ok\n")
    script.chmod(0o755)

    with pytest.raises(UserMistake, match=r"^c\.yaml: command: cannot be started: Exec format"):
        asyncio.run(ask_all(project.command("./run.sh"), "a"))
