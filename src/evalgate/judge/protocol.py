"""What every judge is."""

from typing import Protocol

from evalgate.domain.answer import Produced
from evalgate.domain.case import Case
from evalgate.domain.judgement import Scored, Unscored
from evalgate.domain.scale import Scale


class Judge(Protocol):
    """Gives an answer a score on its own scale, or says why it cannot."""

    @property
    def name(self) -> str:
        """The name that suites and rules use."""

    @property
    def scale(self) -> Scale:
        """The scale its scores live on."""

    @property
    def digest(self) -> str:
        """The fingerprint of all that determines its scores."""

    async def judge(self, case: Case, answer: Produced) -> Scored | Unscored:
        """Score `answer`; an expected failure is returned, never raised."""
