"""How long to wait so that a rate is kept: arithmetic on a time that is passed in."""

BURST_S = 1.0  # as much as fits into this time may go at once
LONGEST_DEBT_S = 60.0  # a limit is of a minute: what was used beyond it is over after one


class TokenBucket:
    """Grants amounts at a rate; who comes is given his turn at once, however far away it lies.

    An amount larger than the bucket waits until the bucket is full and then overdraws it.
    """

    def __init__(self, per_minute: float, longest_debt_s: float = LONGEST_DEBT_S) -> None:
        self.rate = per_minute / 60.0
        self._floor = -self.rate * min(longest_debt_s, LONGEST_DEBT_S)
        self.capacity = max(1.0, self.rate * BURST_S)
        self._level = self.capacity
        self._seen: float | None = None

    def reserve(self, amount: float, now: float) -> float:
        """Take `amount`; return the seconds from `now` until it may be used."""
        self._refill(now)
        wait = max(0.0, (min(amount, self.capacity) - self._level) / self.rate)
        self._level -= amount
        return wait

    def settle(self, reserved: float, used: float, now: float) -> None:
        """Correct a reservation once it is known what was really used.

        Whatever was used, this alone makes nobody wait longer than the longest debt.
        """
        self._refill(now)
        lowest = min(self._level, self._floor)  # lower already, when many wait for their turns
        self._level = min(self.capacity, max(lowest, self._level + reserved - used))

    def _refill(self, now: float) -> None:
        if self._seen is not None and now > self._seen:
            self._level = min(self.capacity, self._level + (now - self._seen) * self.rate)
        self._seen = now if self._seen is None else max(self._seen, now)
