"""A process in a group of its own: nothing that it started outlives it."""

import asyncio
import os
import signal
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, cast

ORDERS = frozenset(f"GITHUB_{name}" for name in ("ENV", "OUTPUT", "PATH", "STATE", "STEP_SUMMARY"))
"""Name the files in which a job's runner takes orders: a user's code has none to give."""

STDERR_KEPT_BYTES = 4096
DRAIN_S = 0.5


class Child(asyncio.SubprocessProtocol):
    """A running process; keeps the end of what it writes to stderr.

    `on_stdout` is given what the process writes; when it returns False the process is killed.
    """

    def __init__(self, on_stdout: Callable[[bytes], bool]) -> None:
        self.stderr_tail = b""
        self._on_stdout = on_stdout
        self._exited = asyncio.Event()
        self._drained = asyncio.Event()
        self._buried = False

    @property
    def exited(self) -> bool:
        """True when the process itself has ended."""
        return self._exited.is_set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport of the process that was started."""
        self._transport = cast("asyncio.SubprocessTransport", transport)

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        """Hand stdout on, keep the end of stderr."""
        if fd != 1:
            self.stderr_tail = (self.stderr_tail + data)[-STDERR_KEPT_BYTES:]
        elif not self._on_stdout(data):
            self.kill()

    def process_exited(self) -> None:
        """Note the end of the process; its pipes may still hold something."""
        self._exited.set()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 # asyncio's signature
        """Note that the process has ended and all that it wrote has been read."""
        self._drained.set()

    def write(self, content: bytes) -> None:
        """Write to its stdin; a process that is gone reads nothing, and that is no fault."""
        pipe = self._transport.get_pipe_transport(0)
        if pipe is not None and not pipe.is_closing():
            cast("asyncio.WriteTransport", pipe).write(content)

    def close_stdin(self) -> None:
        """Tell it that nothing more will come."""
        pipe = self._transport.get_pipe_transport(0)
        if pipe is not None:
            pipe.close()

    async def ended(self) -> int:
        """Wait for its end and give its exit code, negative for a signal."""
        await self._exited.wait()
        # What it left running in the background may hold the pipes open; nobody waits for that.
        with suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_S):
                await self._drained.wait()
        self.kill()
        self._transport.close()
        return cast("int", self._transport.get_returncode())

    def kill(self) -> None:
        """Kill the process and all of its group."""
        if self._buried:
            return  # the number may belong to somebody else by now
        self._buried = self._exited.is_set()
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._transport.get_pid(), signal.SIGKILL)

    async def aclose(self) -> None:
        """Kill what still runs and wait until it is gone."""
        self.kill()
        try:
            await self.ended()
        finally:
            self._transport.close()


def environment_of_child() -> dict[str, str]:
    """What a user's code sees of the environment; no fence against one that looks for the files."""
    return {name: value for name, value in os.environ.items() if name not in ORDERS}


async def start_child(
    command: Sequence[str],
    folder: Path,
    on_stdout: Callable[[bytes], bool],
    stdin: IO[bytes] | int = asyncio.subprocess.PIPE,
    stderr: int | None = asyncio.subprocess.PIPE,
) -> Child:
    """Start a process in `folder`; raises OSError when it cannot be started.

    With `stderr=None` it writes where we write, and no end of that is kept.
    """
    loop = asyncio.get_running_loop()
    _, child = await loop.subprocess_exec(
        lambda: Child(on_stdout),
        *command,
        cwd=folder,
        stdin=stdin,
        stderr=stderr,
        start_new_session=True,
        env=environment_of_child(),
    )
    return child


def how_it_ended(code: int) -> str:
    """Say an exit code in words."""
    if code >= 0:
        return f"ended with code {code}"
    with suppress(ValueError):
        return f"was killed by {signal.Signals(-code).name}"
    return f"was killed by signal {-code}"


def last_words(stderr: bytes, length: int) -> str:
    """The last `length` characters of what a process wrote to stderr."""
    return stderr.decode("utf-8", "replace").strip()[-length:]
