"""A function of the project, called in a child interpreter."""

import asyncio
from pathlib import Path

from pydantic import JsonValue, ValidationError

from evalgate.candidate.reading import own_error
from evalgate.candidate.wire import GREETING, Ready, Replied
from evalgate.domain.answer import Answer, NotProduced, Produced
from evalgate.domain.case import Question
from evalgate.domain.identity import CandidateIdentity
from evalgate.domain.specs import PythonSpec
from evalgate.errors import Problem, UserMistake
from evalgate.hosting.interpreter import Interpreter, Lost, Module, Stillborn
from evalgate.hosting.keeping import Hosted

START_S = 120.0
GRACE_S = 1.0

Asked = Interpreter[Produced | NotProduced]


class PythonCandidate:
    """Asks one child interpreter many questions at once; what it loses is the candidate's error."""

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
        self._timeout_s = spec.timeout_s
        self._module = Module("evalgate.candidate.host", (spec.function,), root)
        self._where = where
        self._slots = asyncio.Semaphore(max_in_flight)
        self._hosted: Hosted[Produced | NotProduced] = Hosted(self._started)

    @property
    def asked_again(self) -> int:
        """How many questions were asked once more, because a neighbour may have been at fault."""
        return self._hosted.asked_again

    async def answer(self, question: Question) -> Answer:
        """Ask; a question that was lost through no fault of its own is asked once more."""
        async with self._slots:
            asked: dict[str, JsonValue] = {
                "inputs": question.inputs,
                "timeout_s": self._timeout_s,
            }
            reply = await self._hosted.ask(asked, self._timeout_s)
            return own_error(reply.how) if isinstance(reply, Lost) else reply

    async def aclose(self) -> None:
        """End the interpreters."""
        await self._hosted.aclose()

    async def _started(self) -> Asked:
        """Start a child that has imported the function; raises UserMistake when it cannot."""
        interpreter = Asked(_read, "candidate")
        try:
            line = await interpreter.start(self._module, START_S)
        except TimeoutError:
            raise self._refused(f"importing it took more than {START_S:g} s", "") from None
        if isinstance(line, Stillborn):
            raise self._refused(f"{line.how} when it was started", line.last_words)
        try:
            greeting = GREETING.validate_json(line)
        except ValidationError:
            await interpreter.aclose()
            fault = "its code wrote to a descriptor that it inherited"
            remedy = "it may write to stdout and stderr alone"
            raise self._refused(fault, remedy) from None
        if not isinstance(greeting, Ready):
            await interpreter.aclose()
            raise self._refused(greeting.fault, greeting.remedy)
        # An async function is timed in the child, where it alone can be cancelled; one that
        # blocks its loop makes others late, any of which may be why.
        interpreter.shares_time = greeting.awaited
        interpreter.grace_s = GRACE_S if greeting.awaited else 0.0
        return interpreter

    def _refused(self, fault: str, remedy: str) -> UserMistake:
        return UserMistake(Problem(fault, path=self._where, key="function", remedy=remedy))


def _read(line: bytes) -> tuple[int, Produced | NotProduced]:
    replied = Replied.model_validate_json(line)
    return replied.number, replied.answer
