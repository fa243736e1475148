"""From judged cases to the marks that the gate sees: one for a case, or one for each trial."""

from collections.abc import Mapping
from sys import intern
from typing import assert_never

from evalgate.domain.answer import NotProduced, Produced, Unanswered
from evalgate.domain.case import SliceValue
from evalgate.domain.judgement import Judgement, Scored, Unscored
from evalgate.domain.run import JudgedCase, Manifest
from evalgate.domain.scale import Scale
from evalgate.domain.sheet import Absence, CaseFacts, CaseMark, Column, Mark, Marks

MOST_MARKS_SHARED = 1000


class Filling:
    """The columns of a sheet while a run's cases are read, in whatever order they were judged."""

    def __init__(
        self, manifest: Manifest, judges: Mapping[str, Scale], measured: Mapping[str, Scale]
    ) -> None:
        self._judges = judges
        self._measured = measured
        self._trials = manifest.trials
        self._timeout_s = manifest.candidate.timeout_s
        self._once = _Once()
        self._cases: dict[str, CaseFacts] = {}
        self._marks: dict[str, list[CaseMark]] = {name: [] for name in (*judges, *measured)}
        self._waiting: dict[str, dict[int, JudgedMarks]] = {}

    def take(self, judged: JudgedCase) -> None:
        """Put one answer's marks into their columns; those of several trials when all are there."""
        found = self._marks_of(judged)
        if self._trials == 1:
            self._put(judged, found)
            return
        trials = self._waiting.setdefault(judged.id, {})
        trials[judged.trial] = found
        if len(trials) == self._trials:
            del self._waiting[judged.id]
            in_order = [trials[trial] for trial in sorted(trials)]
            self._put(judged, tuple(zip(*in_order, strict=True)))

    def columns(self) -> tuple[dict[str, CaseFacts], dict[str, Column]]:
        """The cases and their columns; a case that a stopped run answered in part is left out."""
        positions = {case: number for number, case in enumerate(self._cases)}
        scales = {**self._judges, **self._measured}
        return self._cases, {
            name: Column(scale, Marks(positions, self._marks[name]), self._trials)
            for name, scale in scales.items()
        }

    def _put(self, judged: JudgedCase, marks: "tuple[CaseMark, ...]") -> None:
        self._cases[intern(judged.id)] = self._once.facts(judged)
        for column, mark in zip(self._marks.values(), marks, strict=True):
            column.append(mark)

    def _marks_of(self, judged: JudgedCase) -> "JudgedMarks":
        judgements = (mark_of(judged.judgements.get(name)) for name in self._judges)
        measures = (measured_mark(judged, name, self._timeout_s) for name in self._measured)
        return tuple(map(self._once.mark, (*judgements, *measures)))


JudgedMarks = tuple[Mark, ...]
"""One answer's marks, column by column."""


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
