"""Which rows of the recordings file are believed: any letter of it may have changed meanwhile."""

import zlib
from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import ValidationError

from evalgate.domain.chat import ChatReply, ChatRequest
from evalgate.recordings.keys import recording_key
from evalgate.recordings.lines import Recording

ALL = "SELECT key, endpoint, request, reply, stored_at, crc FROM replies ORDER BY key"


def reply_of(written: object, crc: object) -> ChatReply | None:
    """Read a reply as it was kept, or None when it is not what was kept."""
    if not isinstance(written, str) or zlib.crc32(written.encode("utf-8", "replace")) != crc:
        return None
    try:
        return ChatReply.model_validate_json(written)
    except ValidationError:
        return None


def recordings_of(rows: Iterable[tuple[Any, ...]]) -> Iterator[Recording | None]:
    """Read each row of `ALL`; None stands for one that was damaged."""
    for key, endpoint, request, written, stored, crc in rows:
        try:
            found = Recording(
                key=key,
                endpoint=endpoint,
                request=ChatRequest.model_validate_json(request),
                reply=reply_of(written, crc),
                stored=stored,
            )
        except ValidationError:
            yield None
            continue
        yield found if key == recording_key(found.endpoint, found.request) else None
