"""What a run's models were asked in vain, gathered from its cases."""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field

from evalgate.domain.answer import Unanswered
from evalgate.domain.judgement import Unscored
from evalgate.domain.missing import Missing
from evalgate.domain.run import JudgedCase
from evalgate.results.reading import StoredRun

NAMED = 3


def missing_of(run: StoredRun) -> tuple[Missing, ...]:
    """What models did not say, by judge and cause; a run that asked none lacks nothing here."""
    if not run.manifest.models:
        return ()
    asking = {name for name, judge in run.manifest.judges.items() if judge.model}
    found: dict[tuple[str, str], _Lack] = {}
    for judged in run.cases():
        for judge, cause, detail in _lacks(judged, asking):
            found.setdefault((judge, cause), _Lack()).take(judged.id, detail)
    return tuple(
        Missing(
            judge=judge,
            cause=cause,
            detail=lack.named[0][1],
            cases=lack.cases,
            first=tuple(case for case, _ in lack.named),
        )
        for (judge, cause), lack in sorted(found.items())
    )


@dataclass(slots=True)
class _Lack:
    """The cases of one cause; only the first by name are kept."""

    cases: int = 0
    named: list[tuple[str, str]] = field(default_factory=list)

    def take(self, case: str, detail: str) -> None:
        """Count one case."""
        self.cases += 1
        self.named = heapq.nsmallest(NAMED, [*self.named, (case, detail)])


def _lacks(judged: JudgedCase, asking: set[str]) -> Iterator[tuple[str, str, str]]:
    if isinstance(judged.answer, Unanswered):
        yield "", judged.answer.cause, judged.answer.detail
    for judge, judgement in judged.judgements.items():
        if judge in asking and isinstance(judgement, Unscored):
            yield judge, judgement.cause, judgement.detail
