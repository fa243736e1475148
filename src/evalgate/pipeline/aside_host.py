"""MLflow's own interpreter, inside: imports it at once, then does what it is asked, in order."""

import contextlib
import gc
import importlib
import os
import pickle
import sys
import threading
import traceback
from queue import Empty, SimpleQueue
from typing import IO

from evalgate.errors import EvalgateError
from evalgate.hosting.child import take_pipes
from evalgate.pipeline.aside_wire import Call, Raised, Returned, receive, send

NEW_OBJECTS = 100_000
"""When so many were made, Python looks for circles; with the usual 700 a tenth of all imports."""

IDLE_S = 0.1  # after so long without a call there is time for what later ones will need


def main() -> None:
    """Serve until the pipe ends: then nobody waits for anything that is still being done."""
    gc.set_threshold(NEW_OBJECTS, *gc.get_threshold()[1:])
    # it ends with its pipe alone: Linux would end it with the thread that started it, and a
    # notebook starts it in a thread that soon ends
    asked, told = take_pipes()
    calls: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_listen, args=(asked, calls), daemon=True).start()
    from evalgate.tracking.quiet import quiet_mlflow

    with quiet_mlflow():
        pass  # imported, and every call finds it
    soon_needed = sys.argv[1:]
    while True:
        call = next_call(calls, soon_needed)
        send(told, _done(pickle.loads(call)))  # noqa: S301 - our own process wrote it


def next_call(calls: "SimpleQueue[bytes]", soon_needed: list[str]) -> bytes:
    """Wait for a call; while there is none, import what later ones will need."""
    from evalgate.tracking.quiet import quiet_mlflow

    while soon_needed:
        with contextlib.suppress(Empty):
            return calls.get(timeout=IDLE_S)
        with quiet_mlflow(), contextlib.suppress(Exception):  # whoever needs it will say why
            importlib.import_module(soon_needed.pop(0))
    return calls.get()


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
