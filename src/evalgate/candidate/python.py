"""A function of the project, called in a child interpreter."""

import asyncio
from pathlib import Path

from pydantic import JsonValue

from evalgate.candidate.hosting import Interpreter, Lost, Reply
from evalgate.candidate.reading import own_error
from evalgate.domain.answer import Answer
from evalgate.domain.case import Question
from evalgate.domain.run import CandidateIdentity
from evalgate.domain.specs import PythonSpec


class PythonCandidate:
    """Asks one child interpreter many questions at once.

    When it is lost with several questions in flight, nobody knows whose fault that was: each of
    them is asked once more, alone, in a second interpreter, where a loss has one possible cause.
    """

    def __init__(
        self,
        identity: CandidateIdentity,
        spec: PythonSpec,
        root: Path,
        *,
        where: str,
        max_in_flight: int = 8,
    ) -> None:
        self.identity = identity
        self.asked_again = 0
        self._slots = asyncio.Semaphore(max_in_flight)
        self._shared = _Keeper(spec, root, where)
        self._alone = _Keeper(spec, root, where)
        self._one_at_a_time = asyncio.Lock()

    async def answer(self, question: Question) -> Answer:
        """Ask; a question that was lost through no fault of its own is asked once more."""
        async with self._slots:
            reply = await self._shared.ask(question.inputs)
            if isinstance(reply, Lost) and not reply.blamed:
                self.asked_again += 1
                async with self._one_at_a_time:
                    reply = await self._alone.ask(question.inputs)
            return own_error(reply.how) if isinstance(reply, Lost) else reply

    async def aclose(self) -> None:
        """End both interpreters."""
        await asyncio.gather(self._shared.aclose(), self._alone.aclose())


class _Keeper:
    """Keeps an interpreter running: starts one for the first question, and after a loss."""

    def __init__(self, spec: PythonSpec, root: Path, where: str) -> None:
        self._spec = spec
        self._root = root
        self._where = where
        self._starting = asyncio.Lock()
        self._interpreter: Interpreter | None = None

    async def ask(self, inputs: dict[str, JsonValue]) -> Reply:
        """Ask the interpreter that runs, or a new one."""
        async with self._starting:
            interpreter = self._interpreter
            if interpreter is None or interpreter.gone:
                await self.aclose()
                interpreter = Interpreter(self._spec.timeout_s)
                await interpreter.start(self._spec.function, self._root, self._where)
                self._interpreter = interpreter
        return await interpreter.ask(inputs)

    async def aclose(self) -> None:
        """End the interpreter, if one runs."""
        interpreter, self._interpreter = self._interpreter, None
        if interpreter is not None:
            await interpreter.aclose()
