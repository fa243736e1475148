"""Reopen a run: its cases one by one, and the scoresheet that the gate decides on."""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from sys import intern
from typing import BinaryIO, assert_never

from evalgate.domain.answer import NotProduced, Produced, Unanswered
from evalgate.domain.case import SliceValue
from evalgate.domain.judgement import Judgement, Scored, Unscored
from evalgate.domain.run import JudgedCase, Manifest
from evalgate.domain.scale import MEASURED_SCORES
from evalgate.domain.sheet import Absence, CaseFacts, Column, Mark, Marks, Scoresheet
from evalgate.errors import Problem, UserMistake
from evalgate.results.manifests import AGAIN, EDITED, JUDGEMENTS, load_manifest, parse_judged
from evalgate.sources.digests import digest_of_file
from evalgate.sources.nearest import did_you_mean

MOST_MARKS_SHARED = 1000


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

    def case(self, wanted: str) -> JudgedCase:
        """One judged case; an unknown one offers the nearest."""
        seen = []
        for judged in self.cases():
            if judged.id == wanted:
                return judged
            seen.append(judged.id)
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
        cases: dict[str, CaseFacts] = {}
        positions: dict[str, int] = {}
        marks: dict[str, list[Mark]] = {name: [] for name in (*judges, *measured)}
        timeout_s = self.manifest.candidate.timeout_s
        once = _Once()
        for number, judged in enumerate(self.cases()):
            case = intern(judged.id)
            positions[case] = number
            cases[case] = once.facts(judged)
            for name in judges:
                marks[name].append(once.mark(mark_of(judged.judgements.get(name))))
            for name in measured:
                marks[name].append(once.mark(measured_mark(judged, name, timeout_s)))
        columns = {
            name: Column(scale, Marks(positions, marks[name]))
            for name, scale in {**judges, **measured}.items()
        }
        return Scoresheet(cases, columns, self.partial(), self.manifest.run_id)

    def partial(self) -> str:
        """Which part of the evalset this run covers; empty when it is whole."""
        if self.manifest.status != "finished":
            return f"unfinished ({self.manifest.status})"
        judged, cases = self.manifest.judged, self.manifest.evalset.cases
        selection = str(self.manifest.selection)
        # judged again after its evalset moved on, a run has the cases in common
        if not selection and not self.manifest.rejudged_from and judged != cases:
            return f"{judged} of {cases} cases"
        return selection


class _Once:
    """Keep equal things once: 100,000 cases have few slices, and two runs the same cases."""

    def __init__(self) -> None:
        self._slices: dict[str, Mapping[str, SliceValue]] = {}
        self._marks: dict[float, float] = {}

    def facts(self, judged: JudgedCase) -> CaseFacts:
        """What the gate needs of a case."""
        written = repr(judged.slices)  # 1, 1.0 and true are equal, and not the same
        slices = self._slices.setdefault(written, judged.slices)
        cluster = None if judged.cluster is None else intern(judged.cluster)
        return CaseFacts(intern(judged.inputs_digest), slices, cluster)

    def mark(self, mark: Mark) -> Mark:
        """A mark; most judges give few different scores."""
        if isinstance(mark, Absence):
            return mark
        if len(self._marks) < MOST_MARKS_SHARED:
            return self._marks.setdefault(mark, mark)
        return self._marks.get(mark, mark)


def open_run(folder: Path) -> StoredRun:
    """Open the run in `folder`."""
    return StoredRun(folder, load_manifest(folder))


def mark_of(judgement: Judgement | None) -> Mark:
    """What the gate needs of a judgement; one that is absent was never made."""
    match judgement:
        case Scored():
            return judgement.score
        case NotProduced():
            return Absence.NOT_PRODUCED
        case Unanswered():
            return Absence.UNANSWERED
        case Unscored() | None:
            return Absence.UNSCORED
        case _:
            assert_never(judgement)


def measured_mark(judged: JudgedCase, score: str, timeout_s: float | None) -> Mark:
    """A measured score of an answer; what the candidate does not report is not zero."""
    match judged.answer:
        case NotProduced() if score == "latency_s" and timeout_s is not None:
            return timeout_s
        case NotProduced():
            return Absence.NOT_PRODUCED
        case Unanswered():
            return Absence.UNANSWERED
        case Produced() as answer:
            number = _measured(answer, score)
            return Absence.UNSCORED if number is None else float(number)
        case _:
            assert_never(judged.answer)


def _measured(answer: Produced, score: str) -> float | None:
    match score:
        case "latency_s":
            return answer.latency_s
        case "cost_usd":
            return answer.cost_usd
        case "input_tokens":
            return answer.usage.input_tokens if answer.usage else None
        case "output_tokens":
            return answer.usage.output_tokens if answer.usage else None
        case _:
            raise AssertionError(score)  # only what MEASURED_SCORES names is asked for
