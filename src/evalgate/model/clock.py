"""Time as the client sees it; tests bring their own, which never waits."""

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """Intervals are taken from `monotonic` alone: the wall clock may jump."""

    def monotonic(self) -> float:
        """Seconds since some moment; it never goes back."""
        ...

    def wall(self) -> float:
        """Seconds since 1970, for a Retry-After date from an endpoint that tells no time."""
        ...

    async def pause(self, seconds: float) -> None:
        """Let that much time go by."""
        ...


class SystemClock:
    """The machine's own clocks."""

    def monotonic(self) -> float:
        """Seconds since some moment; it never goes back."""
        return time.monotonic()

    def wall(self) -> float:
        """Seconds since 1970."""
        return time.time()

    async def pause(self, seconds: float) -> None:
        """Let that much time go by."""
        await asyncio.sleep(seconds)
