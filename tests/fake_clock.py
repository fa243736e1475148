"""A clock whose pauses take no time, and what they were."""

import asyncio


class FakeClock:
    """Time passes only in pauses; `jump` is what somebody did to the wall clock."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.jump = 0.0
        self.pauses: list[float] = []

    def monotonic(self) -> float:
        """Seconds that were paused so far."""
        return self.now

    def wall(self) -> float:
        """The date, as wrong as it may be."""
        return 1_700_000_000.0 + self.now + self.jump

    async def pause(self, seconds: float) -> None:
        """Note the pause and let others run."""
        self.pauses.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)
