"""The folder of runs: a new one, one by name, the ones that fit."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from evalgate.domain.listings import RunList
from evalgate.domain.run import Manifest, is_whole
from evalgate.errors import Problem, UserMistake
from evalgate.results.manifests import MANIFEST
from evalgate.results.reading import StoredRun, open_run
from evalgate.results.writing import RunWriter
from evalgate.sources.nearest import did_you_mean


@dataclass(frozen=True, slots=True)
class Runs:
    """All runs of a project."""

    folder: Path

    def new_id(self, candidate: str, now: dt.datetime) -> str:
        """A name that sorts by time and tells which candidate it was."""
        import secrets  # here: only who starts a run needs a new name

        plain = re.sub(r"[^A-Za-z0-9._-]+", "-", candidate).strip("-.")[:40]
        moment = f"{now:%Y%m%d-%H%M%S}.{now.microsecond // 1000:03d}"
        return f"{moment}-{plain}-{secrets.token_hex(2)}"

    def write(self, manifest: Manifest) -> RunWriter:
        """Start a run, or go on with the one of that name."""
        return RunWriter(self.folder / manifest.run_id, manifest)

    def names(self) -> list[str]:
        """The runs there are, the newest last."""
        return sorted(path.parent.name for path in self.folder.glob(f"*/{MANIFEST}"))

    def open(self, name: str) -> StoredRun:
        """Open a run by its name, an unambiguous beginning of it, or `latest`.

        That is the run that a command made or reported last: one that answers again was made
        before others.
        """
        names = self.names()
        if name == "latest" and names:
            return open_run(self.folder / max(names, key=self._last_spoken_of))
        found = [name] if name in names else [other for other in names if other.startswith(name)]
        if len(found) == 1:
            return open_run(self.folder / found[0])
        fault = f"several runs begin with {name!r}" if found else f"there is no run {name!r}"
        remedy = f"known: {', '.join(found[:5])}" if found else did_you_mean(name, names[-20:])
        raise UserMistake(Problem(fault, remedy=remedy))

    def _last_spoken_of(self, name: str) -> tuple[int, str]:
        return (self.folder / name / MANIFEST).stat().st_mtime_ns, name

    def readable(self) -> Iterator[StoredRun | Problem]:
        """Every run, the newest first, or what is wrong with it."""
        for name in reversed(self.names()):
            try:
                yield open_run(self.folder / name)
            except UserMistake as mistake:
                yield mistake.problems[0]

    def listed(self) -> RunList:
        """All runs, and what is wrong with those that do not open."""
        found = list(self.readable())
        return RunList(
            runs=tuple(run.manifest for run in found if isinstance(run, StoredRun)),
            unreadable=tuple(problem for problem in found if isinstance(problem, Problem)),
        )

    def like(self, wanted: Manifest) -> Iterator[StoredRun]:
        """Runs with the same candidate, evalset and selection, the newest first."""
        for run in self.readable():
            if isinstance(run, StoredRun) and is_same_work(run.manifest, wanted):
                yield run


def is_same_work(one: Manifest, other: Manifest) -> bool:
    """True when both ask the same candidate, under the same name, the same cases as often.

    A model of the same name at another endpoint is another model.
    """
    return (
        one.candidate.name == other.candidate.name
        and one.candidate.digest == other.candidate.digest
        and (one.evalset.ref, one.evalset.digest) == (other.evalset.ref, other.evalset.digest)
        and one.selection == other.selection
        and one.trials == other.trials
        and one.candidate.endpoint == other.candidate.endpoint
    )


def is_same_candidate(one: Manifest, other: Manifest, *, anywhere: bool = False) -> bool:
    """True when nothing says that two runs, on one commit or `anywhere`, are of two candidates.

    Under whatever name, over the same cases, however often. Where a digest does not cover the code,
    code that was not committed may have changed in between: nobody knows, so that it is not taken
    for a change. Only a commit is one, `digest_of`, or an origin elsewhere.
    """
    ours, theirs = one.candidate, other.candidate
    known = (ours.digest, ours.kind, ours.endpoint, one.evalset.digest) == (
        theirs.digest,
        theirs.kind,
        theirs.endpoint,
        other.evalset.digest,
    )
    one_commit = one.provenance.commit == other.provenance.commit
    if ours.complete:
        return known and (anywhere or one_commit)
    return known and one_commit and ours.origin == theirs.origin


def is_same_judging(one: Manifest, other: Manifest) -> bool:
    """True when every judge that `other` wants judged `one` as well, with the same digest."""
    return all(one.judges.get(name) == identity for name, identity in other.judges.items())


def _has_every_case(run: Manifest, wanted: Manifest) -> bool:
    """A run judged again after another version was run has only the cases in common."""
    if str(wanted.selection):
        return not run.rejudged_from
    return is_whole(run) and run.judged == wanted.evalset.cases * wanted.trials


def is_reusable(run: Manifest, wanted: Manifest) -> bool:
    """True when a stored run answers for the wanted one.

    That needs a candidate whose digest covers all that determines its answers.
    """
    return has_answers(run, wanted) and is_same_judging(run, wanted) and not run.unjudged


def has_answers(run: Manifest, wanted: Manifest) -> bool:
    """True when a stored run has the answers of the wanted one, whoever judged them."""
    return (
        run.candidate.complete
        and is_same_work(run, wanted)
        and run.status == "finished"
        and _has_every_case(run, wanted)
        and not may_be_answered(run)
    )


def may_be_answered(run: Manifest) -> bool:
    """True when another try may answer more; recorded answers stay as they are."""
    return run.unanswered > 0 and run.candidate.kind != "recorded"
