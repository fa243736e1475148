"""MLflow's own interpreter: it does what it is told, ends with us, and its loss is never a pass."""

import os
import pickle
import select
import signal
import socket
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from evalgate.errors import Disagreement, ServiceFailed, UserMistake
from evalgate.pipeline import aside
from evalgate.pipeline.aside import Aside, AsideError

HERE = "aside_functions"
FUNCTIONS = """
import os
import socket
import sys
import time
from pathlib import Path

from evalgate.errors import Disagreement, Problem, UserMistake


def greet(name: str, *, times: int = 1) -> str:
    return f"hello {name} " * times


def seen(name: str) -> str | None:
    return os.environ.get(name)


def folder() -> str:
    return str(Path.cwd())


def who() -> int:
    return os.getpid()


def loaded() -> bool:
    return "mlflow" in sys.modules


def mistaken() -> None:
    raise UserMistake([Problem("is wrong", "a.yaml", 1), Problem("is wrong too", "b.yaml", 2)])


def disagree() -> None:
    try:
        {}["the key"]
    except KeyError as error:
        raise Disagreement("they differ") from error


def fall_over() -> None:
    raise KeyError("the key")


def leave(code: int) -> None:
    print("these are my last words", file=sys.stderr, flush=True)
    os._exit(code)


def chatter() -> str:
    print("to stdout")
    os.write(1, b"to its descriptor")
    print("to stderr", file=sys.stderr)
    sys.stdout.flush()
    return "done"


def read() -> str:
    return sys.stdin.read()


def hang() -> None:
    time.sleep(3600)


def wait_for_ever(port: int) -> None:
    socket.create_connection(("127.0.0.1", port)).recv(1)


def come(port: int) -> None:
    socket.create_connection(("127.0.0.1", port)).close()


def rubbish() -> None:
    for descriptor in range(3, 20):
        try:
            os.write(descriptor, (5).to_bytes(8, "big") + b"what?")
        except OSError:
            pass


def unspeakable() -> object:
    return lambda: None
"""


@pytest.fixture(scope="module", autouse=True)
def functions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Give this process and its child a module to call; the child sees it by PYTHONPATH.

    An empty module stands in for MLflow there, which would take seconds at each start.
    """
    folder = tmp_path_factory.mktemp("functions")
    (folder / "there").mkdir()
    (folder / "there" / "mlflow.py").touch()
    (folder / f"{HERE}.py").write_text(FUNCTIONS, encoding="utf-8")
    aside.end()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join([str(folder), str(folder / "there")]))
        patch.syspath_prepend(folder)
        yield
    aside.end()


def call(name: str, *args: object, environment: dict[str, str] | None = None) -> object:
    """Call one of the functions above, there."""
    import aside_functions  # type: ignore[import-not-found]  # the fixture writes it

    there = Aside({**os.environ, **(environment or {})})
    return there.call(getattr(aside_functions, name), *args)


def test_a_call_returns_what_the_function_returns() -> None:
    """By the function's name, with its arguments, in another process that has MLflow loaded."""
    import aside_functions

    assert Aside(os.environ).call(aside_functions.greet, "you", times=2) == "hello you hello you "
    assert call("who") != os.getpid()
    assert call("loaded") is True


def test_one_interpreter_serves_the_whole_process() -> None:
    """To start it anew for each command would cost seconds."""
    Aside({}).start()

    assert call("who") == call("who", environment={"OTHER": "1"})


def test_what_is_called_ahead_is_done_when_there_is_time_and_answers_nobody() -> None:
    """The next call's reply is its own, whatever became of what was done before it."""
    import aside_functions

    there = Aside(os.environ)
    with socket.create_server(("127.0.0.1", 0)) as server:
        there.ahead(aside_functions.fall_over)
        there.ahead(aside_functions.come, server.getsockname()[1])
        server.accept()[0].close()

    assert call("greet", "you") == "hello you "


def test_a_call_sees_the_environment_and_the_folder_of_its_time(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What was set after the start counts, and nothing stays behind for the next call."""
    monkeypatch.chdir(tmp_path)

    assert call("seen", "TOKEN", environment={"TOKEN": "t"}) == "t"
    assert call("seen", "TOKEN") is None
    assert call("folder") == str(tmp_path)


def test_a_folder_that_is_gone_is_no_fault(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whoever does not need it does not miss it."""
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()

    assert call("seen", "TOKEN") is None


def test_our_own_errors_are_raised_here_as_they_were_there() -> None:
    """All problems of a mistake, and what a disagreement came from."""
    with pytest.raises(UserMistake) as mistaken:
        call("mistaken")
    with pytest.raises(Disagreement, match="they differ") as differing:
        call("disagree")

    assert [str(problem) for problem in mistaken.value.problems] == [
        "a.yaml:1: is wrong",
        "b.yaml:2: is wrong too",
    ]
    assert "KeyError: 'the key'" in str(differing.value.__cause__)


def test_any_other_exception_is_our_bug_with_the_traceback_of_there() -> None:
    """It is none of our own errors, and so a command ends with 70; the interpreter goes on."""
    before = call("who")

    with pytest.raises(AsideError, match="in fall_over\n") as raised:
        call("fall_over")

    assert "KeyError: 'the key'" in str(raised.value)
    assert call("who") == before


def test_what_it_prints_is_not_mixed_with_ours(capfd: pytest.CaptureFixture[str]) -> None:
    """Stdout is for the result of the command, and nobody types for MLflow."""
    assert call("chatter") == "done"
    assert call("read") == ""
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("code", [0, 3])
def test_an_interpreter_that_ends_has_no_answer(code: int) -> None:
    """Also when it ends as if all were well; the next call has another interpreter."""
    before = call("who")

    with pytest.raises(ServiceFailed) as raised:
        call("leave", code)

    assert str(raised.value) == (f"MLflow's interpreter ended with {code}: these are my last words")
    assert call("who") != before


def test_an_interpreter_that_was_killed_before_is_replaced() -> None:
    """As when the machine ran short of memory between two commands of a notebook."""
    before = call("who")
    assert isinstance(before, int)
    os.kill(before, signal.SIGKILL)
    os.waitid(os.P_PID, before, os.WEXITED | os.WNOWAIT)

    assert call("who") != before


def test_an_interpreter_that_hangs_is_given_up() -> None:
    """Nobody waits for ever, and its late reply is not taken for another's."""
    import aside_functions

    before = call("who")

    with pytest.raises(ServiceFailed, match=r"did not answer in 0\.1 s"):
        Aside(os.environ, patience_s=0.1).call(aside_functions.hang)

    assert call("who") != before


def test_rubbish_on_the_pipe_is_our_bug() -> None:
    """It is none of our own errors, and so a command ends with 70."""
    with pytest.raises(pickle.UnpicklingError):
        call("rubbish")

    assert call("greet", "you") == "hello you "


def test_a_result_that_cannot_be_sent_is_no_result() -> None:
    """The interpreter ends, and its last words say why."""
    with pytest.raises(ServiceFailed, match="Can't pickle"):
        call("unspeakable")


def test_an_interpreter_that_cannot_be_started_is_said() -> None:
    """MLflow could not be asked: that is a service's failure, never a verdict."""
    aside.end()

    with pytest.raises(ServiceFailed, match="MLflow's interpreter ended with 1: "):
        call("who", environment={"PYTHONHOME": "/nowhere"})


def test_what_is_wanted_ahead_of_an_interpreter_that_cannot_be_started_fails_nobody() -> None:
    """Whoever needs an answer hears of it."""
    import aside_functions

    aside.end()
    nowhere = Aside({**os.environ, "PYTHONHOME": "/nowhere"})

    nowhere.ahead(aside_functions.who)

    with pytest.raises(ServiceFailed, match="MLflow's interpreter ended with 1: "):
        nowhere.call(aside_functions.who)


OURS = """
import os, signal, sys
from evalgate.pipeline.aside import Aside
there = Aside(os.environ)
print(there.call(os.getpid), flush=True)
{then}
"""


@pytest.mark.parametrize(
    "then",
    [
        pytest.param("os._exit(0)", id="leaves at once"),
        pytest.param("os.kill(os.getpid(), signal.SIGKILL)", id="is killed"),
        pytest.param("", id="ends"),
    ],
)
def test_it_ends_with_the_process_that_started_it(then: str) -> None:
    """However that ends; without a word on its streams."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(OURS).format(then=then)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert done.stderr == ""
    assert has_ended(int(done.stdout))


def test_it_ends_with_a_process_that_is_killed_while_it_waits() -> None:
    """Although the call that it serves has no end."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(20)
        port = server.getsockname()[1]
        waits = f"import {HERE}; there.call({HERE}.wait_for_ever, {port})"
        ours = subprocess.Popen(
            [sys.executable, "-c", OURS.format(then=waits)], stdout=subprocess.PIPE, text=True
        )
        with ours, server.accept()[0]:  # it has connected, and hears nothing
            ours.kill()
            assert ours.stdout is not None
            assert has_ended(int(ours.stdout.read()))


def has_ended(process: int) -> bool:
    """Wait for the end of a process that is not our child."""
    try:
        watched = os.pidfd_open(process)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([watched], [], [], 20)[0])
    finally:
        os.close(watched)


def test_ctrl_c_does_not_reach_it() -> None:
    """A terminal sends it to the whole group; what becomes of MLflow is for us to say."""
    child = call("who")
    assert isinstance(child, int)

    assert os.getpgid(child) != os.getpgrp()


def test_a_fork_of_our_process_has_an_interpreter_of_its_own() -> None:
    """Two processes on one pair of pipes would hear each other's replies."""
    before = call("who")
    done = subprocess.run(
        [sys.executable, "-c", FORKING], capture_output=True, text=True, check=False, timeout=60
    )

    assert (done.stderr, done.stdout) == ("", "different\nthe same\n")
    assert call("who") == before


FORKING = """
import os, sys
from evalgate.pipeline.aside import Aside, end
there = Aside(os.environ)
before = there.call(os.getpid)
child = os.fork()
if not child:
    other = there.call(os.getpid)
    print("different" if other != before else "the same", flush=True)
    end()
    os._exit(0)
os.waitpid(child, 0)
print("different" if there.call(os.getpid) != before else "the same")
"""
