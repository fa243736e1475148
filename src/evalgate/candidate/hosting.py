"""A child interpreter as its parent sees it: questions in, answers or its loss out."""

import asyncio
import itertools
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import assert_never

from pydantic import JsonValue, ValidationError

from evalgate.candidate.process import Child, how_it_ended, last_words, start_child
from evalgate.candidate.reading import LONGEST_ANSWER_BYTES
from evalgate.candidate.wire import MESSAGE, Ready, Refused, Replied
from evalgate.domain.answer import NotProduced, Produced
from evalgate.errors import Problem, ServiceFailed, UserMistake

LONGEST_LINE_BYTES = LONGEST_ANSWER_BYTES + (1 << 20)  # the answer and what stands around it
START_S = 120.0
GRACE_S = 1.0
LEAVE_S = 0.3


@dataclass(frozen=True, slots=True)
class Lost:
    """The interpreter went before it answered; `blamed` when only this question can be why."""

    how: str
    blamed: bool


Reply = Produced | NotProduced | Lost


class Interpreter:
    """One child interpreter that has imported one function."""

    def __init__(self, timeout_s: float) -> None:
        self._given_up = False
        self._timeout_s = timeout_s
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Reply]] = {}
        self._begun: asyncio.Future[Ready | Refused | None] = (
            asyncio.get_running_loop().create_future()
        )
        self._patience_s = timeout_s
        self._awaited = False
        self._partial = bytearray()

    @property
    def gone(self) -> bool:
        """True when it can be asked nothing more."""
        return self._given_up or self._child.exited

    async def start(self, function: str, root: Path, where: str) -> None:
        """Start the child and have it import `function`; raises UserMistake when it cannot."""
        # -P: our own modules first; -B: the folder is the user's, and no place for our bytecode
        command = (sys.executable, "-P", "-B", "-m", "evalgate.candidate.host", function)
        try:
            self._child = await start_child(command, root, self._take)
        except OSError as error:
            raise ServiceFailed(f"Python cannot be started: {error.strerror or error}") from error
        self._watch = asyncio.create_task(self._see_the_end(self._child))
        try:
            async with asyncio.timeout(START_S):
                begun = await self._begun
        except TimeoutError:
            await self.aclose()
            fault = f"importing it took more than {START_S:g} s"
            raise UserMistake(Problem(fault, path=where, key="function")) from None
        except BaseException:
            await self.aclose()
            raise
        if isinstance(begun, Ready):
            self._awaited = begun.awaited
            # An async function is timed in the child, where it alone can be cancelled.
            self._patience_s += GRACE_S if begun.awaited else 0.0
            return
        code = await self._watch if begun is None else 0
        await self.aclose()
        raise UserMistake(self._why_not(begun, code, where))

    async def ask(self, inputs: dict[str, JsonValue]) -> Reply:
        """Ask one question among others."""
        number = next(self._numbers)
        future: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._waiting[number] = future
        question = {"number": number, "inputs": inputs, "timeout_s": self._timeout_s}
        self._child.write(json.dumps(question).encode("ascii") + b"\n")
        try:
            async with asyncio.timeout(self._patience_s):
                return await future
        except TimeoutError:
            # An async function that blocks its loop makes others late: any of them may be why.
            blamed = not self._awaited or (len(self._waiting) == 1 and not self._given_up)
            del self._waiting[number]
            self._kill()
            return Lost(f"timed out after {self._timeout_s:g} s", blamed)
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
        if not self._waiting and self._begun.done():
            await asyncio.wait({self._watch}, timeout=LEAVE_S)
        await self._child.aclose()
        await self._watch

    def _kill(self) -> None:
        """Kill the child; whoever else waits for it is not to blame."""
        self._given_up = True
        self._child.kill()
        self._lose(Lost("the candidate's process was killed", blamed=False))

    def _lose(self, lost: Lost) -> None:
        for future in self._waiting.values():
            if not future.done():
                future.set_result(lost)

    async def _see_the_end(self, child: Child) -> int:
        code = await child.ended()
        self._given_up = True
        if not self._begun.done():
            self._begun.set_result(None)
        how = f"the candidate's process {how_it_ended(code)}"
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
        except ValidationError:
            return False
        return True

    def _hear(self, line: bytearray) -> None:
        message = MESSAGE.validate_json(line)
        match message:
            case Ready() | Refused():
                if not self._begun.done():
                    self._begun.set_result(message)
            case Replied():
                future = self._waiting.get(message.number)
                if future is not None and not future.done():
                    future.set_result(message.answer)
            case _:
                assert_never(message)

    def _why_not(self, begun: Refused | None, code: int, where: str) -> Problem:
        if begun is not None:
            return Problem(begun.fault, path=where, key="function", remedy=begun.remedy)
        fault = f"the candidate's process {how_it_ended(code)} when it was started"
        words = last_words(self._child.stderr_tail, 300).rsplit("\n", 1)[-1]
        return Problem(fault, path=where, key="function", remedy=words)
