"""What a candidate returned for a case, or why there is nothing."""

from typing import Annotated, Literal

from pydantic import Field

from evalgate.domain.record import Finite, JsonValue, Record


class Usage(Record):
    """Tokens as the endpoint or the candidate counted them."""

    input_tokens: int = Field(ge=0)
    output_tokens: int = Field(ge=0)


class ToolCall(Record):
    """One call of a tool that the candidate made on the way."""

    name: str
    arguments: JsonValue = None


class Produced(Record):
    """The candidate answered."""

    kind: Literal["produced"] = "produced"
    text: str
    contexts: tuple[str, ...] = ()
    tool_calls: tuple[ToolCall, ...] = ()
    usage: Usage | None = None
    latency_s: Finite | None = Field(default=None, ge=0)
    cost_usd: Finite | None = Field(default=None, ge=0)
    truncated: bool = False  # the endpoint cut it off at its length


class NotProduced(Record):
    """The candidate gave us nothing to judge. Its fault: counts as the worst score."""

    kind: Literal["not_produced"] = "not_produced"
    cause: Literal["empty", "too_long", "own_error"]
    detail: str


class Unanswered(Record):
    """No answer reached us. Nobody's fault: counts against coverage."""

    kind: Literal["unanswered"] = "unanswered"
    cause: Literal[
        "refused",
        "rate_limited",
        "server_error",
        "timeout",
        "unreachable",
        "not_recorded",
        "budget",
    ]
    detail: str


Answer = Annotated[Produced | NotProduced | Unanswered, Field(discriminator="kind")]
