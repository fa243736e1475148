"""What is said to a model and what comes back: one request, one reply."""

from typing import Literal

from pydantic import Field

from evalgate.domain.answer import ToolCall, Usage
from evalgate.domain.message import Message
from evalgate.domain.record import Finite, JsonValue, Record


class ChatRequest(Record):
    """All that determines a reply. Its digest is the key under which the reply is kept.

    `timeout_s` is how long an attempt may last, and no part of the question.
    """

    model: str = Field(description="as in openai:/gpt-4o: provider and the provider's own name")
    messages: tuple[Message, ...]
    parameters: dict[str, JsonValue] = Field(default_factory=dict)
    trial: int = 0  # the same question asked again on purpose
    attempt: int = 0  # asked again because the reply could not be read
    timeout_s: Finite | None = Field(default=None, exclude=True)  # None is the provider's


class ChatReply(Record):
    """What a model said, once; `truncated` when the endpoint cut it off at its length."""

    text: str
    tool_calls: tuple[ToolCall, ...] = ()
    truncated: bool = False
    refused: bool = False
    usage: Usage | None = None
    latency_s: Finite | None = Field(default=None, ge=0)  # of the attempt that succeeded
    cost_usd: Finite | None = Field(default=None, ge=0)
    recorded: bool = False  # it was paid for before


class ModelFailed(Record):
    """The endpoint gave no reply, after all attempts."""

    cause: Literal[
        "refused",
        "rate_limited",
        "server_error",
        "timeout",
        "unreachable",
        "not_recorded",
        "too_long",
        "budget",
    ]
    detail: str
