"""A prompt and a model: the candidate that asks a model with a case's inputs in its prompt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, assert_never

from evalgate.candidate.templates import fill
from evalgate.domain.answer import Answer, NotProduced, Produced, Unanswered
from evalgate.domain.case import Question
from evalgate.domain.chat import ChatReply, ChatRequest, ModelFailed
from evalgate.domain.identity import CandidateIdentity
from evalgate.domain.message import Message
from evalgate.domain.record import JsonValue
from evalgate.domain.template import Template
from evalgate.model.protocol import ChatModel

Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of the prompt, before a case's inputs are in it."""

    role: Role
    content: Template


class ChatCandidate:
    """Fills the prompt, asks the model, and takes what it says for the answer.

    What a user of the application would see is the answer, so a text that was cut off at its
    length and the words of a refusal are answers, for judges to score.
    """

    def __init__(
        self,
        identity: CandidateIdentity,
        model: ChatModel,
        turns: Sequence[Turn],
        parameters: Mapping[str, JsonValue],
    ) -> None:
        self.identity = identity
        self._model = model
        self._uri = identity.model
        self._turns = tuple(turns)
        self._parameters = dict(parameters)

    @property
    def slots(self) -> tuple[str, ...]:
        """The inputs that every case must have."""
        return tuple(dict.fromkeys(name for turn in self._turns for name in turn.content.slots))

    def request(self, question: Question) -> ChatRequest | NotProduced:
        """Say what the model would be asked; a price can be put on it before anybody is."""
        messages = []
        for turn in self._turns:
            content = fill(turn.content, question.inputs)
            if isinstance(content, NotProduced):
                return content
            messages.append(Message(role=turn.role, content=content))
        return ChatRequest(
            model=self._uri,
            messages=tuple(messages),
            parameters=self._parameters,
            trial=question.trial,
            timeout_s=self.identity.timeout_s,
        )

    async def answer(self, question: Question) -> Answer:
        """Ask the model once; how often the endpoint is asked is the model's own affair."""
        request = self.request(question)
        if isinstance(request, NotProduced):
            return request
        reply = await self._model.complete(request)
        match reply:
            case ChatReply():
                return self.answer_of(reply)
            case ModelFailed(cause="too_long"):
                return NotProduced(cause="too_long", detail=reply.detail)
            case ModelFailed():
                return Unanswered(cause=reply.cause, detail=reply.detail)
            case _:
                assert_never(reply)

    @staticmethod
    def answer_of(reply: ChatReply) -> Produced | NotProduced:
        """Take a reply for an answer; a call of a tool is one, even without a word."""
        if not reply.text.strip() and not reply.tool_calls:
            if reply.truncated:
                why = "the model was cut off at its length before it said anything"
            elif reply.refused:
                why = "the model refused without a word"
            else:
                why = "the answer is empty"
            return NotProduced(cause="empty", detail=why)
        return Produced(
            text=reply.text,
            tool_calls=reply.tool_calls,
            usage=reply.usage,
            latency_s=reply.latency_s,
            cost_usd=reply.cost_usd,
            truncated=reply.truncated,
        )

    async def aclose(self) -> None:
        """The model belongs to whoever opened it."""
