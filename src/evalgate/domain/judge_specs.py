"""What people write in `judges/`, as facts."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from evalgate.domain.judge_base import JudgeBase, ReadingRule, TimeLimit
from evalgate.domain.model_judge_specs import GenaiMetricSpec, PromptJudgeSpec
from evalgate.domain.record import Finite, JsonValue
from evalgate.domain.scale import Scale


class ExactMatchSpec(JudgeBase):
    """1 when the answer equals one of the expected texts."""

    kind: Literal["exact_match"]
    normalise: Literal["none", "squad"] = Field(
        default="squad",
        description="squad: ignore case, punctuation, articles and extra white space",
    )


class ContainsSpec(JudgeBase):
    """1 when the answer contains the texts."""

    kind: Literal["contains"]
    texts: tuple[str, ...] = Field(default=(), description="instead of `expected`")
    all: bool = Field(default=False, description="all of them, not one of them")
    ignore_case: bool = True


class RegexSpec(JudgeBase):
    """1 when the pattern is found in the answer."""

    kind: Literal["regex"]
    pattern: str
    absent: bool = Field(default=False, description="1 when the pattern is not found")
    timeout_s: TimeLimit = Field(default=5.0, description="for one answer; over it: unscored")


class JsonSchemaSpec(JudgeBase):
    """1 when the answer is JSON that fits the schema."""

    kind: Literal["json_schema"]
    json_schema: dict[str, JsonValue]


class NumericSpec(JudgeBase):
    """1 when the number in the answer is the expected one."""

    kind: Literal["numeric"]
    extract: str | None = Field(
        default=None, description="regular expression; the last match's first group is the number"
    )
    tolerance: Finite = Field(default=0.0, ge=0)
    relative: bool = Field(default=False, description="tolerance as a share of the expected number")
    timeout_s: TimeLimit = Field(default=5.0, description="for `extract`; over it: unscored")


class TokenF1Spec(JudgeBase):
    """Overlap of words with the best expected text, as SQuAD's F1."""

    kind: Literal["token_f1"]


class RougeLSpec(JudgeBase):
    """Longest common subsequence of words with the best expected text, F1."""

    kind: Literal["rouge_l"]


class LevenshteinSpec(JudgeBase):
    """1 minus the edit distance to the nearest expected text, as a share of the longer one."""

    kind: Literal["levenshtein"]


class PythonJudgeSpec(JudgeBase):
    """A function that is called with inputs, expected and answer and returns a score."""

    kind: Literal["python"]
    function: Annotated[str, StringConstraints(pattern=r"^[\w.]+:[\w.]+$")]
    digest_of: tuple[str, ...] = ()
    timeout_s: TimeLimit = Field(default=30.0, description="for one answer; over it: unscored")
    scale: Scale  # required: nobody else can know it


class RecordedJudgeSpec(JudgeBase):
    """Replies or scores that were given before, joined to a case and the answer's exact text."""

    kind: Literal["recorded"]
    file: str = Field(description="JSONL file beside judge.yaml: id, answer, and the field read")
    score: str | None = Field(default=None, description="field that holds a score")
    reply: str | None = Field(default=None, description="field that holds a reply to be read")
    read: ReadingRule | None = None
    scale: Scale

    @model_validator(mode="after")
    def _reads_one_field(self) -> Self:
        if (self.score is None) == (self.reply is None):
            msg = "name either `score` or `reply`, the field to read"
            raise ValueError(msg)
        if (self.reply is None) != (self.read is None):
            msg = "`reply` and `read` belong together"
            raise ValueError(msg)
        return self


JudgeSpec = Annotated[
    ExactMatchSpec
    | ContainsSpec
    | RegexSpec
    | JsonSchemaSpec
    | NumericSpec
    | TokenF1Spec
    | RougeLSpec
    | LevenshteinSpec
    | PythonJudgeSpec
    | RecordedJudgeSpec
    | GenaiMetricSpec
    | PromptJudgeSpec,
    Field(discriminator="kind"),
]

READY_JUDGES = ("exact_match", "token_f1", "rouge_l", "levenshtein")
"""Kinds that a suite may name without a folder of their own: they need no option."""
