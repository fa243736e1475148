"""Public fakes for tests of projects that use evalgate: they answer and judge as they are told."""

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from evalgate.domain.answer import Answer, NotProduced, Produced, Unanswered
from evalgate.domain.case import Case, Question
from evalgate.domain.chat import ChatReply, ChatRequest, ModelFailed
from evalgate.domain.identity import CandidateIdentity
from evalgate.domain.judgement import Scored, Unscored
from evalgate.domain.scale import BINARY, Scale
from evalgate.sources.digests import digest_of_json

__all__ = ["FixedJudge", "ScriptedCandidate", "ScriptedModel"]

Said = str | ChatReply | ModelFailed


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


class ScriptedModel:
    """A model that says what it is told: one reply after the other, or by a function.

    `requests` holds what it was asked; a script that has ended is an endpoint without a recording.
    """

    def __init__(self, script: Iterable[Said] | Callable[[ChatRequest], Said]) -> None:
        self.requests: list[ChatRequest] = []
        self._by = script if callable(script) else None
        self._queue: deque[Said] = deque(() if callable(script) else script)

    async def complete(self, request: ChatRequest) -> ChatReply | ModelFailed:
        """Note the request and give the next reply."""
        self.requests.append(request)
        if self._by is not None:
            said = self._by(request)
        elif self._queue:
            said = self._queue.popleft()
        else:
            said = ModelFailed(cause="not_recorded", detail="the script has ended")
        return ChatReply(text=said) if isinstance(said, str) else said
