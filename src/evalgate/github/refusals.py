"""Why GitHub did not do something, and when it is worth asking again."""

import json
import math
from typing import Literal

from evalgate.errors import ServiceFailed
from evalgate.model.retry_after import parse_retry_after
from evalgate.model.transport import HttpReply
from evalgate.quoting import redacted, shortened

Method = Literal["GET", "POST", "PATCH", "DELETE"]

LONGEST_PAUSE_S = 120.0
SECONDARY_PAUSE_S = 60.0  # what GitHub asks for where it names no time


class ApiFailed(ServiceFailed):
    """GitHub did not do what it was asked. `status` 0: nothing came back."""

    def __init__(self, status: int, detail: str) -> None:
        self.status = status
        words = shortened(redacted(detail), 300)
        super().__init__(f"GitHub answers {status}: {words}" if status else f"GitHub: {words}")

    @property
    def may_have_worked(self) -> bool:
        """True when nobody knows whether it was done: a gateway failed, or nothing came back."""
        return self.status == 0 or self.status >= 500


def failure_of(reply: HttpReply) -> ApiFailed:
    """What a reply says that did not do what was asked."""
    try:
        said = json.loads(reply.content)
    except (ValueError, RecursionError):
        said = None
    message = said.get("message") if isinstance(said, dict) else None
    return ApiFailed(reply.status, message if isinstance(message, str) else "no reason is given")


def pause_before_retry(
    method: Method, reply: HttpReply | ApiFailed, attempt: int, wall_now: float
) -> float | None:
    """Seconds before the next attempt; None when there is to be none.

    A limit refuses, so that nothing was done: a POST waits for it too. It is never sent again
    after anything else.
    """
    if isinstance(reply, HttpReply) and reply.status in (403, 429):
        pause = _told(reply, wall_now)
        return pause if pause is not None and pause <= LONGEST_PAUSE_S else None
    failure = reply if isinstance(reply, ApiFailed) else failure_of(reply)
    return 2.0 ** (attempt - 1) if failure.may_have_worked and method != "POST" else None


def _told(reply: HttpReply, wall_now: float) -> float | None:
    """How long a limit asks to wait; None when it is no limit that refuses."""
    if (seconds := parse_retry_after(reply.headers, wall_now)) is not None:
        return seconds
    if reply.headers.get("x-ratelimit-remaining") == "0":
        reset = _number(reply.headers.get("x-ratelimit-reset", ""))
        return None if reset is None else max(1.0, reset - wall_now)
    limited = reply.status == 429 or "secondary rate limit" in str(failure_of(reply))
    return SECONDARY_PAUSE_S if limited else None


def _number(said: str) -> float | None:
    try:
        value = float(said)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
