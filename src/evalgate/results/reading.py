"""Reopen a run: its cases one by one, and the scoresheet that the gate decides on."""

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from evalgate.domain.run import CaseTrials, JudgedCase, Manifest
from evalgate.domain.scale import MEASURED_SCORES
from evalgate.domain.sheet import Scoresheet
from evalgate.errors import Problem, UserMistake
from evalgate.results.manifests import AGAIN, EDITED, JUDGEMENTS, load_manifest, parse_judged
from evalgate.results.marking import Filling
from evalgate.sources.digests import digest_of_file
from evalgate.sources.nearest import did_you_mean


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A run on disk."""

    folder: Path
    manifest: Manifest

    @property
    def judgements_file(self) -> Path:
        """The file of judged cases."""
        return self.folder / JUDGEMENTS

    def cases(self) -> Iterator[JudgedCase]:
        """Every judged case, in the order of the file; an edited file is a mistake.

        A run that is not finished may end in a torn line, which is passed over.
        """
        hashed = hashlib.sha256()
        shown_as = f"{self.folder.name}/{JUDGEMENTS}"
        sealed = self.manifest.status != "running"
        with self._opened(shown_as) as file:
            for number, line in enumerate(file, 1):
                if not line.endswith(b"\n") and not sealed:
                    return
                hashed.update(line)
                yield parse_judged(line, shown_as, number)
        if sealed and f"sha256:{hashed.hexdigest()}" != self.manifest.judgements_digest:
            raise UserMistake(Problem(EDITED, path=shown_as, remedy=AGAIN))

    def case(self, wanted: str) -> JudgedCase | CaseTrials:
        """One case, each trial of it where there are several; an unknown one offers the nearest."""
        trials, seen = list[JudgedCase](), dict[str, None]()
        for judged in self.cases():
            if judged.id == wanted:
                trials.append(judged)
            else:
                seen[judged.id] = None
            if len(trials) == self.manifest.trials:
                break
        if trials and self.manifest.trials == 1:
            return trials[0]
        if trials:
            return CaseTrials(id=wanted, trials=tuple(sorted(trials, key=lambda one: one.trial)))
        fault = f"{self.manifest.run_id} has no case {wanted!r}"
        raise UserMistake(Problem(fault, remedy=did_you_mean(wanted, seen)))

    def refuse_edited(self) -> None:
        """Raise UserMistake when the judged cases are not what was sealed; parses none of them."""
        if self.manifest.status == "running":
            return
        shown_as = f"{self.folder.name}/{JUDGEMENTS}"
        with self._opened(shown_as):
            digest = digest_of_file(self.judgements_file)
        if digest != self.manifest.judgements_digest:
            raise UserMistake(Problem(EDITED, path=shown_as, remedy=AGAIN))

    def _opened(self, shown_as: str) -> BinaryIO:
        try:
            return self.judgements_file.open("rb")
        except OSError as error:
            fault = f"cannot be read: {error.strerror}"
            raise UserMistake(Problem(fault, path=shown_as, remedy=AGAIN)) from error

    def sheet(self, scores: Collection[str] | None = None) -> Scoresheet:
        """The run as the gate sees it; `scores` leaves out columns that nobody asks for."""
        judges = {
            name: identity.scale
            for name, identity in self.manifest.judges.items()
            if scores is None or name in scores
        }
        measured = {
            name: scale
            for name, scale in MEASURED_SCORES.items()
            if scores is None or name in scores
        }
        filling = Filling(self.manifest, judges, measured)
        for judged in self.cases():
            filling.take(judged)
        cases, columns = filling.columns()
        return Scoresheet(cases, columns, self.partial(), self.manifest.run_id)

    def partial(self) -> str:
        """Which part of the evalset this run covers; empty when it is whole."""
        if self.manifest.status != "finished":
            return f"unfinished ({self.manifest.status})"
        judged, trials = self.manifest.judged, self.manifest.trials
        wanted = self.manifest.evalset.cases * trials
        selection = str(self.manifest.selection)
        # judged again after its evalset moved on, a run has the cases in common
        if not selection and not self.manifest.rejudged_from and judged != wanted:
            return f"{judged} of {wanted} {'cases' if trials == 1 else 'answers'}"
        return selection


def open_run(folder: Path) -> StoredRun:
    """Open the run in `folder`."""
    return StoredRun(folder, load_manifest(folder))
