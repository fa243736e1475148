"""Replies into and out of the recordings, for a client that must not ask what it cannot keep."""

from evalgate.domain.chat import ChatReply, ChatRequest
from evalgate.errors import ServiceFailed
from evalgate.recordings.lines import is_worth_keeping
from evalgate.recordings.store import Recordings


class Recorder:
    """Looks up and keeps; after a reply could not be kept nothing more may be asked."""

    def __init__(self, recordings: Recordings | None) -> None:
        self._recordings = recordings
        self.unrecorded: ServiceFailed | None = None  # why a reply that was paid for is not kept

    def known(self, key: str) -> ChatReply | None:
        """What was said before."""
        return self._recordings.get(key) if self._recordings is not None else None

    def refuse_to_go_on(self) -> None:
        """Raise ServiceFailed once a reply was lost."""
        if self.unrecorded is not None:
            raise self.unrecorded

    async def keep(self, key: str, request: ChatRequest, endpoint: str, reply: ChatReply) -> None:
        """Return when the reply survives the end of this process, or is known to be lost."""
        if self._recordings is None or not is_worth_keeping(reply):
            return
        try:
            await self._recordings.keep(key, request, endpoint, reply)
        except ServiceFailed as failed:
            self.unrecorded = self.unrecorded or failed
