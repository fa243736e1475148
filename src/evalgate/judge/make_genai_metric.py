"""The only door to MLflow's make_genai_metric: the metric, and the prompt that it would send.

MLflow puts the texts of a metric into its prompt unescaped and formats that prompt again for each
answer, so that a single brace in a rubric makes the whole prompt disappear. Here every brace is
doubled on the way in; MLflow's own formatting halves them again, in its hands as in ours.
"""

import importlib
import os
import string
import warnings
from collections.abc import Mapping
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evalgate.domain.record import JsonValue
from evalgate.domain.specs import GenaiMetricSpec
from evalgate.errors import Disagreement, UserMistake
from evalgate.judge.grading_prompt import GradingPrompt, context_text
from evalgate.judge.place import Place
from evalgate.sources.digests import digest_of_file

if TYPE_CHECKING:
    from mlflow.metrics.genai import EvaluationExample
    from mlflow.models import EvaluationMetric

DEFAULT_PARAMETERS: Mapping[str, JsonValue] = {"temperature": 0.0, "max_tokens": 200, "top_p": 1.0}
"""MLflow's own, said out loud so that its digest and its metric agree on them."""


def make_grading_prompt(name: str, spec: GenaiMetricSpec) -> GradingPrompt:
    """Have MLflow make the metric, and take the grading prompt from it.

    Raises Disagreement when this MLflow writes its prompt in a way that is not known here.
    """
    template = make_metric(name, spec).metric_details
    known = {"output", "grading_context_columns"} | ({"input"} if spec.include_input else set())
    if template is None or _slots(template) != known:
        raise _unknown("has slots that are not known")
    _refuse_other_context()
    return GradingPrompt(template, spec.columns)


def digests_of_mlflow(spec: GenaiMetricSpec, place: Place) -> dict[str, str]:
    """Fingerprint the files of MLflow that write the prompt, without importing it."""
    found = find_spec("mlflow")
    assert found is not None
    assert found.origin is not None
    folder = Path(found.origin).parent.joinpath("metrics", "genai")
    prompt = folder / "prompts" / f"{spec.version}.py"
    if not prompt.is_file():
        known = ", ".join(sorted(path.stem for path in prompt.parent.glob("v*.py")))
        fault = f"MLflow {version('mlflow')} has no version {spec.version!r}"
        raise UserMistake(place.problem(fault, key="version", remedy=f"known: {known}"))
    files = (prompt, *(folder / name for name in ("base.py", "prompt_template.py")))
    try:
        return {f"mlflow:{file.name}": digest_of_file(file) for file in files}
    except OSError as error:
        raise _unknown(f"is not where it was: {error}") from error


def make_metric(name: str, spec: GenaiMetricSpec) -> "EvaluationMetric":
    """Have MLflow make the metric; its import takes seconds."""
    # MLflow counts its users at import; nothing of evalgate does.
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    from mlflow.metrics import genai

    with warnings.catch_warnings():  # it is deprecated since MLflow 3.4, and the one there is
        warnings.simplefilter("ignore", FutureWarning)
        metric: EvaluationMetric = genai.make_genai_metric(
            name=name,
            definition=_escaped(spec.definition),
            grading_prompt=_escaped(spec.grading_prompt),
            examples=_examples(spec) or None,
            version=spec.version,
            model=spec.model,
            grading_context_columns=list(spec.columns),
            include_input=spec.include_input,
            parameters=parameters_of(spec),
            greater_is_better=spec.scale.better == "higher",
        )
    return metric


def parameters_of(spec: GenaiMetricSpec) -> dict[str, JsonValue]:
    """The parameters that are sent: the file's, or MLflow's."""
    return dict(DEFAULT_PARAMETERS if spec.parameters is None else spec.parameters)


def _examples(spec: GenaiMetricSpec) -> "list[EvaluationExample]":
    from mlflow.metrics.genai import EvaluationExample

    made = []
    for example in spec.examples:
        context = example.grading_context
        if isinstance(context, dict):
            context = {key: _escaped(value) for key, value in context.items()}
        elif context is not None:
            context = _escaped(context)
        made.append(
            EvaluationExample(
                input=None if example.input is None else _escaped(example.input),
                output=_escaped(example.output),
                score=example.score,
                justification=_escaped(example.justification),
                grading_context=context,
            )
        )
    return made


def _refuse_other_context() -> None:
    """Raise Disagreement unless MLflow writes the grading context as evalgate does."""
    module: Any = importlib.import_module("mlflow.metrics.genai.genai_metric")
    written = getattr(module, "_format_args_string", None)  # it has no public name
    probe = {"one": "1", "other": ["a", "b"]}
    values = {name: [value] for name, value in probe.items()}
    if (
        written is None
        or written(list(probe), values, 0) != context_text(probe)
        or written([], {}, 0) != context_text({})
    ):
        raise _unknown("writes the grading context in another way")


def _slots(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def _escaped(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _unknown(what: str) -> Disagreement:
    return Disagreement(f"the grading prompt of MLflow {version('mlflow')} {what}")
