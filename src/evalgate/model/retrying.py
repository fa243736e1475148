"""The only place where a request is sent again: named failures, capped in attempts and seconds."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from random import Random
from typing import Literal

from evalgate.domain.chat import ChatReply, ModelFailed
from evalgate.domain.provider import ProviderSpec
from evalgate.model.clock import Clock

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0

RETRIED_STATUSES = frozenset({408, 409, 429, 500, 502, 503, 504, 520, 522, 524, 529})


@dataclass(frozen=True, slots=True)
class Transient:
    """An attempt that failed in a way that another attempt may not."""

    cause: Literal["rate_limited", "server_error", "timeout", "unreachable"]
    detail: str
    retry_after_s: float | None = None
    reply: ChatReply | None = None  # an empty one: what is left when every attempt gives it


Attempted = ChatReply | Transient | ModelFailed
Attempt = Callable[[], Awaitable[Attempted]]
"""One attempt, whose time is counted from when it is called."""


async def retried(
    in_turn: Callable[[Attempt], Awaitable[Attempted]],
    attempt: Callable[[float], Awaitable[Attempted]],
    spec: ProviderSpec,
    clock: Clock,
    random: Random,
) -> ChatReply | ModelFailed:
    """Attempt until there is an answer, or `max_attempts` or `max_wait_s` are used up.

    `attempt` takes the seconds that it may last. Each waits for its turn, which is counted nowhere;
    between attempts no turn is held. A pause that would outlast `max_wait_s` is not begun.
    """
    left = spec.max_wait_s
    number = 0

    async def timed() -> Attempted:
        nonlocal left
        begun = clock.monotonic()
        outcome = await attempt(min(spec.timeout_s, left))
        left -= clock.monotonic() - begun
        return outcome

    while True:
        outcome = await in_turn(timed)
        if not isinstance(outcome, Transient):
            return outcome
        number += 1
        pause = pause_before(number, outcome.retry_after_s, random)
        if number >= spec.max_attempts or pause >= left:
            return _given_up(outcome, number)
        await clock.pause(pause)
        left -= pause


def pause_before(number: int, retry_after_s: float | None, random: Random) -> float:
    """Seconds before attempt `number` + 1: full jitter, or never earlier than the endpoint said."""
    longest = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** (number - 1))
    jitter = random.uniform(0.0, longest)
    if retry_after_s is None:
        return jitter
    # all who were told the same second shall not come back in the same instant
    return retry_after_s + min(jitter, 0.1 * retry_after_s)


def _given_up(last: Transient, attempts: int) -> ChatReply | ModelFailed:
    if last.reply is not None:
        return last.reply
    tried = "1 attempt" if attempts == 1 else f"{attempts} attempts"
    told = f", told to wait {last.retry_after_s:g} s" if last.retry_after_s else ""
    return ModelFailed(cause=last.cause, detail=f"{last.detail} ({tried}{told})")
