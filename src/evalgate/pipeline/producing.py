"""From a contender to a run: a stored one where it answers, one that is resumed, or a new one."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from evalgate.candidate.protocol import Candidate
from evalgate.domain.case import Case
from evalgate.domain.run import (
    CandidateIdentity,
    EvalsetIdentity,
    JudgeIdentity,
    Manifest,
    Provenance,
    Selection,
)
from evalgate.domain.specs import Suite
from evalgate.errors import Problem, UserMistake
from evalgate.evalset.reading import case_digests, read_cases, verify_cases
from evalgate.evalset.store import Evalset
from evalgate.judge.protocol import Judge
from evalgate.pipeline.catalogue import versions_in_use
from evalgate.pipeline.contenders import Asked, Contender, Stored, StoredAnswers
from evalgate.pipeline.evaluating import Work, evaluate
from evalgate.pipeline.loop import run_now
from evalgate.pipeline.progress import Progress, Unwatched
from evalgate.pipeline.project import Project
from evalgate.pipeline.selecting import count_selected, selected
from evalgate.results.reading import StoredRun, open_run
from evalgate.results.store import is_reusable, is_same_judging, is_same_work
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


def produce(bench: Bench, contender: Contender, *, as_baseline: bool = False) -> StoredRun:
    """The contender's run, judged by today's judges."""
    match contender:
        case Stored():
            return _judged_today(bench, contender, as_baseline=as_baseline)
        case Asked():
            return _asked(bench, contender)


def _asked(bench: Bench, contender: Asked) -> StoredRun:
    stored = stored_run(bench, contender)
    if stored is not None:
        run_now(contender.candidate.aclose())
        return stored
    wanted = _manifest(bench, contender.candidate.identity)
    manifest = _resumed(bench, wanted) or wanted
    return _evaluate(bench, contender.candidate, manifest, _cases(bench), how_many(bench))


def stored_run(bench: Bench, contender: Asked) -> StoredRun | None:
    """A finished run that answers for a candidate, if its digest covers all that matters."""
    if bench.errand.resume:
        return None
    wanted = _manifest(bench, contender.candidate.identity)
    fitting = bench.project.runs.like(wanted) if wanted.candidate.complete else ()
    return next((run for run in fitting if is_reusable(run.manifest, wanted)), None)


def how_many(bench: Bench) -> int:
    """How many cases the bench's selection has; every one of them is read."""
    count = verify_cases(bench.evalset)
    if not str(bench.errand.selection):
        return count
    return count_selected(read_cases(bench.evalset), bench.errand.selection, bench.evalset.ref)


def _resumed(bench: Bench, wanted: Manifest) -> Manifest | None:
    """The unfinished run that this one goes on with."""
    runs = bench.project.runs
    if bench.errand.resume:
        found = runs.open(bench.errand.resume).manifest
        if not (is_same_work(found, wanted) and is_same_judging(found, wanted)):
            raise UserMistake(
                Problem(
                    f"{found.run_id} was made with another candidate, evalset, judge or selection",
                    key="--resume",
                    remedy="run it anew, without --resume",
                )
            )
    elif wanted.candidate.complete:
        found = next(
            (
                run.manifest
                for run in runs.like(wanted)
                if run.manifest.status != "finished" and run.manifest.judges == wanted.judges
            ),
            wanted,
        )
    else:
        return None
    return found.model_copy(update={"status": "running", "finished": None})


def _judged_today(bench: Bench, contender: Stored, *, as_baseline: bool) -> StoredRun:
    """A stored run as it is, or its answers judged again when judges or the evalset moved on."""
    run, evalset = contender.run, bench.evalset
    theirs = run.manifest.evalset
    if theirs.ref.split("@")[0] != evalset.name:
        raise UserMistake(
            Problem(
                f"{run.manifest.run_id} is a run of {theirs.ref}, the suite is on {evalset.ref}",
                remedy="compare runs of one evalset",
            )
        )
    if theirs.digest != evalset.digest and not as_baseline:
        raise UserMistake(
            Problem(
                f"{run.manifest.run_id} is a run of {theirs.ref}, not of today's {evalset.ref}",
                remedy=f"run {run.manifest.candidate.name} again",
            )
        )
    wanted = _manifest(bench, run.manifest.candidate).model_copy(
        update={"selection": run.manifest.selection, "rejudged_from": run.manifest.run_id}
    )
    if theirs.digest == evalset.digest and is_same_judging(run.manifest, wanted):
        return run
    for other in bench.project.runs.readable():
        if (
            isinstance(other, StoredRun)
            and other.manifest.rejudged_from == run.manifest.run_id
            and other.manifest.status == "finished"
            and other.manifest.evalset.digest == evalset.digest
            and is_same_judging(other.manifest, wanted)
        ):
            return other
    return _judge_again(bench, run, wanted)


def _judge_again(bench: Bench, run: StoredRun, wanted: Manifest) -> StoredRun:
    """Have today's judges score a run's stored answers; a case whose inputs changed is left out."""
    if run.manifest.status != "finished":
        # judged again it would look whole, and its missing cases would count as new ones
        raise UserMistake(
            Problem(
                f"{run.manifest.run_id} was not finished, and its judges or cases have changed",
                remedy=f"run {run.manifest.candidate.name} again",
            )
        )
    stored = StoredAnswers(run)

    def common() -> Iterator[Case]:
        for case in read_cases(bench.evalset):
            if stored.answered(case.id, case_digests(case)[0]):
                yield case

    total = sum(1 for _ in common())
    if not total:
        raise UserMistake(
            Problem(f"{run.manifest.run_id} has no case in common with {bench.evalset.ref}")
        )
    return _evaluate(bench, stored, wanted, common(), total)


def _evaluate(
    bench: Bench, candidate: Candidate, manifest: Manifest, cases: Iterator[Case], total: int
) -> StoredRun:
    errand = bench.errand
    writer = bench.project.runs.write(manifest)
    work = Work(candidate, bench.judges, cases, total, errand.in_flight, errand.progress)
    run_now(evaluate(work, writer))
    return open_run(writer.folder)


def _cases(bench: Bench) -> Iterator[Case]:
    return selected(read_cases(bench.evalset), bench.errand.selection)


def _manifest(bench: Bench, identity: CandidateIdentity) -> Manifest:
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
