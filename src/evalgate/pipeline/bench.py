"""A suite made ready for its contenders, and what a run of it is written down as."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from evalgate.domain.run import (
    CandidateIdentity,
    EvalsetIdentity,
    JudgeIdentity,
    Manifest,
    Provenance,
    Selection,
)
from evalgate.domain.specs import Suite
from evalgate.evalset.store import Evalset
from evalgate.judge.protocol import Judge
from evalgate.pipeline.catalogue import versions_in_use
from evalgate.pipeline.progress import Progress, Unwatched
from evalgate.pipeline.project import Project
from evalgate.sources.git import commit_of


@dataclass(frozen=True, slots=True)
class Errand:
    """How a command wants runs to be made."""

    in_flight: int = 8
    selection: Selection = field(default_factory=Selection)
    resume: str = ""
    command_line: tuple[str, ...] = ()
    progress: Progress = field(default_factory=Unwatched)


@dataclass(frozen=True, slots=True)
class Bench:
    """A suite with its evalset opened and its judges built: ready to take contenders."""

    project: Project
    name: str
    suite: Suite
    evalset: Evalset
    judges: Sequence[Judge]
    errand: Errand


def manifest_for(bench: Bench, identity: CandidateIdentity) -> Manifest:
    """A new run of a candidate, as it begins."""
    project, errand, evalset = bench.project, bench.errand, bench.evalset
    now = dt.datetime.now(dt.UTC)
    commit, dirty = commit_of(project.root)
    return Manifest(
        run_id=project.runs.new_id(identity.name, now),
        status="running",
        suite=bench.name,
        candidate=identity,
        evalset=EvalsetIdentity(
            ref=evalset.ref,
            digest=evalset.digest,
            cases=evalset.count,
            frozen=evalset.frozen,
        ),
        judges={
            judge.name: JudgeIdentity(digest=judge.digest, scale=judge.scale)
            for judge in bench.judges
        },
        selection=errand.selection,
        provenance=Provenance(
            commit=commit,
            dirty=dirty,
            versions=dict(versions_in_use()),
            command_line=errand.command_line,
        ),
        started=now,
    )
