"""A suite made ready for its contenders, and what a run of it is written down as."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from evalgate.domain.case import Case
from evalgate.domain.identity import CandidateIdentity, EvalsetIdentity, JudgeIdentity
from evalgate.domain.loosening import Loosening, PolicyWord
from evalgate.domain.run import Manifest, Provenance, Selection
from evalgate.domain.specs import Suite
from evalgate.evalset.reading import read_cases
from evalgate.evalset.store import Evalset
from evalgate.judge.protocol import Judge, model_of
from evalgate.pipeline.catalogue import versions_in_use
from evalgate.pipeline.progress import Progress, Unwatched
from evalgate.pipeline.project import Project
from evalgate.pipeline.selecting import selected

SEED_DIGITS = 8  # hexadecimal, of the evalset's digest


@dataclass(frozen=True, slots=True)
class Errand:
    """How a command wants runs to be made."""

    in_flight: int = 8
    selection: Selection = field(default_factory=Selection)
    trials: int | None = None  # None: what the suite says
    resume: str = ""
    command_line: tuple[str, ...] = ()
    progress: Progress = field(default_factory=Unwatched)
    base: str = ""  # the commit whose policy decides, on a pull request


@dataclass(frozen=True, slots=True)
class Bench:
    """A suite with its evalset opened and its judges built: ready to take contenders."""

    project: Project
    name: str
    suite: Suite
    evalset: Evalset
    judges: Sequence[Judge]
    errand: Errand
    base: "Base | None" = None

    @property
    def trials(self) -> int:
        """How often each case is answered: a flag wins over the suite."""
        return self.errand.trials or self.suite.trials

    def cases(self, seed: int | None = None) -> Iterator[Case]:
        """The cases that a run is asked for, in the file's order or in the seed's."""
        kept = selected(read_cases(self.evalset), self.errand.selection)
        if seed is None:
            return kept
        if not str(self.errand.selection):
            return read_cases(self.evalset, seed)
        wanted = {case.id for case in kept}  # `--limit` keeps the first of the file
        return (case for case in read_cases(self.evalset, seed) if case.id in wanted)


@dataclass(frozen=True, slots=True)
class Base:
    """The base of a pull request: what decides beside the change's own files, and how they differ.

    `bench` is None where the base does not have the suite.
    """

    commit: str
    root: Path  # the project's folder in it
    bench: Bench | None = None
    names_file: bool = False  # its suite says `baseline: file`
    says: PolicyWord = "block"
    loosenings: tuple[Loosening, ...] = ()


def identity_of(project: Project, judge: Judge) -> JudgeIdentity:
    """What a run remembers of a judge."""
    model = model_of(judge)
    endpoint = project.models.address_of(model) if model else ""
    return JudgeIdentity(digest=judge.digest, scale=judge.scale, model=model, endpoint=endpoint)


def located(project: Project, identity: CandidateIdentity) -> CandidateIdentity:
    """The identity with the address at which its model would be asked today, and how long."""
    if not identity.model or identity.endpoint:
        return identity
    asked = {
        "endpoint": project.models.address_of(identity.model),
        "timeout_s": identity.timeout_s or project.models.timeout_of(identity.model),
    }
    return identity.model_copy(update=asked)


def manifest_for(bench: Bench, identity: CandidateIdentity) -> Manifest:
    """A new run of a candidate, as it begins."""
    project, errand, evalset = bench.project, bench.errand, bench.evalset
    now = dt.datetime.now(dt.UTC)
    commit, dirty = project.commit
    judges = {judge.name: identity_of(project, judge) for judge in bench.judges}
    asks = bool(identity.model) or any(judge.model for judge in judges.values())
    return Manifest(
        run_id=project.runs.new_id(identity.name, now),
        status="running",
        suite=bench.name,
        candidate=located(project, identity),
        evalset=EvalsetIdentity(
            ref=evalset.ref,
            digest=evalset.digest,
            cases=evalset.count,
            frozen=evalset.frozen,
        ),
        judges=judges,
        selection=errand.selection,
        trials=bench.trials,
        provenance=Provenance(
            commit=commit,
            dirty=dirty,
            # a run that a budget ends has then seen cases of every kind, and any two runs the same
            seed=int(evalset.digest[-SEED_DIGITS:], 16) if asks else None,
            versions=dict(versions_in_use()),
            command_line=errand.command_line,
        ),
        started=now,
    )
