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
from evalgate.judge.means import Means
from evalgate.judge.place import Place
from evalgate.judge.protocol import Judge


def build_judge(  # noqa: C901, PLR0911 - one return for each kind
    name: str, spec: JudgeSpec, folder: Path, root: Path, means: Means | None = None
) -> Judge:
    """Build the judge that `spec` declares; every fault it has is one UserMistake.

    `folder` holds the judge's own files, `root` is the project's folder,
    `means` is what judges use that is not their own.
    """
    # imported where they are built: nobody waits for a kind of judge that no file names
    place = Place(name, folder, root)
    means = means or Means()
    match spec:
        case ExactMatchSpec():
            from evalgate.judge.exact_match import build_exact_match

            return build_exact_match(spec, place)
        case ContainsSpec():
            from evalgate.judge.text_match import build_contains

            return build_contains(spec, place)
        case RegexSpec():
            from evalgate.judge.text_match import build_regex

            return build_regex(spec, place)
        case JsonSchemaSpec():
            from evalgate.judge.structure import build_json_schema

            return build_json_schema(spec, place)
        case NumericSpec():
            from evalgate.judge.numeric import build_numeric

            return build_numeric(spec, place)
        case TokenF1Spec() | RougeLSpec() | LevenshteinSpec():
            from evalgate.judge.overlap import build_overlap

            return build_overlap(spec, place)
        case PythonJudgeSpec():
            from evalgate.judge.function import build_function

            return build_function(spec, place)
        case RecordedJudgeSpec():
            from evalgate.judge.recorded import build_recorded

            return build_recorded(spec, place)
        case GenaiMetricSpec():
            from evalgate.judge.genai_metric import build_genai_metric

            return build_genai_metric(spec, place, means)
        case PromptJudgeSpec():
            from evalgate.judge.prompt_judge import build_prompt_judge

            return build_prompt_judge(spec, place, means.model)
        case _:
            assert_never(spec)
