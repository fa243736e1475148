"""A run's manifest on disk: written whole or not at all, sealed against editing."""

import json
import os
import time
from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from evalgate.domain.record import JsonValue
from evalgate.domain.run import JudgedCase, Manifest
from evalgate.errors import Problem, ServiceFailed, UserMistake
from evalgate.sources.atomic import written_whole
from evalgate.sources.digests import digest_of_json

MANIFEST = "manifest.json"
JUDGEMENTS = "judgements.jsonl"


def seal_of(written: Mapping[str, JsonValue]) -> str:
    """Fingerprint everything that a manifest says but the seal itself.

    What is written, not what is read: an older manifest says nothing of keys that came later.
    """
    return digest_of_json({key: value for key, value in written.items() if key != "seal"})


def write_manifest(folder: Path, manifest: Manifest) -> Manifest:
    """Seal a manifest and put it in its folder in one step."""
    sealed = manifest.model_copy(update={"seal": seal_of(manifest.model_dump(mode="json"))})
    write_whole(folder / MANIFEST, sealed.model_dump_json(indent=2) + "\n")
    return sealed


def mark_reported(folder: Path) -> None:
    """Have `latest` mean this run until another is made or reported; raises OSError."""
    now = time.time_ns()  # the system's own time of a file is a few milliseconds behind
    os.utime(folder / MANIFEST, ns=(now, now))


def write_whole(path: Path, text: str) -> None:
    """Write a file so that a reader sees the old text or the new one, never a part."""
    try:
        with written_whole(path) as file:
            file.write(text.encode())
    except OSError as error:
        raise ServiceFailed(f"{path} cannot be written: {error.strerror or error}") from error


def load_manifest(folder: Path) -> Manifest:
    """Read a run's manifest; one that was edited is a mistake."""
    path = folder / MANIFEST
    shown_as = f"{folder.name}/{MANIFEST}"
    try:
        written = path.read_bytes()
        manifest = Manifest.model_validate_json(written)
    except OSError as error:
        raise UserMistake(Problem(f"cannot be read: {error.strerror}", path=shown_as)) from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        raise UserMistake(
            Problem(f"is not a manifest: {first['msg']}", path=shown_as, key=key, remedy=AGAIN)
        ) from None
    if manifest.seal != seal_of(json.loads(written)):
        raise UserMistake(Problem(EDITED, path=shown_as, remedy=AGAIN))
    return manifest


def parse_judged(line: bytes, shown_as: str, number: int) -> JudgedCase:
    """Read one line of a run; one that is no judged case is a mistake."""
    try:
        return JudgedCase.model_validate_json(line)
    except ValidationError:
        raise UserMistake(Problem("is not a judged case", shown_as, number, remedy=AGAIN)) from None


AGAIN = "a run is never edited; remove its folder and run it again"
EDITED = "was edited after it was written"
