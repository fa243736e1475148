"""What a run has asked for and paid so far, and whether it may go on."""

from evalgate.domain.answer import Usage
from evalgate.domain.chat import ChatReply
from evalgate.domain.provider import Budget
from evalgate.model.clock import Clock


class Spending:
    """Counts; a reply from a recording counts as recorded and costs nothing again."""

    def __init__(self, budget: Budget, clock: Clock) -> None:
        self._budget = budget
        self._clock = clock
        self._begun = clock.monotonic()
        self.usd = 0.0
        self.calls = 0  # replies that were asked for and came
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
        if reply.recorded:
            self.recorded += 1
        else:
            self.calls += 1

    def pay(self, usage: Usage | None, cost_usd: float | None) -> None:
        """Take in what an attempt cost, also one whose reply was of no use."""
        if usage is not None:
            self.input_tokens += usage.input_tokens
            self.output_tokens += usage.output_tokens
        if cost_usd is None:
            self.unpriced += 1
        else:
            self.usd += cost_usd

    def exhausted(self) -> str | None:
        """Why nothing more may be asked, or None; calls in flight are paid in any case."""
        most_usd, most_minutes = self._budget.max_usd, self._budget.max_minutes
        if most_usd is not None and self.usd >= most_usd:
            return f"the budget of {most_usd:g} USD is spent"
        minutes = (self._clock.monotonic() - self._begun) / 60.0
        if most_minutes is not None and minutes >= most_minutes:
            return f"the budget of {most_minutes:g} minutes is over"
        return None
