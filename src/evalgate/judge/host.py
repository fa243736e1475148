"""The child interpreter of a Python judge: loads one function and calls it until stdin ends."""

import asyncio
import inspect
import json
import os
import queue
import sys
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import IO, Any

from evalgate.hosting.child import become_a_child
from evalgate.judge.loading import Loaded, NotLoaded, load
from evalgate.judge.returned import Reply, failed, read_returned

EXIT_S = 0.3
"""How long the judge's own clean-up may take once nobody asks any more."""


def main() -> None:
    """Serve the function that the command line names: folder, module, function."""
    asked, told = become_a_child()
    sys.stdout = sys.stderr  # what is printed is seen at once, and is no reply
    loaded = load(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
    host = Host(loaded, told)
    if isinstance(loaded, Loaded):
        workers = Workers(host.answer)
        for line in asked:
            workers.take(line)
    leave = threading.Timer(EXIT_S, os._exit, (0,))
    leave.daemon = True
    leave.start()


class Workers:
    """As many threads as there are questions at once; none of them waits for another."""

    def __init__(self, work: Callable[[bytes], None]) -> None:
        self._work = work
        self._waiting: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._idle = threading.Semaphore(0)

    def take(self, line: bytes) -> None:
        """Give a line to a thread that has nothing to do, or to a new one."""
        if self._idle.acquire(blocking=False):
            self._waiting.put(line)
        else:
            threading.Thread(target=self._run, args=(line,), daemon=True, name="judge").start()

    def _run(self, line: bytes) -> None:
        while True:
            self._work(line)
            self._idle.release()
            line = self._waiting.get()


class Host:
    """Calls the function and tells what came of it."""

    def __init__(self, loaded: Loaded | NotLoaded, told: IO[bytes]) -> None:
        self._told = told
        self._telling = threading.Lock()
        self._looping = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        if isinstance(loaded, NotLoaded):
            self._tell({"refused": loaded._asdict()})
            return
        self._function = loaded.function
        self._read_produced = _produced_reader() if loaded.takes_produced else None
        awaited = inspect.iscoroutinefunction(loaded.function) or inspect.iscoroutinefunction(
            getattr(loaded.function, "__call__", None)  # noqa: B004 - an object whose __call__ is async
        )
        self._tell(
            {
                "loaded": {
                    "files": loaded.files,
                    "takes_produced": loaded.takes_produced,
                    "awaited": awaited,
                }
            }
        )

    def answer(self, line: bytes) -> None:
        """Call the function once, in this thread; what is awaited runs on the one loop."""
        question = json.loads(line)
        number, timeout_s = question["number"], question["timeout_s"]
        arguments = question["arguments"]
        if self._read_produced is not None:
            arguments["produced"] = self._read_produced(question["produced"])
        try:
            returned = self._function(**arguments)
            if inspect.isawaitable(returned):
                reply = self._awaited(returned, timeout_s)
            else:
                reply = read_returned(returned)
        except BaseException as error:  # noqa: BLE001 - whatever the user's code raises is no verdict
            reply = failed(error)
        self._tell({"number": number, **reply})

    def _awaited(self, awaitable: Awaitable[object], timeout_s: float) -> Reply:
        within = _within(awaitable, timeout_s)
        return asyncio.run_coroutine_threadsafe(within, self._running_loop()).result()

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        with self._looping:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(target=self._loop.run_forever, daemon=True, name="loop").start()
        return self._loop

    def _tell(self, message: dict[str, Any]) -> None:
        line = json.dumps(message).encode("ascii") + b"\n"
        with self._telling:
            self._told.write(line)
            self._told.flush()


async def _within(awaitable: Awaitable[object], timeout_s: float) -> Reply:
    task = asyncio.ensure_future(_caught(awaitable))
    done, _ = await asyncio.wait({task}, timeout=timeout_s)
    if done:
        return task.result()
    task.cancel()
    return {"late": True}


async def _caught(awaitable: Awaitable[object]) -> Reply:
    # caught in its own task: a SystemExit would end the loop, and all others with it
    try:
        return read_returned(await awaitable)
    except BaseException as error:  # noqa: BLE001 - whatever the user's code raises is no verdict
        return failed(error)


def _produced_reader() -> Callable[[object], object]:
    from evalgate.domain.answer import Produced  # only who asks for it waits for pydantic

    return Produced.model_validate


if __name__ == "__main__":
    main()
