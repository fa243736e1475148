"""One look at a child interpreter: its greeting, before there is an event loop."""

import os
import signal
import subprocess
from contextlib import suppress

from evalgate.errors import ServiceFailed
from evalgate.hosting.interpreter import Module, Stillborn
from evalgate.hosting.process import environment_of_child, how_it_ended


def look(module: Module, whose: str, within_s: float) -> bytes | Stillborn:
    """Start a child, take its greeting and let it go; raises TimeoutError when there is none."""
    try:
        child = subprocess.Popen(
            module.command,
            cwd=module.folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
            env=environment_of_child(),
        )
    except OSError as error:
        raise ServiceFailed(f"Python cannot be started: {error.strerror or error}") from error
    try:
        with child:
            try:
                said, _ = child.communicate(timeout=within_s)
            finally:
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(child.pid, signal.SIGKILL)
    except subprocess.TimeoutExpired:
        raise TimeoutError from None
    line, newline, _ = said.partition(b"\n")
    return (
        line
        if newline
        else Stillborn(f"the {whose}'s process {how_it_ended(child.returncode)}", "")
    )
