"""From what `judge.yaml` says to a judge."""

from pathlib import Path
from typing import assert_never

from evalgate.domain.specs import (
    ContainsSpec,
    ExactMatchSpec,
    GenaiMetricSpec,
    JsonSchemaSpec,
    JudgeSpec,
    LevenshteinSpec,
    NumericSpec,
    PromptJudgeSpec,
    PythonJudgeSpec,
    RecordedJudgeSpec,
    RegexSpec,
    RougeLSpec,
    TokenF1Spec,
)
from evalgate.judge.numeric import build_numeric
from evalgate.judge.overlap import build_overlap
from evalgate.judge.place import Place
from evalgate.judge.prompt_judge import build_prompt_judge
from evalgate.judge.protocol import Judge
from evalgate.judge.recorded import build_recorded
from evalgate.judge.structure import build_json_schema
from evalgate.judge.text_match import build_contains, build_exact_match, build_regex
from evalgate.model.protocol import ChatModel


def build_judge(  # noqa: C901, PLR0911 - one return for each kind
    name: str, spec: JudgeSpec, folder: Path, root: Path, model: ChatModel | None = None
) -> Judge:
    """Build the judge that `spec` declares; every fault it has is one UserMistake.

    `folder` holds the judge's own files, `root` is the project's folder,
    `model` is asked by the judges that need one.
    """
    place = Place(name, folder, root)
    match spec:
        case ExactMatchSpec():
            return build_exact_match(spec, place)
        case ContainsSpec():
            return build_contains(spec, place)
        case RegexSpec():
            return build_regex(spec, place)
        case JsonSchemaSpec():
            return build_json_schema(spec, place)
        case NumericSpec():
            return build_numeric(spec, place)
        case TokenF1Spec() | RougeLSpec() | LevenshteinSpec():
            return build_overlap(spec, place)
        case PythonJudgeSpec():
            # here, not above: who has no function need not wait for asyncio
            from evalgate.judge.function import build_function

            return build_function(spec, place)
        case RecordedJudgeSpec():
            return build_recorded(spec, place)
        case GenaiMetricSpec():
            from evalgate.judge.genai_metric import build_genai_metric

            return build_genai_metric(spec, place, model)
        case PromptJudgeSpec():
            return build_prompt_judge(spec, place, model)
        case _:
            assert_never(spec)
