"""A shard on disk, as one job hands it to the next: `shard.json`, and a folder for each run."""

import shutil
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from evalgate.domain.shard import Role, Shard
from evalgate.errors import Problem, ServiceFailed, UserMistake
from evalgate.results.joining import Change, as_it_is, written_as_one
from evalgate.results.manifests import JUDGEMENTS, MANIFEST, seal_of, write_whole
from evalgate.results.reading import StoredRun, open_run
from evalgate.sources.strict import load_json_record

FILE = "shard.json"
LARGEST_BYTES = {JUDGEMENTS: 4 << 30, MANIFEST: 4 << 20, FILE: 4 << 20}
MOST_FOUND = 2_000
ADAPTER: TypeAdapter[Shard] = TypeAdapter(Shard)
AGAIN = "a shard is never edited; run its job again"


@dataclass(frozen=True, slots=True)
class StoredShard:
    """A shard in its folder; `shown_as` is how people know the folder."""

    folder: Path
    shown_as: str
    facts: Shard

    def run(self, role: Role) -> StoredRun:
        """One of its runs; one that is not what was sealed is a mistake."""
        shown_as = f"{self.shown_as}/{role}"
        if (self.folder / role).is_symlink():
            raise UserMistake(Problem("is not a plain folder", shown_as))
        for name in (MANIFEST, JUDGEMENTS):
            _refuse_odd(self.folder / role / name, f"{shown_as}/{name}")
        run = open_run(self.folder / role)
        if run.manifest.seal != self.facts.runs.get(role):
            fault = "is not the run that the shard was sealed with"
            raise UserMistake(Problem(fault, f"{shown_as}/{MANIFEST}", remedy=AGAIN))
        run.refuse_edited()
        return run


def folder_of(suite: str, shard: tuple[int, int]) -> str:
    """The name of a shard's folder."""
    return f"{suite}.{shard[0]}-of-{shard[1]}"


def write_shard(
    into: Path, facts: Shard, runs: Mapping[Role, StoredRun], change: Change = as_it_is
) -> StoredShard:
    """Write a shard into a folder of its own below `into`, in place of an earlier try.

    `shard.json` comes last: a folder without it is no shard.
    """
    name = folder_of(facts.suite, (facts.shard, facts.of))
    folder = into / name
    try:
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir(parents=True)
    except OSError as error:
        raise ServiceFailed(f"{folder} cannot be written: {error.strerror or error}") from error
    seals = {
        role: written_as_one(folder / role, run.manifest, [run], change).manifest.seal
        for role, run in runs.items()
    }
    whole = facts.model_copy(update={"runs": seals})
    sealed = whole.model_copy(update={"seal": seal_of(whole.model_dump(mode="json"))})
    write_whole(folder / FILE, sealed.model_dump_json(indent=2) + "\n")
    return StoredShard(folder, name, sealed)


def load_shards(below: Path) -> tuple[StoredShard, ...]:
    """Find every shard below a folder; the faults of all of them at once."""
    found = sorted(below.rglob(FILE))[: MOST_FOUND + 1]
    if len(found) > MOST_FOUND:
        raise UserMistake(Problem(f"holds more than {MOST_FOUND} shards", str(below)))
    shards: list[StoredShard] = []
    problems: list[Problem] = []
    for file in found:
        shown_as = file.parent.relative_to(below).as_posix()
        try:
            shards.append(_load(file, shown_as))
        except UserMistake as mistake:
            problems += mistake.problems
    if problems:
        raise UserMistake(problems)
    return tuple(shards)


def _load(file: Path, shown_as: str) -> StoredShard:
    shown = f"{shown_as}/{FILE}"
    _refuse_odd(file, shown)
    facts = load_json_record(ADAPTER, file, shown)
    if facts.seal != seal_of(facts.model_dump(mode="json")):
        raise UserMistake(Problem("was edited after it was written", shown, remedy=AGAIN))
    return StoredShard(file.parent, shown_as, facts)


def _refuse_odd(file: Path, shown_as: str) -> None:
    """Raise UserMistake for what an artifact should not hold: links, devices, giants."""
    try:
        found = file.lstat()
    except OSError as error:
        fault = f"cannot be read: {error.strerror or error}"
        raise UserMistake(Problem(fault, shown_as, remedy=AGAIN)) from error
    if not stat.S_ISREG(found.st_mode):
        raise UserMistake(Problem("is not a plain file", shown_as))
    if found.st_size > (largest := LARGEST_BYTES[file.name]):
        raise UserMistake(Problem(f"is larger than {largest >> 20:,} MiB", shown_as))
