"""What passes between our process and MLflow's interpreter; never to or from anybody else."""

import pickle
import struct
from collections.abc import Mapping
from typing import IO, Any, NamedTuple

from evalgate.errors import EvalgateError

LENGTH = struct.Struct(">Q")


class Call(NamedTuple):
    """A function of ours by its name, its arguments, and the surroundings it is to see."""

    module: str
    function: str
    arguments: tuple[Any, ...]
    named: Mapping[str, Any]
    environment: Mapping[str, str]
    folder: str
    ahead: bool = False  # for when there is time; nobody waits for its result


class Returned(NamedTuple):
    """The function's result."""

    result: Any


class Raised(NamedTuple):
    """What the function raised: one of our own errors, or none of them; and where."""

    error: EvalgateError | None
    told: str = ""


def send(pipe: IO[bytes], message: object) -> None:
    """Write one message, its length first."""
    content = pickle.dumps(message)
    pipe.write(LENGTH.pack(len(content)))
    pipe.write(content)
    pipe.flush()


def receive(pipe: IO[bytes]) -> bytes:
    """Read one message's bytes; EOFError when the other side has gone."""
    (length,) = LENGTH.unpack(_exactly(pipe, LENGTH.size))
    return _exactly(pipe, length)


def _exactly(pipe: IO[bytes], length: int) -> bytes:
    content = pipe.read(length)
    if len(content) < length:
        raise EOFError
    return content
