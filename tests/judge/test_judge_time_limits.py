"""A judge that hangs, dies or runs away costs its own verdict, never the run."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from evalgate.domain.answer import Produced
from evalgate.domain.case import Case
from evalgate.domain.judgement import Scored, Unscored
from evalgate.domain.specs import PythonJudgeSpec
from evalgate.errors import UserMistake
from evalgate.judge.function import build_function
from evalgate.judge.place import Place
from evalgate.judge.protocol import Judge

CODE = """\
import asyncio, ctypes, os, re, sys, threading

def score(inputs, expected, answer):
    with open("pids", "a") as file:
        file.write(f"{os.getpid()}\\n")
    if answer == "hang":
        threading.Event().wait()
    if answer == "spin":
        re.search("(a+)+$", "a" * 60 + "b")
    if answer == "exit":
        os._exit(3)
    if answer == "segfault":
        ctypes.string_at(0)
    if answer == "print":
        print("printed")
    return 1

async def awaited(inputs, expected, answer):
    if answer == "hang":
        await asyncio.Event().wait()
    if answer == "block":
        threading.Event().wait()
    return 1
"""
FIELDS = {"kind": "python", "function": "mine:score", "scale": {"kind": "binary"}}
LATE = Unscored(cause="judge_error", detail="no verdict within 0.4 s")
ONE = Scored(score=1)


def of(answer: str) -> tuple[Case, Produced]:
    """Make a case and an answer to it."""
    return Case(id="c1", inputs={}), Produced(text=answer)


async def in_turn(judge: Judge, answers: tuple[str, ...]) -> list[Scored | Unscored]:
    """Judge one answer after the other, on one event loop."""
    return [await judge.judge(*of(answer)) for answer in answers]


async def at_once(judge: Judge, answers: tuple[str, ...]) -> list[Scored | Unscored]:
    """Judge all answers at the same time."""
    return await asyncio.gather(*(judge.judge(*of(answer)) for answer in answers))


def is_running(pid: int) -> bool:
    """True when there is such a process and it is no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def lost(how: str) -> Unscored:
    """Say that the judge's process came to an end."""
    return Unscored(cause="judge_error", detail=f"the judge's process {how}")


@pytest.mark.parametrize(
    ("answer", "judgement"),
    [
        ("hang", LATE),
        ("spin", LATE),
        ("exit", lost("ended with code 3")),
        ("segfault", lost("was killed by SIGSEGV")),
    ],
)
@pytest.mark.parametrize("asked", [in_turn, at_once])
def test_what_a_function_does_to_its_process_costs_one_verdict(
    make_judge: Any, asked: Any, answer: str, judgement: Unscored
) -> None:
    """The others are scored, before it, after it and beside it."""
    judge = make_judge({"mine.py": CODE}, **FIELDS, timeout_s=0.4)

    judgements = asyncio.run(asked(judge, ("good", answer, "good")))

    assert judgements == [ONE, judgement, ONE]


@pytest.mark.parametrize("answer", ["hang", "block"])
def test_an_async_function_that_hangs_costs_one_verdict(make_judge: Any, answer: str) -> None:
    """Whether it waits for ever or keeps its loop from running."""
    fields = {**FIELDS, "function": "mine:awaited", "timeout_s": 0.4}
    judge = make_judge({"mine.py": CODE}, **fields)

    assert asyncio.run(at_once(judge, ("good", answer, "good"))) == [ONE, LATE, ONE]


def test_a_judge_that_is_broken_is_not_started_for_ever(make_judge: Any) -> None:
    """After five losses in a row the rest is unscored with that reason."""
    judge = make_judge({"mine.py": CODE}, **FIELDS)

    judgements = asyncio.run(in_turn(judge, ("exit",) * 6 + ("good",)))

    assert judgements[:5] == [lost("ended with code 3")] * 5
    assert (
        judgements[5:]
        == [
            Unscored(
                cause="judge_error",
                detail="not asked: the judge failed 5 times in a row, last: "
                "the judge's process ended with code 3",
            )
        ]
        * 2
    )


def test_an_import_that_hangs_is_told_and_ended(tmp_path: Path) -> None:
    """`check` does not wait for ever, and leaves nothing running."""
    code = (
        "import os, threading\nopen('pids', 'w').write(str(os.getpid()))\nthreading.Event().wait()"
    )
    (tmp_path / "mine.py").write_text(code)
    spec = PythonJudgeSpec.model_validate(FIELDS)

    with pytest.raises(UserMistake) as caught:
        build_function(spec, Place("mine", tmp_path / "judges/mine", tmp_path), import_s=1.0)

    assert str(caught.value) == (
        "mine.py: importing it took more than 1 s (what takes long belongs into the function)"
    )
    assert not is_running(int((tmp_path / "pids").read_text()))


def test_an_import_that_ends_the_process_is_told(make_judge: Any) -> None:
    """With the code that it ended with, whatever that is."""
    with pytest.raises(UserMistake) as caught:
        make_judge({"mine.py": "import os\nos._exit(0)"}, **FIELDS)

    assert str(caught.value) == (
        "judges/mine/mine.py: cannot be imported: the judge's process ended with code 0"
    )


def test_no_child_outlives_the_loop_that_asked(make_judge: Any, tmp_path: Path) -> None:
    """Nobody has to close a judge, also when a call was still running."""
    (tmp_path / "mine.py").write_text(CODE)
    spec = PythonJudgeSpec.model_validate(FIELDS)
    judge = build_function(spec, Place("mine", tmp_path / "judges/mine", tmp_path))

    async def leave_it_hanging() -> float:
        task = asyncio.ensure_future(judge.judge(*of("hang")))
        # another process writes it: it may be there and still be empty
        while not ((tmp_path / "pids").exists() and (tmp_path / "pids").read_text()):  # noqa: ASYNC110
            await asyncio.sleep(0)
        task.cancel()
        return time.perf_counter()

    begun = asyncio.run(leave_it_hanging())
    took_s = time.perf_counter() - begun
    asyncio.run(in_turn(judge, ("good",)))

    assert took_s < 1
    pids = (tmp_path / "pids").read_text().split()
    assert len(pids) == 2
    assert not any(is_running(int(pid)) for pid in pids)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's help is Linux's")
def test_no_child_outlives_a_killed_parent(tmp_path: Path) -> None:
    """Not even one that is in C code and does not hear that its stdin has ended."""
    (tmp_path / "mine.py").write_text(CODE)
    program = f"""
import asyncio
from pathlib import Path
from evalgate.domain.answer import Produced
from evalgate.domain.case import Case
from evalgate.domain.specs import PythonJudgeSpec
from evalgate.judge.function import build_function
from evalgate.judge.place import Place
root = Path({str(tmp_path)!r})
judge = build_function(PythonJudgeSpec.model_validate({FIELDS!r}), Place("mine", root / "j", root))
asyncio.run(judge.judge(Case(id="c1", inputs={{}}), Produced(text="spin")))
"""
    parent = subprocess.Popen([sys.executable, "-c", program])
    pids = tmp_path / "pids"
    deadline = time.monotonic() + 30
    while not pids.exists() or not pids.read_text().endswith("\n"):
        assert time.monotonic() < deadline
        os.sched_yield()

    parent.send_signal(signal.SIGKILL)
    parent.wait()

    while is_running(int(pids.read_text())):
        assert time.monotonic() < deadline
        os.sched_yield()


def test_what_a_judge_prints_goes_to_stderr(
    make_judge: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    """Stdout is for the result."""
    judge = make_judge({"mine.py": "print('imported')\n" + CODE}, **FIELDS)

    asyncio.run(in_turn(judge, ("print",)))

    assert capfd.readouterr() == ("", "imported\nimported\nprinted\n")


def test_a_file_that_changes_meanwhile_is_another_judge(make_judge: Any) -> None:
    """A child that is started later must not score with other code under the same digest."""
    judge = make_judge({"mine.py": CODE}, **FIELDS)
    Path(judge.function._loaded.base / "mine.py").write_text(CODE + "\n")

    (judgement,) = asyncio.run(in_turn(judge, ("good",)))

    assert judgement == Unscored(
        cause="judge_error", detail="the judge's files were changed while it was at work"
    )


def test_a_module_beside_it_must_be_imported_at_once(make_judge: Any) -> None:
    """What is imported in a call would not be in the digest."""
    code = "def score(inputs, expected, answer):\n    import near\n    return near.VALUE\n"
    judge = make_judge({"mine.py": code, "near.py": "VALUE = 1"}, **FIELDS)

    (judgement,) = asyncio.run(in_turn(judge, ("good",)))

    assert isinstance(judgement, Unscored)
    assert judgement.detail == (
        "ImportError: near was not imported with the judge: "
        "import it at the top of the judge's file"
    )


def test_two_processes_give_the_same_digest(tmp_path: Path) -> None:
    """A digest says what was read, not where or when."""
    (tmp_path / "near.py").write_text("")
    (tmp_path / "mine.py").write_text("import near\n" + CODE)
    program = f"""
from pathlib import Path
from evalgate.domain.specs import PythonJudgeSpec
from evalgate.judge.function import build_function
from evalgate.judge.place import Place
root = Path({str(tmp_path)!r})
spec = PythonJudgeSpec.model_validate({FIELDS!r})
print(build_function(spec, Place("mine", root / "judges/mine", root)).digest)
"""
    command = [sys.executable, "-c", program]
    spec = PythonJudgeSpec.model_validate(FIELDS)

    theirs = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    ours = build_function(spec, Place("mine", tmp_path / "judges/mine", tmp_path)).digest

    assert theirs == ours


RUNAWAY = [
    pytest.param({"kind": "regex", "pattern": "(a|aa)+$"}, id="regex"),
    pytest.param({"kind": "numeric", "extract": "(a|aa)+$"}, id="numeric"),
]


@pytest.mark.parametrize("fields", RUNAWAY)
def test_a_pattern_that_runs_away_is_stopped(make_judge: Any, fields: dict[str, Any]) -> None:
    """It is the judge's fault, and meanwhile everybody else goes on."""
    judge = make_judge(**fields, timeout_s=0.4)
    longest_wait_s = 0.0

    async def watched() -> Scored | Unscored:
        nonlocal longest_wait_s
        case = Case(id="c1", inputs={}, expected=1)
        task = asyncio.ensure_future(judge.judge(case, Produced(text="a" * 60 + "b")))
        while not task.done():
            begun = time.perf_counter()
            await asyncio.sleep(0)
            longest_wait_s = max(longest_wait_s, time.perf_counter() - begun)
        judgement: Scored | Unscored = await task
        return judgement

    assert asyncio.run(watched()) == LATE
    assert longest_wait_s < 0.2


@pytest.mark.parametrize("timeout_s", [0, -1, 3601, True, "soon"])
def test_a_time_limit_is_a_number_of_seconds(make_judge: Any, timeout_s: object) -> None:
    """Up to an hour."""
    with pytest.raises(ValueError, match="timeout_s"):
        make_judge(kind="regex", pattern="a", timeout_s=timeout_s)
