"""What the nights leave for one another: what each said, and the runs of good ones by suite."""

import shutil
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from evalgate.domain.baseline_file import BaselineFile
from evalgate.domain.night import PastNight
from evalgate.domain.shard import LastNight
from evalgate.errors import ServiceFailed, UserMistake
from evalgate.github.nights.before import ARTIFACT, FIRST
from evalgate.github.nights.file import FILE, load_nights, write_nights
from evalgate.github.reports import LARGEST_BYTES, refuse_odd
from evalgate.results.baseline_files import load_baseline, write_baseline

LAST_GOOD, FIRST_GOOD = "good", "first"
Files = Mapping[str, BaselineFile]  # by suite


@dataclass(frozen=True, slots=True)
class KeptNights:
    """The nights before. `unknown`: there may be some, so that nothing may take their place.

    `damaged`: there were some, and not all of them can be read.
    """

    lines: tuple[PastNight, ...] = ()
    good: Files = field(default_factory=dict)
    first: Files = field(default_factory=dict)
    said: tuple[str, ...] = ()
    unknown: bool = False
    damaged: bool = False

    @property
    def doubtful(self) -> bool:
        """True when a night that looks good may be worse than one that nobody could read."""
        return self.unknown or self.damaged


def shown_as(kind: str, suite: str) -> str:
    """What people are told of a file: it lies in an artifact, wherever that was unpacked."""
    return f"{ARTIFACT}/{kind}/{suite}.json"


def load_kept(folder: Path, last: LastNight | None, suites: Collection[str]) -> KeptNights:
    """Read what the last night left; what is damaged or of another run counts as no night.

    `last` is what the plan found; None outside of GitHub Actions: there is what the folder has.
    """
    if last and last.unknown:
        return KeptNights(said=(last.said,), unknown=True)
    if not folder.is_dir():
        if last and last.run_id:
            why = f"the artifact {ARTIFACT} of workflow run {last.run_id} could not be fetched"
            return KeptNights(said=(f"the nights before are not known: {why}",), unknown=True)
        return KeptNights(said=((last.said if last else "") or FIRST,))
    try:
        lines = load_nights(folder / FILE, f"{ARTIFACT}/{FILE}")
    except UserMistake as mistake:
        return KeptNights(said=(f"{FIRST} that can be used: {mistake}",), damaged=True)
    newest = lines[-1].workflow_run if lines else 0
    # an earlier one: the merge of that night was refused, and it handed on what it was given
    if last and not 0 < newest <= last.run_id:
        why = f"{ARTIFACT} of workflow run {last.run_id} ends with {newest or 'none'}"
        return KeptNights(said=(f"{FIRST} that can be used: {why}",), damaged=True)
    said: list[str] = []
    good, first = (dict(_files(folder, kind, suites, said)) for kind in (LAST_GOOD, FIRST_GOOD))
    return KeptNights(lines, good, first, tuple(said), damaged=bool(said))


def _files(
    folder: Path, kind: str, suites: Collection[str], said: list[str]
) -> Iterator[tuple[str, BaselineFile]]:
    for suite in suites:
        path, told = folder / kind / f"{suite}.json", shown_as(kind, suite)
        if not path.exists() and not path.is_symlink():
            continue
        try:
            refuse_odd(path, told, LARGEST_BYTES)
            read = load_baseline(path, told)
        except UserMistake as mistake:
            said.append(f"not used: {mistake}")
            continue
        if read.suite == suite:
            yield suite, read
        else:
            said.append(f"not used: {told} is of suite {read.suite}")


def write_kept(folder: Path, nights: KeptNights) -> None:
    """Put these nights in the place of what lies in the folder."""
    try:
        shutil.rmtree(folder, ignore_errors=True)
        for kind in (LAST_GOOD, FIRST_GOOD):
            (folder / kind).mkdir(parents=True)
    except OSError as error:
        raise ServiceFailed(f"{folder} cannot be written: {error.strerror or error}") from error
    write_nights(folder / FILE, nights.lines)
    for kind, files in ((LAST_GOOD, nights.good), (FIRST_GOOD, nights.first)):
        for suite, baseline in files.items():
            write_baseline(folder / kind / f"{suite}.json", baseline)
