"""MLflow lives aside, in one interpreter for the whole process, and is called by function.

To import it takes seconds, which pass while candidates and judges are asked.
"""

import atexit
import os
import pickle
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, ParamSpec, TypeVar, assert_never

from evalgate.errors import ServiceFailed
from evalgate.pipeline.aside_wire import Call, Raised, Returned, receive, send
from evalgate.tracking.quiet import ENVIRONMENT

P = ParamSpec("P")
T = TypeVar("T")

PATIENCE_S = 600.0  # one retry of 10 s for each of a run's requests is far less
LAST_WORDS_BYTES = 4096
ALONE: Mapping[str, str] = {"OPENBLAS_NUM_THREADS": "1"}
"""Nothing there computes at length, and each of numpy's threads would look for work for a while."""
COMMAND = (sys.executable, "-P", "-m", "evalgate.pipeline.aside_host")


class AsideError(Exception):
    """Something went wrong there that is none of our own errors; it holds the traceback."""


@dataclass(frozen=True, slots=True)
class Aside:
    """The interpreter as one command calls it; `environment` is what MLflow is to see."""

    environment: Mapping[str, str]
    patience_s: float = PATIENCE_S

    def start(self) -> None:
        """Have MLflow imported from now on; nobody waits for it here."""
        with _LOCK:
            _running(self.environment)

    def ahead(self, function: Callable[P, object], *args: P.args, **named: P.kwargs) -> None:
        """Have a function called there once there is time; what becomes of it is not heard."""
        call = Call(
            function.__module__,
            function.__qualname__,
            args,
            named,
            dict(self.environment),
            _here(),
            ahead=True,
        )
        with _LOCK, suppress(ServiceFailed, OSError):  # the next call will say why
            _running(self.environment).tell(call)

    def call(self, function: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
        """Call a function of one of our modules there, by its name, and wait for its result.

        Its own errors are raised here too. ServiceFailed when the interpreter cannot be started,
        ends or does not answer in time: whatever was asked has no answer then.
        """
        call = Call(
            function.__module__, function.__qualname__, args, named, dict(self.environment), _here()
        )
        with _LOCK:
            reply = _running(self.environment).ask(call, self.patience_s)
        match reply:
            case Returned():
                return reply.result  # type: ignore[no-any-return]  # what the function returns
            case Raised() if reply.error is not None:
                raise reply.error from (AsideError(reply.told) if reply.told else None)
            case Raised():
                raise AsideError(f"in MLflow's interpreter:\n{reply.told}")
            case _:
                assert_never(reply)


def end() -> None:
    """Let the interpreter go; the next call starts another."""
    with _LOCK:
        if _KEPT:
            _KEPT.pop().end()


def is_there() -> bool:
    """True when the interpreter was started and lives."""
    return bool(_KEPT) and _KEPT[0].lives


class _Interpreter:
    """A child process that serves calls, one after the other."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.started_by = os.getpid()
        try:
            # a file: a pipe that nobody reads fills up and blocks whoever writes
            self._stderr: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the child
        except OSError as error:
            raise _not_started(error) from error
        try:
            self._process = subprocess.Popen(
                COMMAND,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._stderr,
                env={**ENVIRONMENT, **ALONE, **environment},
                start_new_session=True,  # Ctrl-C is for us, who then decide what becomes of it
            )
        except OSError as error:
            self._stderr.close()
            raise _not_started(error) from error

    @property
    def lives(self) -> bool:
        """True when it can be called, from this very process."""
        return self.started_by == os.getpid() and self._process.poll() is None

    def tell(self, call: Call) -> None:
        """Send a call that has no reply; it is small, and a child that lives takes it at once."""
        assert self._process.stdin is not None
        send(self._process.stdin, call)

    def ask(self, call: Call, patience_s: float) -> Returned | Raised:
        """Send a call and wait; an interpreter whose reply was not heard is never asked again."""
        to, back = self._process.stdin, self._process.stdout
        assert to is not None
        assert back is not None
        late = threading.Event()

        def give_up() -> None:
            late.set()
            self._process.kill()

        alarm = threading.Timer(patience_s, give_up)
        alarm.daemon = True
        alarm.start()
        try:
            send(to, call)
            reply = pickle.loads(receive(back))  # noqa: S301 - it comes from our own child
        except (EOFError, OSError) as error:
            code = self._process.wait()
            how = f"did not answer in {patience_s:g} s" if late.is_set() else f"ended with {code}"
            words = self._last_words()
            self.end()
            raise ServiceFailed(f"MLflow's interpreter {how}{words}") from error
        except BaseException:
            self.end()  # its reply would be taken for the next call's
            raise
        finally:
            alarm.cancel()
        if not isinstance(reply, Returned | Raised):
            self.end()
            raise AsideError(f"MLflow's interpreter said {type(reply).__name__}")
        return reply

    def end(self) -> None:
        """Kill it; a run that it was keeping is found half kept, and kept anew the next time."""
        if self.started_by == os.getpid():
            self._process.kill()
            self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout, self._stderr):
            if pipe is not None:
                with suppress(OSError):  # what was not sent yet has nowhere to go
                    pipe.close()

    def _last_words(self) -> str:
        size = self._stderr.seek(0, os.SEEK_END)
        self._stderr.seek(max(0, size - LAST_WORDS_BYTES))
        text = self._stderr.read().decode("utf-8", "replace").strip()
        return f": {text.splitlines()[-1]}" if text else ""


_LOCK = threading.RLock()
_KEPT: list[_Interpreter] = []  # at most one


def _running(environment: Mapping[str, str]) -> _Interpreter:
    """The interpreter that is there, or a new one: a fork's pipes belong to another process."""
    if _KEPT and _KEPT[0].lives:
        return _KEPT[0]
    if _KEPT:
        _KEPT.pop().end()
    atexit.unregister(end)
    atexit.register(end)
    _KEPT.append(_Interpreter(environment))
    return _KEPT[0]


def _not_started(error: OSError) -> ServiceFailed:
    return ServiceFailed(f"MLflow's interpreter cannot be started: {error.strerror or error}")


def _here() -> str:
    try:
        return str(Path.cwd())
    except OSError:
        return ""  # it was deleted
