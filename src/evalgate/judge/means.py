"""What judges use that is not their own: a model that answers, and MLflow's grading prompts."""

from collections.abc import Callable
from typing import NamedTuple

from evalgate.domain.specs import GenaiMetricSpec
from evalgate.judge.grading_prompt import GradingPrompt
from evalgate.model.protocol import ChatModel

MakePrompt = Callable[[str, GenaiMetricSpec], GradingPrompt]


def _made_here(name: str, spec: GenaiMetricSpec) -> GradingPrompt:
    from evalgate.judge.make_genai_metric import make_grading_prompt

    return make_grading_prompt(name, spec)


class Means(NamedTuple):
    """`model` is None where nobody is asked; `make_prompt` may let another process import MLflow.

    `make_prompt` is called in a thread.
    """

    model: ChatModel | None = None
    make_prompt: MakePrompt = _made_here
