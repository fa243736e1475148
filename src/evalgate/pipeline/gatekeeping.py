"""What a command asks for: runs are made, the gate decides, MLflow confirms and keeps."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from evalgate.domain.comparison import Comparison
from evalgate.domain.decision import Decision
from evalgate.domain.names import GIT
from evalgate.domain.specs import Suite
from evalgate.errors import Problem, ServiceFailed, UserMistake
from evalgate.evalset.reading import read_cases
from evalgate.pipeline.aside import Aside
from evalgate.pipeline.baselines import baseline_of, refuse_stale, stored_baseline
from evalgate.pipeline.bench import Bench, Errand
from evalgate.pipeline.catalogue import contender, default_candidate
from evalgate.pipeline.checking import checked_judges
from evalgate.pipeline.comparing import Version, compare_runs, shown_inputs
from evalgate.pipeline.contenders import Contender, labels_of, refuse_simulated
from evalgate.pipeline.deciding import all_findings, decide_runs
from evalgate.pipeline.producing import produce, resumes
from evalgate.pipeline.project import Project
from evalgate.results.reading import StoredRun
from evalgate.tracking.decisions import decided
from evalgate.tracking.destination import Destination
from evalgate.tracking.runs import log_run
from evalgate.tracking.summaries import summaries_of
from evalgate.tracking.validation import ask_mlflow


@dataclass(frozen=True, slots=True)
class Judged:
    """A decision on a candidate's run, and what could not be done beside it."""

    decision: Decision
    run: StoredRun
    baseline: StoredRun | None
    complaints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Compared:
    """Versions side by side, and what could not be done beside it."""

    comparison: Comparison
    runs: tuple[StoredRun, ...]
    complaints: tuple[str, ...] = ()


def open_bench(project: Project, named: tuple[str, Suite], errand: Errand) -> Bench:
    """Make a suite ready: its evalset is opened and its judges are built."""
    name, suite = named
    judges = checked_judges(project, named)
    return Bench(project, name, suite, project.evalset_of(suite), judges, errand)


def run_suite(
    bench: Bench, candidate: str | None, baseline: str | None, destination: Destination
) -> Judged:
    """Answer, judge, gate: one candidate against the suite's baseline."""
    project, suite = bench.project, bench.suite
    aside_of(project).start()
    name = candidate or default_candidate(project, bench.name, suite)
    challenger = contender(project, name, bench.errand.in_flight)
    base, first_run = baseline_of(bench, baseline or suite.baseline, challenger)
    anew = replace(bench, errand=replace(bench.errand, resume=""))
    goes_on = resumes(bench, base)  # it was stopped while the baseline was run
    # the baseline first: if it cannot be had, nothing was paid for in vain
    base_run = produce(bench if goes_on else anew, base, as_baseline=True) if base else None
    run = produce(anew if goes_on else bench, challenger)
    del challenger, base  # they may hold where every recorded answer is
    return _judge(bench, run, base_run, destination, first_run=first_run)


def gate_run(bench: Bench, name: str, baseline: str | None, destination: Destination) -> Judged:
    """Hold a stored run against today's rules; nothing is asked and nothing is judged."""
    aside_of(bench.project).start()
    run = bench.project.runs.open(name)
    refuse_stale(bench, run)
    base, first_run = stored_baseline(bench, run, baseline)
    return _judge(bench, run, base, destination, first_run=first_run)


def compare_versions(
    bench: Bench, versions: Sequence[str], destination: Destination, most: int = 10
) -> Compared:
    """Make what is missing, then set every later version against the first."""
    if len(versions) < 2:
        raise UserMistake(Problem("one version cannot be compared", remedy="name two or more"))
    project = bench.project
    aside_of(project).start()
    plain = next((text for text in versions if not text.startswith((GIT, "run:"))), "")
    contenders = _contenders(bench, versions, plain)
    runs = [
        produce(bench, entry, as_baseline=number == 0) for number, entry in enumerate(contenders)
    ]
    labels = labels_of(contenders)
    del contenders  # they may hold where every recorded answer is
    first, *later = runs
    decisions = [
        decide_runs((bench.name, bench.suite), run, first, project.waivers) for run in later
    ]
    aside_of(project).call(ask_mlflow, all_findings(decisions))
    complaints = keep(project, destination, first, None)
    for run, decision in zip(later, decisions, strict=True):
        complaints += keep(project, destination, run, decision)
    comparison = compare_runs(
        [Version(label, run) for label, run in zip(labels, runs, strict=True)],
        decisions,
        lambda wanted: inputs_of(bench, wanted),
        most,
    )
    return Compared(comparison, tuple(runs), tuple(dict.fromkeys(complaints)))


def _contenders(bench: Bench, versions: Sequence[str], plain: str) -> list[Contender]:
    """What the versions stand for; the faults of all of them at once."""
    found: list[Contender] = []
    problems: list[Problem] = []
    for text in versions:
        try:
            found.append(contender(bench.project, text, bench.errand.in_flight, plain))
        except UserMistake as mistake:
            problems += mistake.problems
    if problems:
        raise UserMistake(list(dict.fromkeys(problems)))
    for entry in found[1:]:
        refuse_simulated(found[0].identity, entry.identity)  # before anybody is asked
    return found


def inputs_of(bench: Bench, wanted: frozenset[str]) -> dict[str, str]:
    """The inputs of some cases, as text for people."""
    return {
        case.id: shown_inputs(dict(case.inputs))
        for case in read_cases(bench.evalset)
        if case.id in wanted
    }


def _judge(
    bench: Bench,
    run: StoredRun,
    base: StoredRun | None,
    destination: Destination,
    *,
    first_run: bool,
) -> Judged:
    decision = decide_runs(
        (bench.name, bench.suite), run, base, bench.project.waivers, first_run=first_run
    )
    project = bench.project
    aside_of(project).call(ask_mlflow, all_findings([decision]))
    complaints = keep(project, destination, base, None) if base else []
    complaints += keep(project, destination, run, decision)
    return Judged(decision, run, base, tuple(dict.fromkeys(complaints)))


def aside_of(project: Project) -> Aside:
    """MLflow's interpreter, for what a project asks of it."""
    return Aside(project.environment)


def keep(
    project: Project, destination: Destination, run: StoredRun, decision: Decision | None
) -> list[str]:
    """Keep a run in MLflow; a server that is down costs neither run nor verdict."""
    summaries = summaries_of(run.sheet())
    try:
        with TemporaryDirectory() as folder:
            written = decided(decision, Path(folder)) if decision else None
            aside_of(project).call(
                log_run, destination, run.manifest, summaries, run.judgements_file, written
            )
    except ServiceFailed as failure:
        return [str(failure)]
    except OSError as error:
        why = error.strerror or error
        return [f"MLflow does not have the decision, there is no room to write it: {why}"]
    return []
