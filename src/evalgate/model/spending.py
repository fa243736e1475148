"""What a command has asked for and paid so far, and whether it may go on."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from math import inf

from evalgate.domain.answer import Usage
from evalgate.domain.chat import ChatReply
from evalgate.domain.provider import Budget
from evalgate.model.clock import Clock


class Spending:
    """Counts for all clients of a command, in several threads if need be.

    A reply from a recording counts as recorded and costs nothing again.
    """

    def __init__(self, budget: Budget, clock: Clock) -> None:
        self._budget = budget
        self._clock = clock
        self._begun = clock.monotonic()
        self._lock = threading.Lock()
        self.usd = 0.0
        self.calls = 0  # replies that were asked for and came
        self.in_flight = 0  # attempts that are on their way
        self.recorded = 0  # replies that were known
        self.unpriced = 0  # attempts whose cost nobody knows
        self.input_tokens = 0
        self.output_tokens = 0

    @property
    def recorded_share(self) -> float:
        """The share of all replies that cost nothing."""
        total = self.calls + self.recorded
        return self.recorded / total if total else 0.0

    def count(self, reply: ChatReply) -> None:
        """Take in one reply that was handed on."""
        with self._lock:
            if reply.recorded:
                self.recorded += 1
            else:
                self.calls += 1

    def pay(self, usage: Usage | None, cost_usd: float | None) -> None:
        """Take in what an attempt cost, also one whose reply was of no use."""
        with self._lock:
            if usage is not None:
                self.input_tokens += usage.input_tokens
                self.output_tokens += usage.output_tokens
            if cost_usd is None:
                self.unpriced += 1
            else:
                self.usd += cost_usd

    @contextmanager
    def on_its_way(self) -> Iterator[None]:
        """Count an attempt as long as it lasts."""
        with self._lock:
            self.in_flight += 1
        try:
            yield
        finally:
            with self._lock:
                self.in_flight -= 1

    def exhausted(self) -> str | None:
        """Why nothing more may be asked, or None; calls in flight are paid in any case."""
        most_usd, most_minutes = self._budget.max_usd, self._budget.max_minutes
        if most_usd is not None and self.usd >= most_usd:
            return f"the budget of {most_usd:g} USD is spent"
        if most_minutes is not None and self.seconds_left() <= 0:
            return f"the budget of {most_minutes:g} minutes is over"
        return None

    def seconds_left(self) -> float:
        """How long the budget's minutes last; infinite without a ceiling."""
        if self._budget.max_minutes is None:
            return inf
        return self._budget.max_minutes * 60.0 - (self._clock.monotonic() - self._begun)


class BudgetClock:
    """A clock whose pauses end with the budget's minutes: nobody waits for what is not asked."""

    def __init__(self, clock: Clock, spending: Spending) -> None:
        self._clock = clock
        self._spending = spending

    def monotonic(self) -> float:
        """Seconds since some moment; it never goes back."""
        return self._clock.monotonic()

    def wall(self) -> float:
        """Seconds since 1970."""
        return self._clock.wall()

    async def pause(self, seconds: float) -> None:
        """Let that much time go by, or what is left of the budget's."""
        await self._clock.pause(max(0.0, min(seconds, self._spending.seconds_left())))
