"""What every judge is."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple, Protocol, runtime_checkable

from evalgate.domain.answer import Produced
from evalgate.domain.case import Case
from evalgate.domain.judgement import Scored, Unscored
from evalgate.domain.record import JsonValue
from evalgate.domain.scale import Scale

if TYPE_CHECKING:  # `check` reads judges and asks nobody
    from evalgate.domain.chat import ChatRequest


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


@runtime_checkable
class PreparedJudge(Judge, Protocol):
    """A judge that needs seconds before it can judge; answers may be collected meanwhile."""

    async def prepare(self) -> None:
        """Return when it is ready; what it raises it would raise at the first judgement."""


class Outline(NamedTuple):
    """What a judge asks a model, apart from the case and the answer."""

    model: str
    letters: int  # of the prompt
    parameters: Mapping[str, JsonValue]


@runtime_checkable
class ModelJudge(Judge, Protocol):
    """A judge that asks a model."""

    @property
    def outline(self) -> Outline:
        """Whom it asks and at what length, known before there is an answer."""

    def request(self, case: Case, answer: Produced) -> "ChatRequest | Unscored | None":
        """Say what it asks first about `answer`: Unscored is nobody, None is not known yet."""


def model_of(judge: Judge) -> str:
    """The model that a judge asks; empty for one that computes."""
    return judge.outline.model if isinstance(judge, ModelJudge) else ""
