"""A judge's function in a child interpreter that lives as long as the event loop that asks."""

import asyncio
from pathlib import Path
from weakref import WeakKeyDictionary

from pydantic import JsonValue

from evalgate.hosting.interpreter import Interpreter, Lost, Stillborn
from evalgate.hosting.keeping import Hosted
from evalgate.judge.user_code import (
    IMPORT_S,
    LoadedFunction,
    LoadedThere,
    Replied,
    read_greeting,
)

GRACE_S = 1.0
MOST_LOSSES = 5
"""After so many losses in a row nothing more is asked: the judge itself is broken."""

Asked = Interpreter[Replied]


class Elsewhere:
    """Calls the function in a child of the running loop; the loop's end is the child's end."""

    def __init__(self, loaded: LoadedFunction, timeout_s: float) -> None:
        self._loaded = loaded
        self._timeout_s = timeout_s
        self._sittings: WeakKeyDictionary[asyncio.AbstractEventLoop, _Sitting] = WeakKeyDictionary()

    @property
    def files(self) -> tuple[Path, ...]:
        """What the child read to load the function."""
        return tuple(self._loaded.base / file for file in self._loaded.files)

    @property
    def base(self) -> Path:
        """Where the child looks for modules first."""
        return self._loaded.base

    async def call(self, question: dict[str, JsonValue]) -> Replied | Lost:
        """Ask the child of this loop, or a new one."""
        loop = asyncio.get_running_loop()
        sitting = self._sittings.get(loop)
        if sitting is None:
            sitting = self._sittings[loop] = _Sitting(Hosted(self._started))
            sitting.end = loop.create_task(self._end_with(loop, sitting))
        return await sitting.ask({**question, "timeout_s": self._timeout_s}, self._timeout_s)

    async def _end_with(self, loop: asyncio.AbstractEventLoop, sitting: "_Sitting") -> None:
        """Wait to be cancelled, as a loop's last tasks are, and leave no child behind."""
        try:
            await loop.create_future()
        finally:
            self._sittings.pop(loop, None)
            await sitting.hosted.aclose()

    async def _started(self) -> Asked | Lost:
        """Start a child that has loaded the function, from the same files as before."""
        interpreter = Asked(_read, "judge")
        try:
            line = await interpreter.start(self._loaded.module, IMPORT_S, stderr=None)
        except TimeoutError:
            return Lost(f"importing the judge took more than {IMPORT_S:g} s", blamed=True)
        if isinstance(line, Stillborn):
            return Lost(f"{line.how} when it was started", blamed=True)
        there = read_greeting(line)
        if isinstance(there, LoadedThere) and self._loaded.is_as_it_was(there):
            interpreter.shares_time = True  # threads of one process slow each other down
            interpreter.grace_s = GRACE_S if there.awaited else 0.0
            return interpreter
        await interpreter.aclose()
        if not isinstance(there, LoadedThere):
            fault = there if isinstance(there, str) else there.fault
            return Lost(f"the judge {fault}", blamed=True)
        return Lost("the judge's files were changed while it was at work", blamed=True)


class _Sitting:
    """The children of one loop, and how often they were lost in a row."""

    def __init__(self, hosted: Hosted[Replied]) -> None:
        self.hosted = hosted
        self.end: asyncio.Task[None] | None = None
        self._losses = 0
        self._last = ""

    async def ask(self, question: dict[str, JsonValue], timeout_s: float) -> Replied | Lost:
        """Ask; when the child was lost too often in a row, say that instead."""
        if self._losses >= MOST_LOSSES:
            how = f"not asked: the judge failed {self._losses} times in a row, last: {self._last}"
            return Lost(how, blamed=True)
        reply = await self.hosted.ask(question, timeout_s)
        if not isinstance(reply, Lost):
            self._losses = 0
        else:
            self._losses += 1
            self._last = f"no verdict within {timeout_s:g} s" if reply.late else reply.how
        return reply


def _read(line: bytes) -> tuple[int, Replied]:
    replied = Replied.model_validate_json(line)
    return replied.number, replied
