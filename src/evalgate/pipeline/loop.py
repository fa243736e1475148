"""The one entry to the event loop, for a terminal and for a notebook's running loop alike."""

import asyncio
import sys
import threading
from collections.abc import Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import redirect_stdout
from typing import Any, TypeVar

T = TypeVar("T")


def run_now(work: Coroutine[Any, Any, T]) -> T:
    """Run `work` to its end and return its result, also from inside a running loop.

    What the user's own functions print meanwhile goes to stderr: stdout is for the result.
    """
    with redirect_stdout(sys.stderr):
        return _run(work)


def _run(work: Coroutine[Any, Any, T]) -> T:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(_letting_threads_go(work))
    result: Future[T] = Future()

    def in_a_thread() -> None:
        try:
            result.set_result(asyncio.run(_letting_threads_go(work)))
        except BaseException as error:  # noqa: BLE001 - handed to the caller, who raises it
            result.set_exception(error)

    thread = threading.Thread(target=in_a_thread, name="evalgate", daemon=True)
    thread.start()
    return result.result()


class _LetGo(ThreadPoolExecutor):
    """Threads that nobody waits for: after Ctrl-C a user's function may hang in one for ever."""

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: ARG002 - as the base has it
        """Take no more work; what runs is left to the process's end."""
        super().shutdown(wait=False, cancel_futures=True)


async def _letting_threads_go(work: Coroutine[Any, Any, T]) -> T:
    asyncio.get_running_loop().set_default_executor(_LetGo())
    return await work
