"""One judge of a project, for who has an answer in hand."""

from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Self

from evalgate.domain.answer import Produced
from evalgate.domain.case import Case
from evalgate.domain.judgement import Scored, Unscored
from evalgate.domain.scale import Scale
from evalgate.errors import Problem, UserMistake
from evalgate.judge.protocol import Judge
from evalgate.pipeline.models import Models

if TYPE_CHECKING:
    from mlflow.models import EvaluationMetric


@dataclass(frozen=True, slots=True)
class ProjectJudge:
    """A judge by its name; `async with` closes the connections of one that asks a model."""

    built: Judge
    models: Models

    @property
    def name(self) -> str:
        """The name that suites and rules use."""
        return self.built.name

    @property
    def scale(self) -> Scale:
        """The scale its scores live on."""
        return self.built.scale

    @property
    def digest(self) -> str:
        """The fingerprint of all that determines its scores."""
        return self.built.digest

    async def judge(self, case: Case, answer: Produced) -> Scored | Unscored:
        """Score an answer; a reply that was recorded is not paid for again."""
        return await self.built.judge(case, answer)

    def as_mlflow_metric(self) -> "EvaluationMetric":
        """The metric for `mlflow.evaluate`, with which MLflow asks and reads on its own.

        Raises UserMistake for a judge of another kind than genai_metric.
        """
        from evalgate.judge.genai_metric import GenaiMetricJudge

        if isinstance(self.built, GenaiMetricJudge):
            return self.built.as_mlflow_metric()
        fault = f"the judge {self.name!r} is no genai_metric, so that MLflow has no metric for it"
        raise UserMistake(Problem(fault))

    async def aclose(self) -> None:
        """Close what this event loop has open."""
        await self.models.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()
