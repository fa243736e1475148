"""A child interpreter as its parent sees it: questions in, replies or its loss out."""

import asyncio
import itertools
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

from pydantic import JsonValue

from evalgate.errors import ServiceFailed
from evalgate.hosting.process import Child, how_it_ended, last_words, start_child

LONGEST_LINE_BYTES = 11 << 20  # the longest answer, 10 MiB, and what stands around it
LEAVE_S = 0.3

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Lost:
    """It went before it replied, or was too late; `blamed` when only this question can be why."""

    how: str
    blamed: bool
    late: bool = False


@dataclass(frozen=True, slots=True)
class Stillborn:
    """It ended before it said anything."""

    how: str
    last_words: str


class Module(NamedTuple):
    """What a child runs: one of our modules with its arguments, in a folder."""

    name: str
    arguments: Sequence[str]
    folder: Path

    @property
    def command(self) -> tuple[str, ...]:
        """Our own modules come first; the folder is the user's, and no place for our bytecode."""
        return (sys.executable, "-P", "-B", "-m", self.name, *self.arguments)


class Interpreter(Generic[R]):
    """One child: its first line is a greeting, every other one the reply to a question."""

    def __init__(self, read: Callable[[bytes], tuple[int, R]], whose: str) -> None:
        """`read` gives a reply and its question's number, or raises ValueError."""
        self._read = read
        self._whose = whose
        self._given_up = False
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[R | Lost]] = {}
        self._greeting: asyncio.Future[bytes | None] = asyncio.get_running_loop().create_future()
        self._partial = bytearray()
        self.shares_time = False
        """True when one question can make another one late: then neither can be blamed for it."""
        self.grace_s = 0.0
        """How much longer to wait for a child that keeps the time of a question itself."""

    @property
    def gone(self) -> bool:
        """True when it can be asked nothing more."""
        return self._given_up or self._child.exited

    async def start(
        self, module: Module, within_s: float, *, stderr: int | None = asyncio.subprocess.PIPE
    ) -> bytes | Stillborn:
        """Start it and wait for its greeting; raises TimeoutError when there is none in time."""
        try:
            self._child = await start_child(
                module.command, module.folder, self._take, stderr=stderr
            )
        except OSError as error:
            raise ServiceFailed(f"Python cannot be started: {error.strerror or error}") from error
        self._watch = asyncio.create_task(self._see_the_end(self._child))
        try:
            async with asyncio.timeout(within_s):
                greeting = await self._greeting
        except BaseException:
            await self.aclose()
            raise
        if greeting is not None:
            return greeting
        code = await self._watch
        await self.aclose()
        words = last_words(self._child.stderr_tail, 300).rsplit("\n", 1)[-1]
        return Stillborn(f"the {self._whose}'s process {how_it_ended(code)}", words)

    async def ask(self, question: dict[str, JsonValue], timeout_s: float) -> R | Lost:
        """Ask one question among others."""
        number = next(self._numbers)
        future: asyncio.Future[R | Lost] = asyncio.get_running_loop().create_future()
        self._waiting[number] = future
        self._child.write(json.dumps({"number": number, **question}).encode("ascii") + b"\n")
        try:
            async with asyncio.timeout(timeout_s + self.grace_s):
                return await future
        except TimeoutError:
            alone = len(self._waiting) == 1 and not self._given_up
            del self._waiting[number]
            self._kill()
            return Lost(
                f"timed out after {timeout_s:g} s", alone or not self.shares_time, late=True
            )
        except asyncio.CancelledError:
            del self._waiting[number]
            if not self._waiting:
                self._kill()  # what was cancelled would run on, with nobody to hear it
            raise
        finally:
            self._waiting.pop(number, None)

    async def aclose(self) -> None:
        """Let the child go; kill it when it does not."""
        self._given_up = True
        self._child.close_stdin()
        if not self._waiting and self._greeting.done():
            await asyncio.wait({self._watch}, timeout=LEAVE_S)
        await self._child.aclose()
        await asyncio.wait({self._watch})  # a loop that ends has cancelled it before us

    def _kill(self) -> None:
        """Kill the child; whoever else waits for it is not to blame."""
        self._given_up = True
        self._child.kill()
        self._lose(Lost(f"the {self._whose}'s process was killed", blamed=False))

    def _lose(self, lost: Lost) -> None:
        for future in self._waiting.values():
            if not future.done():
                future.set_result(lost)

    async def _see_the_end(self, child: Child) -> int:
        code = await child.ended()
        self._given_up = True
        if not self._greeting.done():
            self._greeting.set_result(None)
        how = f"the {self._whose}'s process {how_it_ended(code)}"
        self._lose(Lost(how, blamed=len(self._waiting) == 1))
        return code

    def _take(self, data: bytes) -> bool:
        """Read what the child says; False when it is not what a child says."""
        self._partial += data
        if b"\n" not in data:
            return len(self._partial) <= LONGEST_LINE_BYTES
        *lines, self._partial = self._partial.split(b"\n")
        try:
            for line in lines:
                self._hear(line)
        except ValueError:  # pydantic's ValidationError is one
            return False
        return True

    def _hear(self, line: bytearray) -> None:
        if not self._greeting.done():
            self._greeting.set_result(bytes(line))
            return
        number, reply = self._read(bytes(line))
        future = self._waiting.get(number)
        if future is not None and not future.done():
            future.set_result(reply)
