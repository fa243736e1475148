"""Judges that ask a model, as people write them."""

import keyword
from typing import Annotated, Literal, Self

from pydantic import Field, StrictInt, StringConstraints, model_validator

from evalgate.domain.judge_base import JudgeBase, ReadingRule
from evalgate.domain.names import ModelUri
from evalgate.domain.record import JsonValue, Number, Record
from evalgate.domain.scale import Scale

ColumnPath = Annotated[str, StringConstraints(pattern=r"^(inputs|expected|answer)(\.[^\s.]+)*$")]
"""Part of a case or of its answer: `inputs.question`, `expected`, `answer.contexts`."""


class GenaiExample(Record):
    """One graded answer that the judge is shown."""

    input: str | None = None
    output: str
    score: StrictInt | Number  # 4 is shown as 4, not as 4.0
    justification: str
    grading_context: dict[str, str] | str | None = None


class GenaiMetricSpec(JudgeBase):
    """A judge in the words of MLflow's make_genai_metric."""

    kind: Literal["genai_metric"]
    model: ModelUri
    definition: str = Field(min_length=1)
    grading_prompt: str = Field(min_length=1)
    examples: tuple[GenaiExample, ...] = ()
    version: Annotated[str, StringConstraints(pattern=r"^v[0-9]+$")] = "v1"
    grading_context_columns: str | tuple[str, ...] = ()
    include_input: bool = True
    parameters: dict[str, JsonValue] | None = Field(
        default=None, description="temperature 0, top_p 1 and max_tokens 200 when left out"
    )
    greater_is_better: bool | None = Field(default=None, description="as the scale says")
    col_mapping: dict[str, ColumnPath] = Field(
        default_factory=dict, description="where `inputs` and the grading context columns are"
    )
    scale: Scale

    @property
    def columns(self) -> tuple[str, ...]:
        """The grading context columns, as a list."""
        written = self.grading_context_columns
        return (written,) if isinstance(written, str) else written

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        for column in self.columns:
            if not column.isidentifier() or keyword.iskeyword(column) or column in MLFLOWS_OWN:
                msg = f"{column!r} cannot be the name of a grading context column"
                raise ValueError(msg)
        if len(set(self.columns)) != len(self.columns):
            msg = "a grading context column is named twice"
            raise ValueError(msg)
        unknown = sorted(self.col_mapping.keys() - {*self.columns, "inputs"})
        if unknown:
            msg = f"col_mapping: {unknown[0]!r} is neither `inputs` nor a grading context column"
            raise ValueError(msg)
        if self.greater_is_better not in (None, self.scale.better == "higher"):
            msg = f"greater_is_better contradicts the scale ({self.scale})"
            raise ValueError(msg)
        return self


MLFLOWS_OWN = frozenset({"predictions", "metrics", "inputs"})


class PromptJudgeSpec(JudgeBase):
    """A prompt of one's own, in a file, and how its reply is read."""

    kind: Literal["prompt"]
    model: ModelUri
    prompt_file: str = Field(
        min_length=1,
        description="beside judge.yaml; slots: inputs.NAME, expected, answer, contexts",
    )
    parameters: dict[str, JsonValue] = Field(default_factory=dict)
    read: ReadingRule | None = Field(
        default=None, description="left out: `score: …` in the first line, or a JSON object"
    )
    scale: Scale
