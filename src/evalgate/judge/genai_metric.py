"""The judge in make_genai_metric's words: MLflow's prompt, evalgate's client and reading."""

import asyncio
from typing import TYPE_CHECKING

from evalgate.domain.answer import Produced
from evalgate.domain.case import Case
from evalgate.domain.chat import ChatReply, ChatRequest
from evalgate.domain.judgement import Scored, Unscored
from evalgate.domain.message import Message
from evalgate.domain.record import JsonValue
from evalgate.domain.scale import Scale
from evalgate.domain.specs import GenaiMetricSpec
from evalgate.errors import UserMistake
from evalgate.judge.asking import Asker, provided
from evalgate.judge.columns import columns_of
from evalgate.judge.declaration import fingerprint
from evalgate.judge.grading_prompt import GradingPrompt
from evalgate.judge.make_genai_metric import digests_of_mlflow, make_metric, parameters_of
from evalgate.judge.means import MakePrompt, Means
from evalgate.judge.place import Place
from evalgate.judge.protocol import Outline
from evalgate.judge.verdict import VERDICT_RULE, read_verdict
from evalgate.quoting import writable

if TYPE_CHECKING:
    from mlflow.models import EvaluationMetric


MLFLOWS_LETTERS = 1_700
"""About so long is what MLflow's prompt says itself."""


class GenaiMetricJudge:
    """Sends exactly the messages that MLflow's metric would, and reads the reply strictly."""

    def __init__(
        self, place: Place, spec: GenaiMetricSpec, digest: str, asker: Asker, make: MakePrompt
    ) -> None:
        self.name = place.name
        self.scale: Scale = spec.scale
        self.digest = digest
        self.outline = Outline(spec.model, _letters_of(spec), parameters_of(spec))
        self.asker = asker
        self._spec = spec
        self._parameters: dict[str, JsonValue] = parameters_of(spec)
        self._make = make
        self._making: asyncio.Task[GradingPrompt] | None = None
        self._prompt: GradingPrompt | None = None

    async def judge(self, case: Case, answer: Produced) -> Scored | Unscored:
        """Ask for a verdict on `answer`; the first calls wait until MLflow made the prompt."""
        await self.prepare()
        request = self.request(case, answer)
        assert request is not None
        if isinstance(request, Unscored):
            return request
        return await self.asker.judgement(request, self._read)

    async def prepare(self) -> None:
        """Return when MLflow made the prompt."""
        if self._prompt is None:
            self._prompt = await self._made()

    def request(self, case: Case, answer: Produced) -> ChatRequest | Unscored | None:
        """Say what the model is asked, or None before MLflow made the prompt."""
        columns = columns_of(self._spec, case, answer)
        if isinstance(columns, Unscored):
            return columns
        if (prompt := self._prompt) is None:
            return None
        given = columns.pop("inputs") if self._spec.include_input else None
        text = prompt.text(given, answer.text, columns)
        return ChatRequest(
            model=self._spec.model,
            messages=(Message(role="user", content=writable(text)),),
            parameters=self._parameters,
        )

    def as_mlflow_metric(self) -> "EvaluationMetric":
        """The metric itself, for `mlflow.evaluate`; MLflow then asks and reads on its own."""
        return make_metric(self.name, self._spec)

    async def _made(self) -> GradingPrompt:
        """Make the prompt once, in one thread, however many wait for it in this event loop."""
        making, loop = self._making, asyncio.get_running_loop()
        if making is None or making.get_loop() is not loop:
            made = asyncio.to_thread(self._make, self.name, self._spec)
            making = self._making = loop.create_task(made)
        return await asyncio.shield(making)

    def _read(self, reply: ChatReply) -> Scored | Unscored:
        return read_verdict(reply.text, self.scale, truncated=reply.truncated)


def build_genai_metric(spec: GenaiMetricSpec, place: Place, means: Means) -> GenaiMetricJudge:
    """Settle all but the metric, which is made when the first answer is judged."""
    _refuse_unfitting_examples(spec, place)
    files = digests_of_mlflow(spec, place)
    written = spec.model_copy(
        update={
            "parameters": parameters_of(spec),
            "grading_context_columns": spec.columns,
            "greater_is_better": spec.scale.better == "higher",
        }
    )
    digest = fingerprint(written, spec.scale, VERDICT_RULE, files)
    asker = Asker(provided(means.model, spec.model, place))
    return GenaiMetricJudge(place, spec, digest, asker, means.make_prompt)


def _letters_of(spec: GenaiMetricSpec) -> int:
    """How long the prompt is about: the file's texts, and what MLflow writes around them."""
    texts = [spec.definition, spec.grading_prompt]
    texts += [example.model_dump_json() for example in spec.examples]
    return MLFLOWS_LETTERS + sum(len(text) for text in texts)


def _refuse_unfitting_examples(spec: GenaiMetricSpec, place: Place) -> None:
    """Refuse what make_genai_metric would refuse, before anybody is asked; all at once."""
    problems = []
    for index, example in enumerate(spec.examples):
        context = example.grading_context
        if not _gives(context, spec.columns):
            wanted = ", ".join(spec.columns) or "none"
            fault = f"must have the grading context columns: {wanted}"
            problems.append(place.problem(fault, key=f"examples.{index}.grading_context"))
        if not spec.scale.holds(example.score):
            fault = f"{example.score:g} is not on the scale: {spec.scale}"
            problems.append(place.problem(fault, key=f"examples.{index}.score"))
    if problems:
        raise UserMistake(problems)


def _gives(context: dict[str, str] | str | None, columns: tuple[str, ...]) -> bool:
    """True when an example gives every column; a text alone is the only one there is."""
    match context:
        case None:
            return not columns
        case str():
            return len(columns) == 1
        case dict():
            return context.keys() == set(columns)
