"""The child interpreter: imports one function and answers questions until its stdin ends."""

import asyncio
import importlib
import json
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable
from typing import IO, cast

from evalgate.candidate.function import Function, call, is_awaited
from evalgate.candidate.reading import said
from evalgate.candidate.wire import Ready, Refused, Replied
from evalgate.hosting.child import become_a_child
from evalgate.sources.nearest import did_you_mean

EXIT_S = 0.5
"""How long the candidate's own clean-up may take once nobody asks any more."""


def main() -> None:
    """Serve the function that the command line names, `module:function`."""
    asked, told = become_a_child()
    # Only now: a file of the project must not stand in for a module that is needed to get here.
    sys.path.insert(0, str(os.getcwd()))  # noqa: PTH109 # pathlib is not needed here
    loaded = load(sys.argv[1])
    if isinstance(loaded, Refused):
        _tell(told, loaded)
        return
    asyncio.run(_serve(loaded, asked, told))


def load(reference: str) -> Function | Refused:
    """Import `module:function`, or say why that is not possible."""
    name, _, path = reference.partition(":")
    try:
        found: object = importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name and f"{name}.".startswith(f"{error.name}."):
            return Refused(
                fault=f"there is no module {error.name!r}",
                remedy=f"looked in {sys.path[0]} and where Python finds packages",
            )
        return _failed_import(name, error)
    except BaseException as error:  # noqa: BLE001 # a module may raise anything, SystemExit too
        return _failed_import(name, error)
    at = f"module {name!r}"
    for part in path.split("."):
        if not hasattr(found, part):
            return Refused(fault=f"{at} has no {part!r}", remedy=did_you_mean(part, dir(found)))
        found, at = getattr(found, part), f"{part!r} in {at}"
    if not callable(found):
        return Refused(fault=f"{at} is {type(found).__name__}, not a function")
    return cast("Function", found)


def _failed_import(name: str, error: BaseException) -> Refused:
    place = ""
    if isinstance(error, SyntaxError):
        place = f"{error.filename}:{error.lineno}"
    elif frames := traceback.extract_tb(error.__traceback__):
        place = f"{frames[-1].filename}:{frames[-1].lineno}"
    words = said(error).encode("utf-8", "replace").decode("utf-8")
    return Refused(fault=f"importing {name!r} failed: {words}", remedy=place and f"at {place}")


def _tell(told: IO[bytes], message: Ready | Refused | Replied) -> None:
    told.write(message.model_dump_json().encode("utf-8") + b"\n")
    told.flush()


async def _serve(function: Function, asked: IO[bytes], told: IO[bytes]) -> None:
    """Answer every question in a task of its own until no more can come."""
    loop = asyncio.get_running_loop()
    tasks: set[asyncio.Task[None]] = set()
    closed = asyncio.Event()
    awaited = is_awaited(function)

    async def reply(line: bytes) -> None:
        question = json.loads(line)
        # Who asks also ends a thread that is over its time: only a killed process ends one.
        timeout_s = question["timeout_s"] if awaited else None
        answer = await call(function, question["inputs"], timeout_s)
        _tell(told, Replied(number=question["number"], answer=answer))

    def begin(line: bytes) -> None:
        task = loop.create_task(reply(line))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    _tell(told, Ready(awaited=awaited))
    threading.Thread(
        target=_listen,
        args=(asked, loop, begin, closed),
        daemon=True,
    ).start()
    await closed.wait()


def _listen(
    asked: IO[bytes],
    loop: asyncio.AbstractEventLoop,
    begin: Callable[[bytes], None],
    closed: asyncio.Event,
) -> None:
    """Hand each line to the loop; at the end of stdin see to it that this process ends."""
    for line in asked:
        loop.call_soon_threadsafe(begin, line)
    loop.call_soon_threadsafe(closed.set)
    time.sleep(EXIT_S)
    os._exit(0)


if __name__ == "__main__":
    main()
