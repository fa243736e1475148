"""Asking a model for a judgement: again when its reply cannot be read, twice at most."""

from collections.abc import Callable
from typing import assert_never

from evalgate.domain.chat import ChatReply, ChatRequest, ModelFailed
from evalgate.domain.judgement import Scored, Unscored
from evalgate.errors import UserMistake
from evalgate.judge.excerpt import excerpt, quoted
from evalgate.judge.place import Place
from evalgate.model.on_behalf import OnBehalf
from evalgate.model.protocol import ChatModel

AGAIN = 2
LONGEST_DETAIL = 500

Read = Callable[[ChatReply], Scored | Unscored]


class Asker:
    """Asks for one judge; a judgement says how often it was asked again for it."""

    def __init__(self, model: ChatModel) -> None:
        self._model = model

    async def judgement(self, request: ChatRequest, read: Read) -> Scored | Unscored:
        """Ask until a reply can be read. The last failure is the judgement when none can."""
        judgement = await self._once(request, read)
        for attempt in range(1, AGAIN + 1):
            if isinstance(judgement, Scored) or judgement.cause not in ("unparsable", "off_scale"):
                break
            judgement = await self._once(request.model_copy(update={"attempt": attempt}), read)
            judgement = judgement.model_copy(update={"asked_again": attempt})
        return judgement

    async def _once(self, request: ChatRequest, read: Read) -> Scored | Unscored:
        reply = await self._model.complete(request)
        match reply:
            case ChatReply(refused=True):
                detail = f"the judge refused: {quoted(reply.text)}"
                return Unscored(cause="unparsable", detail=detail)
            case ChatReply():
                return read(reply)
            case ModelFailed(cause="not_recorded"):
                return Unscored(cause="not_recorded", detail=excerpt(reply.detail, LONGEST_DETAIL))
            case ModelFailed():
                detail = excerpt(f"{reply.cause}: {reply.detail}", LONGEST_DETAIL)
                return Unscored(cause="judge_error", detail=detail)
            case _:
                assert_never(reply)


def provided(model: ChatModel | None, uri: str, place: Place) -> ChatModel:
    """Return the model that is asked, or raise UserMistake when nobody provides it."""
    if model is None:
        raise UserMistake(place.problem(f"nobody asks {uri} here", key="model"))
    return OnBehalf(model, place.shown_as)
