"""What a candidate and a judge know of a model."""

from typing import Protocol

from evalgate.domain.chat import ChatReply, ChatRequest, ModelFailed


class ChatModel(Protocol):
    """Completes a conversation; an endpoint's failure is returned, never raised."""

    async def complete(self, request: ChatRequest) -> ChatReply | ModelFailed:
        """Ask, or look up what was said before."""
        ...
