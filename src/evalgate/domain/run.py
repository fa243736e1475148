"""One candidate over one evalset: who, with what, and what became of every case."""

from typing import Literal

from pydantic import AwareDatetime, Field

from evalgate.domain.answer import Answer
from evalgate.domain.case import SliceValue
from evalgate.domain.identity import CandidateIdentity, EvalsetIdentity, JudgeIdentity
from evalgate.domain.judgement import Judgement
from evalgate.domain.record import Finite, Record


class JudgedCase(Record):
    """One case of a run: its answer and every judge's judgement. One line of a run's file."""

    id: str
    trial: int = Field(default=0, ge=0)  # the first of a case's trials is 0
    inputs_digest: str
    expected_digest: str
    slices: dict[str, SliceValue] = Field(default_factory=dict)
    cluster: str | None = None
    answer: Answer
    judgements: dict[str, Judgement]


class CaseTrials(Record):
    """One case of a run that asked more than once: every trial of it."""

    id: str
    trials: tuple[JudgedCase, ...]


class Selection(Record):
    """Which part of the evalset was asked for; the default is all of it."""

    limit: int | None = Field(default=None, ge=1)
    cases: tuple[str, ...] = ()
    filters: dict[str, str] = Field(default_factory=dict)
    shard: tuple[int, int] | None = None

    def __str__(self) -> str:
        """The flags that make this selection; empty when everything is run."""
        parts = [] if self.limit is None else [f"--limit {self.limit}"]
        parts += [f"--case {case}" for case in self.cases]
        parts += [f"--filter {key}={value}" for key, value in self.filters.items()]
        if self.shard:
            parts.append(f"--shard {self.shard[0]}/{self.shard[1]}")
        return " ".join(parts)


class Provenance(Record):
    """From where, by what and with what command a run was made."""

    commit: str = ""
    dirty: bool = False
    seed: int | None = None  # of the order of the cases; None when it is the file's
    versions: dict[str, str] = Field(default_factory=dict)
    command_line: tuple[str, ...] = ()


class Manifest(Record):
    """What a run is. Written when it starts, replaced when it ends, sealed then."""

    schema_version: Literal[1] = 1
    run_id: str
    status: Literal["running", "stopped", "finished"]
    suite: str
    candidate: CandidateIdentity
    evalset: EvalsetIdentity
    judges: dict[str, JudgeIdentity]
    selection: Selection = Selection()
    trials: int = Field(default=1, ge=1)  # how often each case is answered
    provenance: Provenance = Provenance()
    rejudged_from: str = ""  # the run whose stored answers were judged again
    joined_from: tuple[str, ...] = ()  # runs of one shard each, whose cases these are
    started: AwareDatetime
    finished: AwareDatetime | None = None
    duration_s: Finite | None = None
    cost_usd: Finite | None = None  # of its answers, also of those that were recorded
    paid_usd: Finite = 0.0  # for the calls that this run made, its judges' too
    judged: int = 0  # answers, of each case as many as there are trials
    unanswered: int = 0  # answers that another try may give: an endpoint failed
    unjudged: int = 0  # answers that another try may judge: a judge failed
    unscored: dict[str, int] = Field(default_factory=dict)  # by judge; it gave no usable verdict
    asked_again: int = 0  # times that a judge's reply could not be read
    judgements_digest: str = ""
    seal: str = ""

    @property
    def models(self) -> tuple[str, ...]:
        """Every model that this run asks, the candidate's first."""
        named = (self.candidate.model, *(judge.model for judge in self.judges.values()))
        return tuple(dict.fromkeys(name for name in named if name))


def is_whole(manifest: Manifest) -> bool:
    """True when every case of the evalset was run to its end."""
    return manifest.status == "finished" and not str(manifest.selection)
