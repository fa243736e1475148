"""MLflow's own interpreter, inside: imports it at once, then does what it is asked, in order."""

import contextlib
import gc
import importlib
import os
import pickle
import sys
import threading
import traceback
from collections.abc import Iterator, MutableMapping
from queue import Empty, SimpleQueue
from types import ModuleType
from typing import IO

from evalgate.errors import EvalgateError
from evalgate.hosting.child import take_pipes
from evalgate.pipeline.aside_wire import Call, Raised, Returned, receive, send
from evalgate.pipeline.later import execute_all, later

NEW_OBJECTS = 100_000
"""When so many were made, Python looks for circles; with the usual 700 a tenth of all calls."""

HIDDEN = ("scipy", "pyarrow", "pygments")
"""What MLflow and pandas import when it is there and do without when it is not.

Nothing that is asked of this interpreter needs them, and they take 0.3 s of 2.8. They are hidden
only while others are imported: whoever wants one afterwards, such as a store on HDFS, finds it.
"""

LATER = (
    "mlflow.gateway",
    "mlflow.genai",
    "mlflow.genai.scorers",
    "mlflow.genai.scorers.online",
    "mlflow.metrics.genai.model_utils",
)
"""What MLflow imports and nothing that is asked of this interpreter touches.

It is there when something does. At once it would take 0.5 s, fastapi being half of it, and judges
wait for their prompts that long.
"""

KEEPING = "evalgate.tracking."  # functions of this room need what is imported ahead

IDLE_S = 0.005  # after so long without a call there is time for what later ones will need


def main() -> None:
    """Serve until the pipe ends: then nobody waits for anything that is still being done."""
    with later(*LATER):
        _serve()


def _serve() -> None:
    gc.set_threshold(NEW_OBJECTS, *gc.get_threshold()[1:])
    # it ends with its pipe alone: Linux would end it with the thread that started it, and a
    # notebook starts it in a thread that soon ends
    asked, told = take_pipes()
    calls: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_listen, args=(asked, calls), daemon=True).start()
    from evalgate.tracking.quiet import quiet_mlflow
    from evalgate.tracking.soon_needed import soon_needed

    with importing(), quiet_mlflow():
        pass  # imported, and every call finds it
    prepare("mlflow.metrics.genai")  # at once: judges wait for it
    soon: list[str | Call] = [*soon_needed(os.environ.get("MLFLOW_TRACKING_URI", ""))]
    while True:
        call: Call = pickle.loads(next_call(calls, soon))  # noqa: S301 - our own process wrote it
        if call.ahead:
            soon.append(call)
            continue
        while soon and isinstance(soon[0], str) and call.module.startswith(KEEPING):
            prepare(soon.pop(0))
        send(told, _done(call))


def next_call(calls: "SimpleQueue[bytes]", soon: list[str | Call]) -> bytes:
    """Wait for a call; while there is none, import and do what makes later ones quick."""
    while soon:
        with contextlib.suppress(Empty):
            return calls.get(timeout=IDLE_S)
        prepare(soon.pop(0))
    return calls.get()


def prepare(step: str | Call) -> None:
    """Import a module, or do what is asked for ahead; whoever needs it will say why it fails."""
    from evalgate.tracking.quiet import quiet_mlflow

    if isinstance(step, Call):
        _done(step)
        return
    with importing(), quiet_mlflow(), contextlib.suppress(Exception):
        try:
            importlib.import_module(step)
        except ImportError:  # an MLflow in which what was put off has to come first
            execute_all()
            importlib.import_module(step)


@contextlib.contextmanager
def importing() -> Iterator[None]:
    """Let `HIDDEN` look as if it were not installed, and look for no circles: all of it stays."""
    modules: MutableMapping[str, ModuleType | None] = sys.modules  # type: ignore[assignment]  # None: not there
    kept_back = [name for name in HIDDEN if name not in modules]
    modules.update(dict.fromkeys(kept_back))
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
        for name in kept_back:
            modules.pop(name, None)


def _listen(asked: IO[bytes], calls: "SimpleQueue[bytes]") -> None:
    """Take calls while MLflow is still being imported; leave when there is nobody any more."""
    try:
        while True:
            calls.put(receive(asked))  # unpickled later: two threads must not import at once
    finally:
        os._exit(0)


def _done(call: Call) -> Returned | Raised:
    os.environ.clear()
    os.environ.update(call.environment)
    with contextlib.suppress(OSError):  # a folder that is gone is missed by whoever needs it
        os.chdir(call.folder)
    try:
        function = getattr(importlib.import_module(call.module), call.function)
        return Returned(function(*call.arguments, **call.named))
    except EvalgateError as error:
        cause = error.__cause__
        return Raised(error, "".join(traceback.format_exception(cause)) if cause else "")
    except BaseException as error:  # noqa: BLE001 - whatever it is, the other side has to hear it
        return Raised(None, "".join(traceback.format_exception(error)))
    finally:
        os.chdir(os.sep)  # a folder that somebody stands in cannot be removed or unmounted


if __name__ == "__main__":
    main()
