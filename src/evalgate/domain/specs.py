"""What people write in `gates.yaml`, `candidates/`, `judges/` and `waivers.yaml`, as facts."""

import datetime as dt
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from evalgate.domain.record import Finite, JsonValue, Record
from evalgate.domain.rule import Rule
from evalgate.domain.scale import Scale

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=100)]
EvalsetRef = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*@v[0-9]+$"),
    Field(description="an evalset and its version, as in open-qa@v1"),
]


# --- candidates ---------------------------------------------------------------------------------


class RecordedSpec(Record):
    """Answers that were given before, one JSON object per line."""

    kind: Literal["recorded"]
    answers: str = Field(description="JSONL file of answers, beside the candidate's file")
    evalset: Name | None = Field(default=None, description="the evalset that was answered")
    description: str = ""


class PythonSpec(Record):
    """A function that is called with a case's inputs."""

    kind: Literal["python"]
    function: Annotated[str, StringConstraints(pattern=r"^[\w.]+:[\w.]+$")]
    timeout_s: Finite = Field(default=60.0, gt=0)
    digest_of: tuple[str, ...] = ()
    evalset: Name | None = None
    description: str = ""


class CommandSpec(Record):
    """A command that reads a case's inputs as JSON and writes its answer."""

    kind: Literal["command"]
    command: Annotated[tuple[str, ...], Field(min_length=1)]
    timeout_s: Finite = Field(default=60.0, gt=0)
    digest_of: tuple[str, ...] = ()
    evalset: Name | None = None
    description: str = ""


CandidateSpec = Annotated[RecordedSpec | PythonSpec | CommandSpec, Field(discriminator="kind")]


# --- judges -------------------------------------------------------------------------------------


class JudgeBase(Record):
    """What every judge may say: its scale, and which part of `expected` it looks at."""

    description: str = ""
    scale: Scale | None = None
    expected_key: str | None = Field(
        default=None, description="use this key of `expected` instead of the whole"
    )


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
    scale: Scale  # required: nobody else can know it


class ReadingRule(Record):
    """How a recorded reply becomes a score."""

    starts_with: dict[str, Finite] = Field(
        min_length=1,
        description="first word of the reply, in any case, and its score; else unscored",
    )


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
    | RecordedJudgeSpec,
    Field(discriminator="kind"),
]

READY_JUDGES = ("exact_match", "token_f1", "rouge_l", "levenshtein")
"""Kinds that a suite may name without a folder of their own: they need no option."""


# --- suites and waivers -------------------------------------------------------------------------


class Suite(Record):
    """One evalset, its judges and its rules."""

    evalset: EvalsetRef
    candidate: str | None = Field(default=None, description="what `evalgate run` evaluates")
    baseline: str | None = Field(
        default=None, description="a candidate, `git:main`, `run:<id>`, or `none`"
    )
    judges: Annotated[tuple[Name, ...], Field(min_length=1)]
    rules: Annotated[tuple[Rule, ...], Field(min_length=1)]


class Gates(Record):
    """The whole of `gates.yaml`."""

    schema_version: Literal[1]
    suites: Annotated[dict[Name, Suite], Field(min_length=1)]


class Waiver(Record):
    """A rule or a case that may be bad for a while; somebody owns that."""

    suite: Name
    rule: str | None = None
    case: str | None = None
    owner: str = Field(min_length=1)
    reason: str = Field(min_length=1)
    link: str = ""
    granted: dt.date
    expires: dt.date

    @model_validator(mode="after")
    def _names_one_thing_for_a_while(self) -> Self:
        if (self.rule is None) == (self.case is None):
            msg = "a waiver names a rule or a case, one of them"
            raise ValueError(msg)
        if not 0 <= (self.expires - self.granted).days <= 30:
            msg = "expires must lie within 30 days of granted"
            raise ValueError(msg)
        return self


class Waivers(Record):
    """The whole of `waivers.yaml`."""

    schema_version: Literal[1]
    waivers: tuple[Waiver, ...] = ()
