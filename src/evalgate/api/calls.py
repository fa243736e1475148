"""Evaluate, compare, decide, load_judge: what the commands do, for who has Python."""

import os
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

from evalgate.api.judges import ProjectJudge
from evalgate.api.records import ComparedVersions, DecidedRun, Run
from evalgate.candidate.function import FunctionCandidate
from evalgate.domain.names import RUN
from evalgate.domain.record import JsonValue
from evalgate.errors import UserMistake
from evalgate.pipeline.aside import Aside
from evalgate.pipeline.bench import Errand
from evalgate.pipeline.catalogue import contender, suite_for
from evalgate.pipeline.checking import build_judges
from evalgate.pipeline.contenders import Asked
from evalgate.pipeline.gatekeeping import compare_versions, gate_run
from evalgate.pipeline.guarding import open_bench
from evalgate.pipeline.keeping import keep
from evalgate.pipeline.models import Asking, asking_of
from evalgate.pipeline.producing import produce
from evalgate.pipeline.project import Project, find_project
from evalgate.tracking.destination import Destination, destination_for

Function = Callable[[dict[str, JsonValue]], object]


def evaluate(  # noqa: PLR0913 - what the command takes as flags
    candidate: str | Function,
    suite: str | None = None,
    *,
    root: Path | str = ".",
    in_flight: int = 8,
    trials: int | None = None,
    name: str = "",
    offline: bool = False,
    no_cache: bool = False,
    budget_usd: float | None = None,
) -> Run:
    """Answer and judge a suite's cases; `candidate` is a name, a git ref, a file or a function.

    `trials`, `offline`, `no_cache` and `budget_usd` mean what the flags of `evalgate run` mean.
    """
    Aside(os.environ).start()
    asking = asking_of(offline=offline, no_cache=no_cache, budget_usd=budget_usd)
    project = _project(root, asking)
    if isinstance(candidate, str):
        entry = contender(project, candidate, in_flight)
        chosen = suite_for(project, suite, [candidate])
    else:
        label = name or getattr(candidate, "__name__", "function")
        asked = FunctionCandidate(label, candidate, max_in_flight=in_flight)
        entry, chosen = Asked(label, asked), project.suite(suite)
    errand = Errand(in_flight=in_flight, trials=trials)
    run = produce(open_bench(project, chosen, errand), entry)
    _warn(keep(project, _destination(project), run, None).complaints)
    return Run(run)


def compare(  # noqa: PLR0913 - what the command takes as flags
    *versions: str,
    suite: str | None = None,
    root: Path | str = ".",
    in_flight: int = 8,
    trials: int | None = None,
    offline: bool = False,
    no_cache: bool = False,
    budget_usd: float | None = None,
) -> ComparedVersions:
    """Set versions side by side, the first is the baseline; the decisions are in the result.

    `trials`, `offline`, `no_cache` and `budget_usd` mean what the flags of `evalgate compare` mean.
    """
    Aside(os.environ).start()
    asking = asking_of(offline=offline, no_cache=no_cache, budget_usd=budget_usd)
    project = _project(root, asking)
    bench = open_bench(
        project,
        suite_for(project, suite, list(versions)),
        Errand(in_flight=in_flight, trials=trials),
    )
    compared = compare_versions(bench, versions, _destination(project))
    _warn(compared.complaints)
    return ComparedVersions(**dict(compared.comparison))


def decide(
    run: Run, baseline: Run | str | None = None, *, suite: str | None = None, root: Path | str = "."
) -> DecidedRun:
    """Hold a run against today's rules; without a baseline the suite's own is meant.

    `baseline` is a run, or a name as `evalgate gate --baseline` takes it; "none" is no baseline.
    """
    Aside(os.environ).start()
    project = _project(root)
    bench = open_bench(project, project.suite(suite or run.manifest.suite), Errand())
    named = f"{RUN}{baseline.id}" if isinstance(baseline, Run) else baseline
    judged = gate_run(bench, run.id, named, _destination(project))
    _warn(judged.complaints)
    return DecidedRun(**dict(judged.decision))


def load_judge(name: str, *, root: Path | str = ".") -> ProjectJudge:
    """Build a judge of the project by its name, with the models that it asks."""
    project = _project(root)
    judges, problems = build_judges(project, [name])
    if problems:
        raise UserMistake(problems)
    return ProjectJudge(judges[name], project.models)


def _project(root: Path | str, asking: Asking | None = None) -> Project:
    return find_project(Path(root).resolve(), os.environ, asking)


def _destination(project: Project) -> Destination:
    return destination_for(
        project.root,
        os.environ.get("MLFLOW_TRACKING_URI", ""),
        os.environ.get("MLFLOW_EXPERIMENT_NAME", ""),
    )


def _warn(complaints: Sequence[str]) -> None:
    """Say what could not be done beside the verdict, as Python says such things."""
    for complaint in complaints:
        warnings.warn(complaint, RuntimeWarning, stacklevel=3)
