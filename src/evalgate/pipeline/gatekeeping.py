"""What a command asks for: runs are made, the gate decides, MLflow confirms and keeps."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from evalgate.domain.comparison import Comparison
from evalgate.domain.decision import Decision
from evalgate.errors import Problem, UserMistake
from evalgate.evalset.reading import read_cases
from evalgate.pipeline.base_policy import Remake, Settled, decide_both
from evalgate.pipeline.baselines import (
    baseline_of,
    refuse_stale,
    stored_baseline,
    stored_elsewhere,
)
from evalgate.pipeline.bench import Bench
from evalgate.pipeline.catalogue import contender, default_candidate
from evalgate.pipeline.comparing import compare_runs, shown_inputs
from evalgate.pipeline.contenders import Filed
from evalgate.pipeline.deciding import Sides
from evalgate.pipeline.keeping import (
    Kept,
    Summed,
    aside_of,
    confirm,
    keep,
    keep_summed,
    summed,
)
from evalgate.pipeline.lining_up import line_up, line_up_at_base, serves
from evalgate.pipeline.producing import produce, produce_baseline
from evalgate.pipeline.project import Project
from evalgate.pipeline.reusing import resumes
from evalgate.results.baseline_files import FiledRun
from evalgate.results.reading import StoredRun
from evalgate.tracking.ahead import log_cases_ahead, open_ahead
from evalgate.tracking.destination import Destination


@dataclass(frozen=True, slots=True)
class Judged:
    """A decision on a candidate's run, and what could not be done beside it.

    `page` is the run's on a tracking server, where there is one.
    """

    decision: Decision
    run: StoredRun
    baseline: StoredRun | FiledRun | None
    complaints: tuple[str, ...] = ()
    page: str = ""

    @property
    def stored(self) -> tuple[StoredRun, ...]:
        """The runs whose cases can be looked at; a baseline file has none."""
        return (self.run, self.baseline) if isinstance(self.baseline, StoredRun) else (self.run,)


@dataclass(frozen=True, slots=True)
class Compared:
    """Versions side by side, and what could not be done beside it."""

    comparison: Comparison
    runs: tuple[StoredRun, ...]
    complaints: tuple[str, ...] = ()


def run_suite(
    bench: Bench, candidate: str | None, baseline: str | None, destination: Destination
) -> Judged:
    """Answer, judge, gate: one candidate against the suite's baseline."""
    project, suite = bench.project, bench.suite
    aside_of(project).ahead(open_ahead, destination)
    name = candidate or default_candidate(project, bench.name, suite)
    challenger = contender(project, name, bench.errand.in_flight)
    if isinstance(challenger, Filed):
        raise UserMistake(challenger.refusal)
    base, first_run = baseline_of(bench, baseline or suite.baseline, challenger)
    anew = replace(bench, errand=replace(bench.errand, resume=""))
    goes_on = resumes(bench, base)  # it was stopped while the baseline was run
    # the baseline first: if it cannot be had, nothing was paid for in vain
    base_run = produce_baseline(bench if goes_on else anew, base) if base else None
    run = produce(anew if goes_on else bench, challenger)
    aside_of(project).ahead(log_cases_ahead, destination, run.manifest, run.judgements_file)
    del challenger, base  # they may hold where every recorded answer is

    def remake(other: Bench) -> Sides:
        again = contender(project, name, bench.errand.in_flight)
        base, first_run = baseline_of(other, baseline or other.suite.baseline, again)
        theirs = produce_baseline(other, base) if base else None
        return Sides(run if serves(run, other) else produce(other, again), theirs, first_run)

    return judge_run(bench, Sides(run, base_run, first_run), destination, remake)


def gate_run(bench: Bench, name: str, baseline: str | None, destination: Destination) -> Judged:
    """Hold a stored run against today's rules; nothing is asked and nothing is judged."""
    run = bench.project.runs.open(name)
    refuse_stale(bench, run)
    sides = stored_sides(bench, run, baseline)
    return judge_run(bench, sides, destination, answered_at_base(run, baseline))


def answered_at_base(run: StoredRun, baseline: str | None) -> Remake:
    """What stored runs have for the base's policy: nobody is asked."""

    def remake(other: Bench) -> Sides | None:
        found = run if serves(run, other) else stored_elsewhere(other, run)
        return stored_sides(other, found, baseline) if found else None

    return remake


def stored_sides(bench: Bench, run: StoredRun, baseline: str | None) -> Sides:
    """A stored run and its stored baseline."""
    base, first_run = stored_baseline(bench, run, baseline)
    return Sides(run, base, first_run)


def compare_versions(
    bench: Bench, versions: Sequence[str], destination: Destination, most: int = 10
) -> Compared:
    """Make what is missing, then set every later version against the first."""
    if len(versions) < 2:
        raise UserMistake(Problem("one version cannot be compared", remedy="name two or more"))
    project = bench.project
    aside_of(project).ahead(open_ahead, destination)
    made = line_up(bench, versions)
    other = bench.base.bench if bench.base else None
    theirs = line_up_at_base(other, versions, made) if other else made
    settled = [
        decide_both(bench, Sides(run, made.first), _given(Sides(twin, theirs.first)))
        for run, twin in zip(made.later, theirs.later, strict=True)
    ]
    decisions = [each.decision for each in settled]
    summed_up = [_summed_up(each) for each in settled]
    confirm(project, decisions)
    complaints = _keep_baseline(project, destination, theirs.first)
    for each in summed_up:
        complaints += _keep_all(project, destination, each).complaints
    comparison = compare_runs(
        theirs.versions, decisions, lambda wanted: inputs_of(bench, wanted), most
    )
    return Compared(comparison, theirs.runs, tuple(dict.fromkeys(complaints)))


def _given(sides: Sides) -> Remake:
    return lambda _: sides


def inputs_of(bench: Bench, wanted: frozenset[str]) -> dict[str, str]:
    """The inputs of some cases, as text for people."""
    return {
        case.id: shown_inputs(dict(case.inputs))
        for case in read_cases(bench.evalset)
        if case.id in wanted
    }


def judge_run(bench: Bench, sides: Sides, destination: Destination, remake: Remake) -> Judged:
    """Decide on a run against its baseline, have MLflow confirm it, and keep both.

    On a pull request the base's policy decides as well, on what `remake` makes.
    """
    project = bench.project
    settled = decide_both(bench, sides, remake)
    summed_up = _summed_up(settled)  # while MLflow keeps the run's cases
    confirm(project, [settled.decision])
    complaints = _keep_baseline(project, destination, settled.sides.baseline)
    kept = _keep_all(project, destination, summed_up)
    told, sides = tuple(dict.fromkeys((*complaints, *kept.complaints))), settled.sides
    return Judged(settled.decision, sides.run, sides.baseline, told, kept.page)


def _summed_up(settled: Settled) -> tuple[Summed, ...]:
    """A decided run; before it one that only the change's own policy speaks of, with its word."""
    run, beside = settled.sides.run, settled.beside
    own = (summed(run, settled.decision),)
    if beside is None or beside[1].run.folder == run.folder:
        return own
    return (summed(beside[1].run, beside[0]), *own)


def _keep_all(project: Project, destination: Destination, runs: Sequence[Summed]) -> Kept:
    """Keep runs in their order; the page is the last one's."""
    kept = [keep_summed(project, destination, each) for each in runs]
    return Kept(kept[-1].page, tuple(words for each in kept for words in each.complaints))


def _keep_baseline(
    project: Project, destination: Destination, base: StoredRun | FiledRun | None
) -> tuple[str, ...]:
    """Keep the run that was held against; a baseline file is in git, and is kept there."""
    if not isinstance(base, StoredRun):
        return ()
    return keep(project, destination, base, None).complaints
