"""What people write in `gates.yaml`, `candidates/`, `judges/` and `waivers.yaml`, as facts."""

import datetime as dt
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from evalgate.domain.candidate_specs import (
    CandidateSpec,
    ChatSpec,
    CommandSpec,
    HttpSpec,
    PythonSpec,
    RecordedSpec,
)
from evalgate.domain.judge_base import JudgeBase, ReadingRule
from evalgate.domain.judge_specs import (
    READY_JUDGES,
    ContainsSpec,
    ExactMatchSpec,
    JsonSchemaSpec,
    JudgeSpec,
    LevenshteinSpec,
    NumericSpec,
    PythonJudgeSpec,
    RecordedJudgeSpec,
    RegexSpec,
    RougeLSpec,
    TokenF1Spec,
)
from evalgate.domain.loosening import PolicyWord
from evalgate.domain.model_judge_specs import GenaiMetricSpec, PromptJudgeSpec
from evalgate.domain.names import EvalsetRef, Name
from evalgate.domain.provider import Budget, ProviderSpec
from evalgate.domain.record import Record, Whole
from evalgate.domain.rule import OnUndecided, Rule

__all__ = [
    "READY_JUDGES",
    "CandidateSpec",
    "ChatSpec",
    "CommandSpec",
    "ContainsSpec",
    "EvalsetRef",
    "ExactMatchSpec",
    "Gates",
    "GenaiMetricSpec",
    "HttpSpec",
    "JsonSchemaSpec",
    "JudgeBase",
    "JudgeSpec",
    "LevenshteinSpec",
    "Name",
    "NumericSpec",
    "PromptJudgeSpec",
    "PythonJudgeSpec",
    "PythonSpec",
    "ReadingRule",
    "RecordedJudgeSpec",
    "RecordedSpec",
    "RegexSpec",
    "RougeLSpec",
    "Suite",
    "TokenF1Spec",
    "Waiver",
    "Waivers",
]


MOST_TRIALS = 100
"""Beyond so many a case's own mean is known, and only more cases tell more."""


class Suite(Record):
    """One evalset, its judges and its rules."""

    evalset: EvalsetRef
    candidate: str | None = Field(default=None, description="what `evalgate run` evaluates")
    baseline: str | None = Field(
        default=None, description="a candidate, `git:main`, `run:<id>`, `file` or `none`"
    )
    judges: Annotated[tuple[Name, ...], Field(min_length=1)]
    trials: Annotated[Whole, Field(ge=1, le=MOST_TRIALS)] = Field(
        default=1, description="how often each case is answered; --trials wins"
    )
    rules: Annotated[tuple[Rule, ...], Field(min_length=1)]


class Gates(Record):
    """The whole of `gates.yaml`."""

    schema_version: Literal[1]
    providers: dict[Name, ProviderSpec] = Field(
        default_factory=dict, description="where models are asked; `openai` is named in openai:/x"
    )
    budget: Budget = Budget()
    on_undecided: OnUndecided = Field(
        default="warn", description="what noise means for the rules that do not say it themselves"
    )
    policy_change: PolicyWord = Field(
        default="block", description="what a pull request that softens its own gate means"
    )
    suites: Annotated[dict[Name, Suite], Field(min_length=1)]


MOST_WAIVED = 0.05
"""The share of a suite's cases that may be waived at once."""


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

    def in_force(self, today: dt.date) -> bool:
        """True from the day it is granted to the day it expires."""
        return self.granted <= today <= self.expires


class Waivers(Record):
    """The whole of `waivers.yaml`."""

    schema_version: Literal[1]
    waivers: tuple[Waiver, ...] = ()
