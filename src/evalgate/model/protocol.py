"""What a candidate and a judge know of a model."""

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # `check` asks nobody and must not wait for what is said and answered
    from evalgate.domain.chat import ChatReply, ChatRequest, ModelFailed


class ChatModel(Protocol):
    """Completes a conversation; an endpoint's failure is returned, never raised."""

    async def complete(self, request: "ChatRequest") -> "ChatReply | ModelFailed":
        """Ask, or look up what was said before."""
        ...
