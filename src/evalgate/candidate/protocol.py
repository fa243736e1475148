"""What every candidate can do."""

from typing import Protocol, runtime_checkable

from evalgate.domain.answer import Answer
from evalgate.domain.case import Question
from evalgate.domain.identity import CandidateIdentity


class Candidate(Protocol):
    """Answers questions, many at once, on one event loop."""

    @property
    def identity(self) -> CandidateIdentity:
        """Which candidate this is."""
        ...

    async def answer(self, question: Question) -> Answer:
        """Answer one question; what the candidate does wrong is returned, never raised.

        UserMistake means that it cannot be asked at all, ServiceFailed that the machine failed us.
        """
        ...

    async def aclose(self) -> None:
        """End what the candidate runs, within a second; a second call does nothing."""
        ...


@runtime_checkable
class Slotted(Candidate, Protocol):
    """A candidate that puts a case's inputs into slots."""

    @property
    def slots(self) -> tuple[str, ...]:
        """The inputs that every case must have."""
        ...


@runtime_checkable
class Remembering(Candidate, Protocol):
    """A candidate whose answers were given before: nobody is asked for them."""

    def remembered(self, question: Question) -> Answer:
        """What `answer` would return."""
        ...
