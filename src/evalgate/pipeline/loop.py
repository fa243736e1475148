"""The one entry to the event loop, for a terminal and for a notebook's running loop alike."""

import asyncio
import sys
import threading
from collections.abc import Callable, Coroutine
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
    begun: Future[Callable[[], object]] = Future()

    async def stoppable() -> T:
        task, loop = asyncio.current_task(), asyncio.get_running_loop()
        assert task is not None
        begun.set_result(lambda: loop.call_soon_threadsafe(task.cancel))
        return await _letting_threads_go(work)

    def in_a_thread() -> None:
        try:
            result.set_result(asyncio.run(stoppable()))
        except BaseException as error:  # noqa: BLE001 - handed to the caller, who raises it
            result.set_exception(error)

    thread = threading.Thread(target=in_a_thread, name="evalgate", daemon=True)
    thread.start()
    try:
        return result.result()
    except KeyboardInterrupt:  # whoever interrupts a notebook's cell wants the asking to end
        begun.result()()
        return result.result()


class _LetGo(ThreadPoolExecutor):
    """Threads that nobody waits for: after Ctrl-C a user's function may hang in one for ever."""

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: ARG002 - as the base has it
        """Take no more work; what runs is left to the process's end."""
        super().shutdown(wait=False, cancel_futures=True)


async def _letting_threads_go(work: Coroutine[Any, Any, T]) -> T:
    asyncio.get_running_loop().set_default_executor(_LetGo())
    return await work
