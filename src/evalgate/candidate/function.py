"""A function of the running process, called with a case's inputs."""

import asyncio
import contextvars
import copy
import inspect
import threading
from collections.abc import Callable
from contextlib import suppress
from time import perf_counter
from typing import NamedTuple

from pydantic import JsonValue

from evalgate.candidate.reading import own_error, read_returned, said
from evalgate.domain.answer import Answer, NotProduced, Produced
from evalgate.domain.case import Question
from evalgate.domain.identity import CandidateIdentity
from evalgate.sources.digests import digest_of_json

Function = Callable[[dict[str, JsonValue]], object]
"""Takes one argument, the inputs as a dict; returns text or a mapping, or an awaitable of one."""


class FunctionCandidate:
    """Calls a function: an async one on this loop, any other in a thread of its own.

    The function takes one argument, the dict of inputs (a copy). A thread that is over its time
    cannot be ended, only left behind: a candidate that may hang belongs in a process of its own.
    """

    def __init__(
        self,
        name: str,
        function: Function,
        *,
        timeout_s: float = 60.0,
        digest: str = "",
        max_in_flight: int = 8,
    ) -> None:
        self._function = function
        self._timeout_s = timeout_s
        self._slots = asyncio.Semaphore(max_in_flight)
        self.identity = CandidateIdentity(
            name=name,
            kind="function",
            digest=digest or digest_of_json({"function": _full_name(function)}),
            complete=bool(digest),
            timeout_s=timeout_s,
        )

    async def answer(self, question: Question) -> Answer:
        """Call the function and read what it returns."""
        async with self._slots:
            return await call(self._function, copy.deepcopy(question.inputs), self._timeout_s)

    async def aclose(self) -> None:
        """Nothing is open."""


class _Ended(NamedTuple):
    """A call that came to its end: what it returned or raised, and how long it took."""

    returned: object
    raised: BaseException | None
    latency_s: float


async def call(
    function: Function, inputs: dict[str, JsonValue], timeout_s: float | None
) -> Produced | NotProduced:
    """Call `function` once; an exception or a timeout is its own error."""
    task = asyncio.ensure_future(_run(function, inputs))
    try:
        done, _ = await asyncio.wait({task}, timeout=timeout_s)
    finally:
        task.cancel()
    if not done:
        return own_error(f"timed out after {timeout_s:g} s")
    if task.cancelled():
        return own_error("CancelledError")
    ended = task.result()
    if ended.raised is not None:
        return own_error(said(ended.raised))
    return read_returned(ended.returned, latency_s=ended.latency_s)


def is_awaited(function: Function) -> bool:
    """True when calling the function gives a coroutine."""
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(
        getattr(function, "__call__", None)  # noqa: B004 # an object whose __call__ is async
    )


async def _run(function: Function, inputs: dict[str, JsonValue]) -> _Ended:
    started = perf_counter()
    try:
        if is_awaited(function):
            returned = function(inputs)
        else:
            returned = await _in_thread(function, inputs)
        if inspect.isawaitable(returned):
            returned = await returned
    except asyncio.CancelledError:
        raise
    except BaseException as error:  # noqa: BLE001 # sys.exit in a candidate must not end the run
        return _Ended(None, error, perf_counter() - started)
    return _Ended(returned, None, perf_counter() - started)


async def _in_thread(function: Function, inputs: dict[str, JsonValue]) -> object:
    """Call in a new daemon thread: a pool's thread that hangs would block others, and the exit."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[tuple[object, BaseException | None]] = loop.create_future()
    context = contextvars.copy_context()

    def settle(outcome: tuple[object, BaseException | None]) -> None:
        if not future.done():
            future.set_result(outcome)

    def run() -> None:
        outcome: tuple[object, BaseException | None]
        try:
            outcome = context.run(function, inputs), None
        except BaseException as error:  # noqa: BLE001 # carried over to the caller
            outcome = None, error
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(settle, outcome)

    threading.Thread(target=run, daemon=True, name="candidate").start()
    returned, raised = await future
    if raised is not None:
        raise raised
    return returned


def _full_name(function: Function) -> str:
    kind = type(function)
    module = getattr(function, "__module__", None) or kind.__module__
    return f"{module}:{getattr(function, '__qualname__', None) or kind.__qualname__}"
