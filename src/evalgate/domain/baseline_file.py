"""The baseline that a person set: a small file with the scores of one run, case by case."""

import datetime as dt
from typing import Literal, Self

from pydantic import AwareDatetime, Field, model_validator

from evalgate.domain.identity import CandidateIdentity, EvalsetIdentity, JudgeIdentity
from evalgate.domain.record import Finite, Record
from evalgate.domain.sheet import Absence

FileMark = Finite | Absence | tuple[Finite | Absence, ...]
"""A score on the judge's own scale or why there is none; of several trials a list of them."""


class BaselineCase(Record):
    """One case: which question it was, what was expected, and its scores. Not its answer."""

    id: str
    inputs: str  # fingerprints, as in a run
    expected: str
    scores: dict[str, FileMark]


class BaselineFile(Record):
    """The whole of `baselines/<suite>.json`."""

    schema_version: Literal[1] = 1
    suite: str
    run_id: str
    candidate: CandidateIdentity
    evalset: EvalsetIdentity
    judges: dict[str, JudgeIdentity]
    trials: int = Field(default=1, ge=1)  # how often each case was answered
    commit: str = ""  # that the run was made on
    dirty: bool = False  # with changes that were not committed
    judgements_digest: str
    set_by: str = Field(min_length=1)
    set_at: AwareDatetime
    cases: tuple[BaselineCase, ...] = Field(min_length=1)
    seal: str = ""

    @model_validator(mode="after")
    def _names_each_case_once(self) -> Self:
        if len({case.id for case in self.cases}) < len(self.cases):
            msg = "a case is there twice"
            raise ValueError(msg)
        marks = (mark for case in self.cases for mark in case.scores.values())
        if any(isinstance(mark, tuple) and len(mark) != self.trials for mark in marks):
            msg = f"a case has not {self.trials} scores"
            raise ValueError(msg)
        return self


class BaselineOrigin(Record):
    """Which file a baseline was read from, and what of it could not be used."""

    path: str
    at: str = ""  # the commit that it was read from; empty for the working tree
    seal: str
    set_by: str
    set_on: dt.date
    evalset: str
    commit: str = ""
    removed: tuple[str, ...] = ()  # cases that the evalset does not have any longer
    not_judged_again: tuple[str, ...] = ()  # another answer is expected now, and theirs is gone


class BaselineShown(Record):
    """What a baseline file says, without its cases."""

    path: str
    suite: str
    run_id: str
    candidate: str
    evalset: str
    cases: int
    judges: tuple[str, ...]
    means: dict[str, Finite | None]  # of each judge's score, on its own scale
    means_before: dict[str, Finite | None] = Field(default_factory=dict)  # in the file it replaced
    trials: int
    commit: str
    dirty: bool
    set_by: str
    set_at: dt.datetime
    seal: str
