"""What was decided about a candidate, with all that the verdict rests on."""

import datetime as dt
from enum import StrEnum
from typing import Literal, Self

from pydantic import Field, model_validator

from evalgate.domain.baseline_file import BaselineOrigin
from evalgate.domain.case import SliceValue
from evalgate.domain.decision_warnings import DecisionWarning
from evalgate.domain.finding import Finding, Outcome, Verdict
from evalgate.domain.loosening import Loosening, PolicyWord
from evalgate.domain.record import Record
from evalgate.domain.rule import Rule
from evalgate.domain.scale import Scale
from evalgate.domain.sheet import Absence, CaseFacts, Column, Marks, Scoresheet
from evalgate.domain.specs import Waiver


class Why(StrEnum):
    """What makes an outcome other than the verdict alone would, or keeps it from doing so."""

    SEVERITY = "severity"  # the rule only warns
    NOT_A_VERDICT = (
        "not_a_verdict"  # it blocks although the rule only warns: the run lacks something
    )
    TOO_SMALL = "too_small"  # a slice of so few cases does not block by itself
    POLICY = "policy"  # the rule's on_undecided
    ESTIMATE = "estimate"  # on_undecided: estimate, and the estimate holds
    WAIVED_CASES = "waived_cases"  # they were left out
    WAIVED = "waived"
    FAULT_OF_THE_RUN = "fault_of_the_run"  # it cannot be waived


class Ruling(Record):
    """A finding and what it means for the build: policy and waivers act here."""

    finding: Finding
    outcome: Outcome
    exit_code: int
    why: tuple[Why, ...] = ()
    waiver: Waiver | None = None
    without_waived_cases: Finding | None = None


class WrittenColumn(Record):
    """A score's marks in the order of the sheet's cases; of several trials a list for each."""

    scale: Scale
    marks: tuple[float | Absence | tuple[float | Absence, ...], ...]


class WrittenSheet(Record):
    """A scoresheet in a decision: enough to decide again, without the answers."""

    run_id: str
    candidate: str
    candidate_digest: str
    judgements_digest: str
    # one tuple for all cases, not a record for each: 100,000 cases stay small
    ids: tuple[str, ...]
    inputs_digests: tuple[str, ...]
    slices: tuple[dict[str, SliceValue], ...]
    clusters: tuple[str | None, ...]
    columns: dict[str, WrittenColumn]
    trials: int = Field(default=1, ge=1)  # how often each case was answered
    partial: str = ""

    @model_validator(mode="after")
    def _has_one_entry_per_case(self) -> Self:
        self.refuse_uneven()
        return self

    def refuse_uneven(self) -> None:
        """Raise ValueError unless every list has one entry for each case; a copy is not checked."""
        lengths = {len(self.inputs_digests), len(self.slices), len(self.clusters)}
        lengths |= {len(column.marks) for column in self.columns.values()}
        each = (_answers(mark) for column in self.columns.values() for mark in column.marks)
        if any(answers != self.trials for answers in each):
            msg = "not every case has a mark for each trial"
            raise ValueError(msg)
        if lengths != {len(self.ids)}:
            msg = "not every case has one entry in each list"
            raise ValueError(msg)
        if len(set(self.ids)) < len(self.ids):
            msg = "a case is there twice"
            raise ValueError(msg)

    def sheet(self) -> Scoresheet:
        """The scoresheet that the gate decides on."""
        self.refuse_uneven()
        facts = zip(self.ids, self.inputs_digests, self.slices, self.clusters, strict=True)
        positions = {case: number for number, case in enumerate(self.ids)}
        return Scoresheet(
            cases={
                case: CaseFacts(digest, slices, cluster) for case, digest, slices, cluster in facts
            },
            columns={
                name: Column(column.scale, Marks(positions, column.marks), self.trials)
                for name, column in self.columns.items()
            },
            partial=self.partial,
            run_id=self.run_id,
        )


def _answers(mark: float | Absence | tuple[float | Absence, ...]) -> int:
    return len(mark) if isinstance(mark, tuple) else 1


class Said(Record):
    """A verdict and what it means for the build."""

    verdict: Verdict
    outcome: Outcome
    exit_code: int


class Standing(Record):
    """The first decision on this candidate on this commit, whose verdict is that of this one."""

    first: "Decision"
    alone: Said  # what this run's own rulings come to


class PolicyChange(Record):
    """By whose policy a pull request was decided, and where its own is softer.

    The decision that carries this is by the base's policy; `head` is the one by the change's own,
    where that differs. For a suite that the base does not have it is the only one there is.
    """

    base: str  # the commit
    says: PolicyWord = "block"  # the base's `policy_change:`
    loosenings: tuple[Loosening, ...] = ()
    new_suite: bool = False
    not_applied: str = ""  # why nothing could be decided by the base's policy
    alone: Said  # what the decision's own rulings come to
    head: "Decision | None" = None

    @property
    def blocks(self) -> bool:
        """True when an administrator has to let the change in."""
        return bool(self.not_applied) or (bool(self.loosenings) and self.says == "block")


class Decision(Record):
    """The verdict of one suite on one candidate: `decision.json`."""

    schema_version: Literal[1] = 1
    suite: str
    suites: tuple[str, ...]  # all that there are: this decision is about one of them
    evalset: str
    verdict: Verdict
    outcome: Outcome
    exit_code: int
    rulings: tuple[Ruling, ...]
    warnings: tuple[DecisionWarning, ...] = ()
    rules: tuple[Rule, ...]
    waivers: tuple[Waiver, ...] = ()
    decided_on: dt.date
    first_run: bool = False
    candidate: WrittenSheet
    baseline: WrittenSheet | None = None
    versions: dict[str, str] = Field(default_factory=dict)
    broken: tuple[str, ...] = ()  # judges that no rule asks about, and that hardly gave a score
    models: tuple[str, ...] = ()  # that answered or judged; those of sim:/ are no LLM
    baseline_file: BaselineOrigin | None = None  # where the baseline is one that a person set
    standing: Standing | None = None  # what this run alone would say is better, and does not count
    policy: PolicyChange | None = None  # of a pull request: its base decides
    since: dt.date | None = None  # a good night, or what was set since: beside its suite's baseline
    seal: str = ""
