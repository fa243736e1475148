"""Write a run: a line per judged case, in one append each, so that a kill loses no whole line."""

import datetime as dt
import fcntl
import hashlib
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, NamedTuple

from evalgate.domain.identity import JudgeIdentity
from evalgate.domain.judgement import Judgement, Scored, Unscored
from evalgate.domain.run import JudgedCase, Manifest
from evalgate.errors import Problem, ServiceFailed, UserMistake
from evalgate.results.manifests import (
    AGAIN,
    EDITED,
    JUDGEMENTS,
    MANIFEST,
    load_manifest,
    parse_judged,
    write_manifest,
)
from evalgate.sources.digests import CHUNK_BYTES
from evalgate.sources.own_folder import make_folder


class Took(NamedTuple):
    """What an evaluation took: seconds, and what its calls cost, the judges' too."""

    duration_s: float
    paid_usd: float = 0.0


class RunWriter:
    """The one writer of a run's folder; holds its lock until it is closed."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder = folder
        self.manifest = manifest
        self.done: set[tuple[str, int]] = set()  # cases and trials
        self._cost: float | None = None
        self._unanswered = self._unjudged = self._asked_again = 0
        self._unscored: Counter[str] = Counter()
        self._hashed = hashlib.sha256()
        self._length = 0  # bytes of whole lines
        try:
            make_folder(folder)
            self._file = os.open(
                folder / JUDGEMENTS, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644
            )
        except OSError as error:
            raise ServiceFailed(f"{folder} cannot be written: {error.strerror}") from error
        try:
            self._lock()
            self._keep_what_is_whole()
            self.manifest = write_manifest(folder, manifest)
        except BaseException:
            self.let_go()
            raise

    def append(self, judged: JudgedCase) -> None:
        """Add one case; it is on disk when this returns, whatever happens to the process."""
        line = judged.model_dump_json().encode() + b"\n"
        try:
            written = os.write(self._file, line)
        except OSError as error:
            raise self._full(error.strerror or str(error)) from error
        if written != len(line):
            raise self._full("no space left")
        self._remember(judged, line)

    def close(
        self, status: Literal["stopped", "finished"], now: dt.datetime, took: Took
    ) -> Manifest:
        """Seal the run and let go of its folder."""
        self.manifest = write_manifest(
            self.folder,
            self.manifest.model_copy(
                update={
                    "status": status,
                    "finished": now,
                    "duration_s": round((self.manifest.duration_s or 0.0) + took.duration_s, 3),
                    "paid_usd": self.manifest.paid_usd + took.paid_usd,
                    "cost_usd": self._cost,
                    "judged": len(self.done),
                    "unanswered": self._unanswered,
                    "unjudged": self._unjudged,
                    "asked_again": self._asked_again,
                    "unscored": dict(self._unscored),
                    "judgements_digest": self._digest,
                }
            ),
        )
        self.let_go()
        return self.manifest

    def let_go(self) -> None:
        """Release the folder without sealing it: what is there can still be read and resumed."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _remember(self, judged: JudgedCase, line: bytes) -> None:
        self.done.add((judged.id, judged.trial))
        self._hashed.update(line)
        self._length += len(line)
        self._unanswered += judged.answer.kind == "unanswered"
        self._unscored.update(
            name for name, each in judged.judgements.items() if isinstance(each, Unscored)
        )
        self._asked_again += sum(
            judgement.asked_again
            for judgement in judged.judgements.values()
            if isinstance(judgement, Scored | Unscored)
        )
        self._unjudged += any(
            _has_failed(judgement, self.manifest.judges.get(name))
            for name, judgement in judged.judgements.items()
        )
        if judged.answer.kind == "produced" and judged.answer.cost_usd is not None:
            self._cost = (self._cost or 0.0) + judged.answer.cost_usd

    def _lock(self) -> None:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            fault = f"the run {self.manifest.run_id} is being written by another process"
            remedy = "wait for it, or start a run of your own"
            raise UserMistake(Problem(fault, remedy=remedy)) from None

    def _keep_what_is_whole(self) -> None:
        """Take over the lines of an earlier try; the torn last one was never acknowledged."""
        shown_as = f"{self.folder.name}/{JUDGEMENTS}"
        for number, line in enumerate(_whole_lines(self.folder / JUDGEMENTS), 1):
            self._remember(parse_judged(line, shown_as, number), line)
        if (self.folder / MANIFEST).exists():
            earlier = load_manifest(self.folder)
            if earlier.status != "running" and earlier.judgements_digest != self._digest:
                raise UserMistake(Problem(EDITED, path=shown_as, remedy=AGAIN))
        os.ftruncate(self._file, self._length)

    @property
    def _digest(self) -> str:
        return f"sha256:{self._hashed.hexdigest()}"

    def _full(self, why: str) -> ServiceFailed:
        os.ftruncate(self._file, self._length)  # half a line is no line
        kept = "cases" if self.manifest.trials == 1 else "answers"
        return ServiceFailed(
            f"{self.folder / JUDGEMENTS} cannot be written: {why}; {len(self.done)} {kept} are"
            " kept, and the same command goes on from there"
        )


def is_being_written(folder: Path) -> bool:
    """True when a process that lives holds the run's folder."""
    try:
        with (folder / JUDGEMENTS).open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False


def _has_failed(judgement: Judgement, judge: JudgeIdentity | None) -> bool:
    """True when another try may give a verdict; recorded verdicts stay as they are."""
    if not isinstance(judgement, Unscored):
        return False
    asks = judge is not None and bool(judge.model)
    return judgement.cause == "judge_error" or (asks and judgement.cause == "not_recorded")


def _whole_lines(path: Path) -> Iterator[bytes]:
    with path.open("rb", buffering=CHUNK_BYTES) as file:
        for line in file:
            if not line.endswith(b"\n"):
                return
            yield line


@contextmanager
def letting_go(writer: RunWriter) -> Iterator[RunWriter]:
    """Release the run's folder however the work ends."""
    try:
        yield writer
    finally:
        writer.let_go()
