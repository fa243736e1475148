"""Whoever asks a model knows the file that says so: its mistakes are that file's."""

from dataclasses import dataclass, replace

from evalgate.domain.chat import ChatReply, ChatRequest, ModelFailed
from evalgate.errors import UserMistake
from evalgate.model.protocol import ChatModel


@dataclass(frozen=True, slots=True)
class OnBehalf:
    """A ChatModel whose mistakes name `file`, unless they name a place already."""

    model: ChatModel
    file: str

    async def complete(self, request: ChatRequest) -> ChatReply | ModelFailed:
        """Ask, or raise UserMistake with its place."""
        try:
            return await self.model.complete(request)
        except UserMistake as mistake:
            problems = [
                each if each.path else replace(each, path=self.file) for each in mistake.problems
            ]
            raise UserMistake(problems) from None
