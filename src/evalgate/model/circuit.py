"""A model that keeps failing: one probe at a time, and in the end nobody asks any more.

After `STREAK` failed attempts in a row, whoever asked, the others wait while one after the other
probes, with a pause before each probe. Any reply, a refusal too, and all go on. It ends when a
probe fails and the streak has lasted `max_wait_s`, after which each case by itself would have been
given up; or `UNREACHABLE_S` when nobody ever answered and nothing was even connected to; or at
once when asking another model at the same address ended so.
"""

import asyncio
from collections.abc import Awaitable, Callable
from random import Random

from evalgate.domain.chat import ModelFailed
from evalgate.domain.provider import ProviderSpec
from evalgate.model.clock import Clock
from evalgate.model.retrying import Attempted, Transient, pause_before

STREAK = 8
UNREACHABLE_S = 10.0
LONGEST_REST_S = 5.0  # one probe is no burden, and whoever waits shall soon know


class Circuit:
    """What a model's last attempts say about asking it again."""

    def __init__(self, spec: ProviderSpec, clock: Clock, random: Random) -> None:
        self._patience_s = spec.max_wait_s
        self._clock = clock
        self._random = random
        self._failures = 0  # in a row
        self._begun = 0.0  # the first of them
        self._only_unreachable = True
        self._ever_answered = False
        self._probes = 0
        self._next_probe = 0.0
        self._probing = asyncio.Lock()
        self._recovered = asyncio.Event()
        self._suspected = False
        self._given_up: ModelFailed | None = None

    @property
    def is_unreachable(self) -> bool:
        """True when it is not asked any more, because nobody is there."""
        return self._given_up is not None and self._given_up.cause == "unreachable"

    def suspect(self) -> None:
        """Let one probe decide: another model's circuit found nobody at this address."""
        if self._suspected or self._given_up is not None:
            return
        self._suspected = True
        if self._failures < STREAK:
            self._failures, self._begun = STREAK, self._clock.monotonic()
        self._next_probe = 0.0

    async def guarded(self, attempt: Callable[[], Awaitable[Attempted]]) -> Attempted:
        """Attempt, when that makes sense; else say what the last probe met."""
        while self._wants_a_probe():
            async with self._probing:
                await self._rest()
                if self._wants_a_probe():
                    return self._learnt(await attempt(), probed=True)
        return self._given_up or self._learnt(await attempt())

    def _wants_a_probe(self) -> bool:
        return self._failures >= STREAK and self._given_up is None

    async def _rest(self) -> None:
        """Wait for the next probe's time, or until somebody else got a reply."""
        seconds = self._next_probe - self._clock.monotonic()
        if seconds <= 0 or not self._wants_a_probe():
            return
        ways = [
            asyncio.ensure_future(self._clock.pause(seconds)),
            asyncio.ensure_future(self._recovered.wait()),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in ways:
                each.cancel()

    def _learnt(self, outcome: Attempted, *, probed: bool = False) -> Attempted:
        if isinstance(outcome, Transient) and outcome.reply is None:
            self._failed(outcome, probed=probed)
        elif not (isinstance(outcome, ModelFailed) and outcome.cause == "budget"):
            self._failures = self._probes = 0
            self._ever_answered = True
            self._given_up = None  # a slow reply may come after the end
            self._suspected = False
            self._recovered.set()
        return outcome

    def _failed(self, met: Transient, *, probed: bool) -> None:
        now = self._clock.monotonic()
        if self._suspected and met.cause != "unreachable":  # somebody is there after all
            self._suspected, self._failures = False, 0
        if self._failures == 0:
            self._begun, self._only_unreachable = now, True
        self._failures += 1
        self._only_unreachable &= met.cause == "unreachable"
        if not (probed or self._failures == STREAK):
            return  # it was on its way when the streak became one
        self._recovered.clear()
        lasted = now - self._begun
        left = 0.0 if self._suspected else self._patience - lasted
        told = met.retry_after_s or 0.0
        if probed and (left <= 0 or told >= left):
            said = f"{self._failures} attempts in a row failed, for {lasted:.0f} s"
            detail = f"{met.detail} ({said}: it is not asked any more)"
            self._given_up = ModelFailed(cause=met.cause, detail=detail)
            return
        self._probes += 1
        pause = pause_before(self._probes, met.retry_after_s, self._random)
        self._next_probe = now + (pause if told else min(pause, left, LONGEST_REST_S))

    @property
    def _patience(self) -> float:
        if self._only_unreachable and not self._ever_answered:
            return min(UNREACHABLE_S, self._patience_s)
        return self._patience_s
