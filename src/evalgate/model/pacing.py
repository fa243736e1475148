"""One provider's limits: how many calls at once, how many calls and tokens a minute."""

import asyncio
from collections.abc import Mapping

from evalgate.domain.answer import Usage
from evalgate.domain.chat import ChatRequest
from evalgate.domain.provider import ProviderSpec
from evalgate.domain.record import JsonValue
from evalgate.model.clock import Clock
from evalgate.model.limits import TokenBucket

LETTERS_PER_TOKEN = 4
OUTPUT_GUESS = 256  # tokens, when the request sets no limit


class Pacing:
    """Lets an attempt through when its turn has come; whoever attempts holds one of `slots`."""

    def __init__(self, spec: ProviderSpec, clock: Clock) -> None:
        self._clock = clock
        self.slots = asyncio.Semaphore(spec.max_in_flight)
        self._requests = _bucket(spec.requests_per_minute, spec.max_wait_s)
        self._tokens = _bucket(spec.tokens_per_minute, spec.max_wait_s)

    async def pace(self, request: ChatRequest) -> None:
        """Return when one request, and the tokens that it may take, fit into their minute."""
        now = self._clock.monotonic()
        wait = 0.0
        if self._requests is not None:
            wait = self._requests.reserve(1, now)
        if self._tokens is not None:
            wait = max(wait, self._tokens.reserve(guessed_tokens(request), now))
        if wait > 0:
            await self._clock.pause(wait)

    def settle(self, request: ChatRequest, used: int) -> None:
        """Correct the tokens of a turn that is over."""
        if self._tokens is not None:
            self._tokens.settle(guessed_tokens(request), used, self._clock.monotonic())


def guessed_tokens(request: ChatRequest) -> int:
    """What a request will be charged against the tokens of a minute, before it is known."""
    letters = sum(len(message.content) for message in request.messages)
    guessed = guessed_usage(letters, request.parameters)
    return guessed.input_tokens + guessed.output_tokens


def guessed_usage(letters: int, parameters: Mapping[str, JsonValue]) -> Usage:
    """The tokens of a prompt of so many letters, and of the longest reply it may get."""
    limits = (parameters.get(name) for name in ("max_completion_tokens", "max_tokens"))
    output = next((limit for limit in limits if isinstance(limit, int)), OUTPUT_GUESS)
    return Usage(input_tokens=letters // LETTERS_PER_TOKEN, output_tokens=output)


def _bucket(per_minute: int | None, longest_debt_s: float) -> TokenBucket | None:
    return TokenBucket(per_minute, longest_debt_s) if per_minute is not None else None
