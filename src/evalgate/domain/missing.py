"""Why cases have no answer, or no score by a judge: the most frequent reasons, counted."""

import heapq
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, NamedTuple

from pydantic import Field

from evalgate.domain.answer import Unanswered
from evalgate.domain.judgement import Unscored
from evalgate.domain.record import Record
from evalgate.domain.run import JudgedCase, Manifest

NAMED = 3  # cases of one reason
MOST_REASONS = 3  # of one judge's, or of the answers'
COMPARED = 120  # characters of a reason: what comes later is the case's own
LOOKED_AT = 1_000  # characters, in which digits are looked for

_DIGITS = re.compile(r"\d+")


class Missing(Record):
    """Cases that lack one thing for one reason; `judge` is empty when it is the answer."""

    candidate: str
    judge: str = ""
    by_model: bool = False  # the candidate's or the judge's; nothing else is asked again in vain
    cause: str
    detail: str  # what the first of the cases met
    reasons: int = Field(default=1, ge=1)  # more than one: the rest, none of them frequent
    cases: int = Field(ge=1)
    first: Annotated[tuple[str, ...], Field(min_length=1, max_length=NAMED)]  # by their names


def missing_in(manifest: Manifest, cases: Iterable[JudgedCase]) -> tuple[Missing, ...]:
    """Count what a run lacks: the answers' reasons, then each judge's, the most frequent first.

    Reasons that differ in digits alone are one.
    """
    found: dict[str, dict[_Reason, _Lack]] = {}
    for judged in cases:
        for judge, cause, detail in _lacks(judged):
            reason = _Reason(cause, _DIGITS.sub("0", detail[:LOOKED_AT])[:COMPARED])
            found.setdefault(judge, {}).setdefault(reason, _Lack()).take(judged.id, detail)
    return tuple(
        lack for judge, reasons in sorted(found.items()) for lack in _told(manifest, judge, reasons)
    )


class _Reason(NamedTuple):
    """What cases have in common."""

    cause: str
    words: str


@dataclass(slots=True)
class _Lack:
    """The cases of one reason; only the first by name are kept with what they met."""

    cases: set[str] = field(default_factory=set)  # a case may lack several of its trials
    named: list[tuple[str, str]] = field(default_factory=list)

    def take(self, case: str, detail: str) -> None:
        """Count one case."""
        if case not in self.cases:
            self.cases.add(case)
            self.named = heapq.nsmallest(NAMED, [*self.named, (case, detail)])


def _lacks(judged: JudgedCase) -> Iterator[tuple[str, str, str]]:
    if isinstance(judged.answer, Unanswered):
        yield "", judged.answer.cause, judged.answer.detail
    for judge, judgement in judged.judgements.items():
        if isinstance(judgement, Unscored):
            yield judge, judgement.cause, judgement.detail


def _told(manifest: Manifest, judge: str, reasons: Mapping[_Reason, _Lack]) -> Iterator[Missing]:
    asked = manifest.judges[judge].model if judge else manifest.candidate.model
    by_frequency = sorted(reasons.items(), key=lambda each: (-len(each[1].cases), each[0]))
    rest = by_frequency[MOST_REASONS:]
    groups = [[each] for each in by_frequency[:MOST_REASONS]]
    for group in [*groups, rest] if rest else groups:
        named = heapq.nsmallest(NAMED, (one for _, lack in group for one in lack.named))
        yield Missing(
            candidate=manifest.candidate.name,
            judge=judge,
            by_model=bool(asked),
            cause=group[0][0].cause,
            detail=named[0][1],
            reasons=len(group),
            cases=len(set[str]().union(*(lack.cases for _, lack in group))),
            first=tuple(dict.fromkeys(case for case, _ in named)),
        )
