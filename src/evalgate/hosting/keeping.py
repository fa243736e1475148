"""Questions for a child interpreter that is replaced when it is lost."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from pydantic import JsonValue

from evalgate.hosting.interpreter import Interpreter, Lost

R = TypeVar("R")

Start = Callable[[], Awaitable[Interpreter[R] | Lost]]
"""Starts a child that can be asked, or says why there is none."""


class Keeper(Generic[R]):
    """Keeps one interpreter running: starts one for the first question, and after a loss."""

    def __init__(self, start: Start[R]) -> None:
        self._start = start
        self._starting = asyncio.Lock()
        self._interpreter: Interpreter[R] | None = None

    async def ask(self, question: dict[str, JsonValue], timeout_s: float) -> R | Lost:
        """Ask the interpreter that runs, or a new one."""
        async with self._starting:
            interpreter = self._interpreter
            if interpreter is None or interpreter.gone:
                await self.aclose()
                started = await self._start()
                if isinstance(started, Lost):
                    return started
                interpreter = self._interpreter = started
        return await interpreter.ask(question, timeout_s)

    async def aclose(self) -> None:
        """End the interpreter, if one runs."""
        interpreter, self._interpreter = self._interpreter, None
        if interpreter is not None:
            await interpreter.aclose()


class Hosted(Generic[R]):
    """Asks one child interpreter many questions at once.

    When it is lost with several questions in flight, nobody knows whose fault that was: each of
    them is asked once more, alone, in a second interpreter, where a loss has one possible cause.
    """

    def __init__(self, start: Start[R]) -> None:
        self.asked_again = 0
        self._shared = Keeper(start)
        self._alone = Keeper(start)
        self._one_at_a_time = asyncio.Lock()

    async def ask(self, question: dict[str, JsonValue], timeout_s: float) -> R | Lost:
        """Ask; a question that was lost through no fault of its own is asked once more."""
        reply = await self._shared.ask(question, timeout_s)
        if isinstance(reply, Lost) and not reply.blamed:
            self.asked_again += 1
            async with self._one_at_a_time:
                reply = await self._alone.ask(question, timeout_s)
        return reply

    async def aclose(self) -> None:
        """End both interpreters."""
        await asyncio.gather(self._shared.aclose(), self._alone.aclose())
