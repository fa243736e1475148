"""A 403 of one question, or of a key: whether a model ever let anybody in tells them apart."""

from dataclasses import dataclass

from evalgate.domain.chat import ModelFailed
from evalgate.errors import UserMistake

FIRST = 8
"""So many 403s before anything else, and the model lets nobody in."""


@dataclass(frozen=True, slots=True)
class Forbidden:
    """What a 403 means for one question, and what it means when every question meets it."""

    failed: ModelFailed
    mistake: UserMistake


class Admission:
    """What a model made of its first questions."""

    def __init__(self) -> None:
        self._forbidden = 0
        self._admitted = False

    def admit(self) -> None:
        """Note that a question was let in, whatever became of it."""
        self._admitted = True

    def refuse(self, met: Forbidden) -> ModelFailed:
        """Take a 403 as that question's own, or raise UserMistake: nobody was ever let in."""
        self._forbidden += 1
        if not self._admitted and self._forbidden >= FIRST:
            raise met.mistake
        return met.failed
