"""What stands against what: a candidate that can be asked, or a run that is stored."""

from collections.abc import Sequence
from dataclasses import dataclass

from evalgate.candidate.protocol import Candidate
from evalgate.domain.answer import Answer, Unanswered
from evalgate.domain.case import Question
from evalgate.domain.run import CandidateIdentity
from evalgate.results.reading import StoredRun


@dataclass(frozen=True, slots=True)
class Asked:
    """A candidate that is asked now, unless a stored run answers for it."""

    label: str
    candidate: Candidate


@dataclass(frozen=True, slots=True)
class Stored:
    """A run that was made before."""

    label: str
    run: StoredRun


Contender = Asked | Stored


class StoredAnswers:
    """A run's answers, given again to be judged by today's judges."""

    def __init__(self, run: StoredRun) -> None:
        self.run = run
        self.identity: CandidateIdentity = run.manifest.candidate
        self._answers: dict[str, tuple[str, Answer]] = {
            judged.id: (judged.inputs_digest, judged.answer) for judged in run.cases()
        }

    def answered(self, case_id: str, inputs_digest: str) -> bool:
        """True when this very question was answered."""
        known = self._answers.get(case_id)
        return known is not None and known[0] == inputs_digest

    async def answer(self, question: Question) -> Answer:
        """Give the stored answer."""
        known = self._answers.get(question.case_id)
        if known is None:
            return Unanswered(cause="not_recorded", detail=f"{self.run.manifest.run_id} has none")
        return known[1]

    async def aclose(self) -> None:
        """There is nothing to let go of."""


def labels_of(contenders: Sequence[Contender]) -> tuple[str, ...]:
    """The names that the versions are shown by."""
    return tuple(contender.label for contender in contenders)
