"""Public fakes for tests of projects that use evalgate: they answer and judge as they are told."""

from collections.abc import Mapping
from dataclasses import dataclass

from evalgate.domain.answer import Answer, NotProduced, Produced, Unanswered
from evalgate.domain.case import Case, Question
from evalgate.domain.judgement import Scored, Unscored
from evalgate.domain.run import CandidateIdentity
from evalgate.domain.scale import BINARY, Scale
from evalgate.sources.digests import digest_of_json

__all__ = ["FixedJudge", "ScriptedCandidate"]


@dataclass(frozen=True, slots=True)
class FixedJudge:
    """A judge that gives every answer the same judgement, or the one scripted for its case."""

    name: str = "fixed"
    judgement: Scored | Unscored = Scored(score=1.0)  # noqa: RUF009 - a frozen record
    by_case: Mapping[str, Scored | Unscored] | None = None
    scale: Scale = BINARY

    @property
    def digest(self) -> str:
        """Fingerprint what it was told."""
        told = {case: told.model_dump(mode="json") for case, told in (self.by_case or {}).items()}
        return digest_of_json(
            {"judgement": self.judgement.model_dump(mode="json"), "by_case": dict(told)}
        )

    async def judge(self, case: Case, answer: Produced) -> Scored | Unscored:  # noqa: ARG002 - the protocol's
        """Say what it was told to say."""
        return (self.by_case or {}).get(case.id, self.judgement)


@dataclass(frozen=True, slots=True)
class ScriptedCandidate:
    """A candidate that answers by a script, case by case; what the script lacks is unanswered."""

    answers: Mapping[str, str | NotProduced | Unanswered]
    name: str = "scripted"

    @property
    def identity(self) -> CandidateIdentity:
        """Fingerprint the script."""
        script = {
            case: answer if isinstance(answer, str) else answer.model_dump(mode="json")
            for case, answer in self.answers.items()
        }
        return CandidateIdentity(
            name=self.name, kind="scripted", digest=digest_of_json(dict(script)), complete=True
        )

    async def answer(self, question: Question) -> Answer:
        """Give the scripted answer."""
        answer = self.answers.get(question.case_id)
        if answer is None:
            return Unanswered(cause="not_recorded", detail="not in the script")
        return Produced(text=answer) if isinstance(answer, str) else answer

    async def aclose(self) -> None:
        """There is nothing to let go of."""
