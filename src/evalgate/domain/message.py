"""One thing that is said to a model."""

from typing import Literal

from evalgate.domain.record import Record


class Message(Record):
    """One turn of a conversation."""

    role: Literal["system", "user", "assistant"]
    content: str
