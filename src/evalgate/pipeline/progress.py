"""How far a run is, for whoever wants to watch."""

from typing import Protocol


class Progress(Protocol):
    """Somebody who watches a run."""

    def started(self, what: str, total: int, done: int) -> None:
        """A run begins; `done` cases are there already."""

    def judged(self, *, failed: bool, spent_usd: float) -> None:
        """One more case has its judgements; `failed` when it has no answer or a missing score.

        `spent_usd` is what the command has paid for all its calls so far.
        """

    def ended(self) -> None:
        """The run has ended, one way or another."""


class Unwatched:
    """Nobody watches."""

    def started(self, what: str, total: int, done: int) -> None:
        """Say nothing."""

    def judged(self, *, failed: bool, spent_usd: float) -> None:
        """Say nothing."""

    def ended(self) -> None:
        """Say nothing."""
