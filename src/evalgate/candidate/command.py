"""A command that is started once per case: inputs as JSON on stdin, the answer on stdout."""

import asyncio
import errno
import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import IO

from pydantic import JsonValue

from evalgate.candidate.reading import LONGEST_ANSWER_BYTES, own_error, read_returned
from evalgate.domain.answer import Answer, NotProduced, Produced
from evalgate.domain.case import Question
from evalgate.domain.identity import CandidateIdentity
from evalgate.domain.specs import CommandSpec
from evalgate.errors import Problem, ServiceFailed, UserMistake
from evalgate.hosting.process import Child, how_it_ended, last_words, start_child

OURS = {errno.EMFILE, errno.ENFILE, errno.EAGAIN, errno.ENOMEM}
"""Why the machine, not the command, is at fault when a process cannot be started."""


class CommandCandidate:
    """Runs the command in the project's folder, without a shell, in a group of its own."""

    def __init__(
        self,
        identity: CandidateIdentity,
        spec: CommandSpec,
        root: Path,
        *,
        where: str,
        max_in_flight: int = 8,
    ) -> None:
        self.identity = identity
        self._spec = spec
        self._root = root
        self._where = where
        self._slots = asyncio.Semaphore(max_in_flight)
        self._refuse_unknown_command()

    async def answer(self, question: Question) -> Answer:
        """Run the command for one case; whatever happens, none of its processes is left."""
        async with self._slots:
            written = _Written()
            started = perf_counter()
            child = await self._start(question.inputs, written.take)
            try:
                async with asyncio.timeout(self._spec.timeout_s):
                    code = await child.ended()
                latency_s = perf_counter() - started
            except TimeoutError:
                return own_error(f"timed out after {self._spec.timeout_s:g} s")
            finally:
                await child.aclose()
            return _read(written, code, child.stderr_tail, latency_s)

    async def aclose(self) -> None:
        """Every process ended with its question."""

    async def _start(
        self, inputs: dict[str, JsonValue], on_stdout: Callable[[bytes], bool]
    ) -> Child:
        # A file, not a pipe: a command that never reads its stdin, or opens it by name, is fine.
        with _inputs_file(inputs) as stdin:
            try:
                return await start_child(self._spec.command, self._root, on_stdout, stdin)
            except OSError as error:
                fault = f"cannot be started: {error.strerror or error}"
                if error.errno in OURS:
                    raise ServiceFailed(f"{self._spec.command[0]} {fault}") from error
                raise UserMistake(Problem(fault, path=self._where, key="command")) from error
            except ValueError as error:  # a NUL in an argument
                raise UserMistake(Problem(str(error), path=self._where, key="command")) from error

    def _refuse_unknown_command(self) -> None:
        program = self._spec.command[0]
        beside = "/" in program
        if shutil.which(str(self._root / program) if beside else program):
            return
        remedy = (
            "paths are relative to the project's folder; is it executable?"
            if beside
            else "it is not on the PATH"
        )
        fault = f"there is no command {program!r}"
        raise UserMistake(Problem(fault, path=self._where, key="command", remedy=remedy))


class _Written:
    """What a command wrote, up to the limit."""

    def __init__(self) -> None:
        self.content = bytearray()

    @property
    def too_much(self) -> bool:
        """True when the limit is passed."""
        return len(self.content) > LONGEST_ANSWER_BYTES

    def take(self, data: bytes) -> bool:
        """Keep `data`; False when it is too much."""
        if not self.too_much:
            self.content += data
        return not self.too_much


def _inputs_file(inputs: dict[str, JsonValue]) -> IO[bytes]:
    """Write inputs as JSON in ASCII, which holds every text, into a file without a name."""
    try:
        file = tempfile.TemporaryFile()  # noqa: SIM115 # the caller closes it
        file.write(json.dumps(inputs).encode("ascii"))
        file.seek(0)
    except OSError as error:
        message = f"a case's inputs cannot be written: {error.strerror or error}"
        raise ServiceFailed(message) from error
    return file


def _read(written: _Written, code: int, stderr: bytes, latency_s: float) -> Produced | NotProduced:
    """Turn a command's exit code and output into its answer."""
    if written.too_much:
        return own_error("wrote more than 10 MiB")
    if code:
        words = last_words(stderr, 500)
        return own_error(f"the command {how_it_ended(code)}" + (f": {words}" if words else ""))
    try:
        text = written.content.decode("utf-8")
    except UnicodeDecodeError:
        return own_error("its output is not UTF-8")
    return read_returned(_text_or_mapping(text), latency_s=latency_s)


def _text_or_mapping(text: str) -> str | dict[str, JsonValue]:
    """Take a JSON object with `text` or `answer` as a mapping; all else is text.

    The newlines at its end are dropped, as a shell does.
    """
    if text.lstrip().startswith("{"):
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            value = None
        if isinstance(value, dict) and value.keys() & {"text", "answer"}:
            return value
    return text.rstrip("\r\n")
