"""Fingerprints of files and of facts."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from pydantic import JsonValue

from evalgate.errors import Problem, UserMistake

CHUNK_BYTES = 1 << 20
_CANONICAL = json.JSONEncoder(  # one for all: json.dumps makes another for every call
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
)


def canonical(value: JsonValue) -> bytes:
    """Write `value` in the one form that is hashed: sorted keys, no spaces, UTF-8."""
    return _CANONICAL.encode(value).encode("utf-8", "surrogatepass")


def digest_of_json(value: JsonValue) -> str:
    """Fingerprint a JSON value; the order of its keys does not matter."""
    return digest_of_bytes(canonical(value))


def digest_of_bytes(content: bytes) -> str:
    """Fingerprint bytes."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def digest_of_file(path: Path) -> str:
    """Fingerprint a file's bytes without holding them."""
    hashed = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            hashed.update(chunk)
    return f"sha256:{hashed.hexdigest()}"


def digest_of_globs(root: Path, globs: Iterable[str], *, where: str) -> dict[str, str]:
    """Fingerprint every file that the globs name; a glob that names none is a mistake.

    `where` is the file that wrote the globs, for the message.
    """
    found: dict[str, str] = {}
    problems: list[Problem] = []
    for glob in globs:
        remedy = f"globs are relative to {root.name or root}/"
        try:
            matches = _files(root, glob)
            found |= {path.relative_to(root).as_posix(): digest_of_file(path) for path in matches}
            fault = "" if matches else f"{glob!r} names no file"
        except OSError as error:
            fault, remedy = f"{glob!r} cannot be read: {error.strerror or error}", ""
        except (ValueError, NotImplementedError):  # pathlib's words for "" and for "/etc"
            fault = f"{glob!r} is not a pattern of files in the project"
        if fault:
            problems.append(Problem(fault, path=where, key="digest_of", remedy=remedy))
    if problems:
        raise UserMistake(problems)
    return found


def _files(root: Path, glob: str) -> list[Path]:
    if ".." in Path(glob).parts:
        raise ValueError(glob)
    return [
        path
        for path in sorted(root.glob(glob))
        if path.is_file() and "__pycache__" not in path.parts  # compiled again at will
    ]
