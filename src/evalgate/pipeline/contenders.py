"""What stands against what: a candidate that can be asked, or a run that is stored."""

from collections.abc import Sequence
from dataclasses import dataclass

from evalgate.candidate.protocol import Candidate
from evalgate.domain.answer import Answer, Unanswered
from evalgate.domain.case import Question
from evalgate.domain.identity import CandidateIdentity
from evalgate.domain.provider import is_simulated
from evalgate.errors import Problem, UserMistake
from evalgate.results.baseline_files import FiledRun
from evalgate.results.reading import StoredRun


@dataclass(frozen=True, slots=True)
class Asked:
    """A candidate that is asked now, unless a stored run answers for it."""

    label: str
    candidate: Candidate

    @property
    def identity(self) -> CandidateIdentity:
        """Who it is."""
        return self.candidate.identity


@dataclass(frozen=True, slots=True)
class Stored:
    """A run that was made before."""

    label: str
    run: StoredRun

    @property
    def identity(self) -> CandidateIdentity:
        """Who it was."""
        return self.run.manifest.candidate


@dataclass(frozen=True, slots=True)
class Filed:
    """A baseline file: scores without answers."""

    label: str
    run: FiledRun

    @property
    def identity(self) -> CandidateIdentity:
        """Who it was."""
        return self.run.manifest.candidate

    @property
    def refusal(self) -> Problem:
        """Why it cannot be a candidate."""
        fault = f"{self.label} is a baseline file: it has scores and no answers"
        return Problem(fault, remedy="it can be the baseline, and nothing else")


Contender = Asked | Stored | Filed


class StoredAnswers:
    """A run's answers, given again to be judged by today's judges."""

    def __init__(self, run: StoredRun) -> None:
        self.run = run
        self.identity: CandidateIdentity = run.manifest.candidate
        self._answers: dict[tuple[str, int], tuple[str, Answer]] = {
            (judged.id, judged.trial): (judged.inputs_digest, judged.answer)
            for judged in run.cases()
        }

    def answered(self, case_id: str, inputs_digest: str) -> bool:
        """True when this very question was answered."""
        known = self._answers.get((case_id, 0))
        return known is not None and known[0] == inputs_digest

    async def answer(self, question: Question) -> Answer:
        """Give the stored answer."""
        return self.remembered(question)

    def remembered(self, question: Question) -> Answer:
        """The same, for who has no event loop."""
        known = self._answers.get((question.case_id, question.trial))
        if known is None:
            return Unanswered(cause="not_recorded", detail=f"{self.run.manifest.run_id} has none")
        return known[1]

    async def aclose(self) -> None:
        """There is nothing to let go of."""


def labels_of(contenders: Sequence[Contender]) -> tuple[str, ...]:
    """The names that the versions are shown by."""
    return tuple(contender.label for contender in contenders)


def refuse_simulated(baseline: CandidateIdentity, candidate: CandidateIdentity) -> None:
    """Raise UserMistake when rules of this process would be the baseline of something real."""
    if is_simulated(baseline.model) and not is_simulated(candidate.model):
        fault = f"{baseline.name} is answered by {baseline.model}, which is no LLM"
        remedy = "it cannot be the baseline of anything else; run a real baseline"
        raise UserMistake(Problem(fault, remedy=remedy))
