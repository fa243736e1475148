"""Runs and decisions kept in MLflow, which lives in an interpreter of its own."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from evalgate.domain.decision import Decision
from evalgate.errors import ServiceFailed
from evalgate.pipeline.aside import Aside
from evalgate.pipeline.deciding import all_findings
from evalgate.pipeline.project import Project
from evalgate.results.manifests import mark_reported
from evalgate.results.past_verdicts import remember_verdict
from evalgate.results.reading import StoredRun
from evalgate.tracking.decisions import decided
from evalgate.tracking.destination import Destination
from evalgate.tracking.runs import log_run
from evalgate.tracking.summaries import ScoreSummary, summaries_of
from evalgate.tracking.validation import ask_mlflow


class Kept(NamedTuple):
    """The run's page on a tracking server, where there is one, and what could not be kept."""

    page: str = ""
    complaints: tuple[str, ...] = ()


def aside_of(project: Project) -> Aside:
    """MLflow's interpreter, for what a project asks of it."""
    return Aside(project.environment)


def confirm(project: Project, decisions: Sequence[Decision]) -> None:
    """Have MLflow confirm every finding; asked twice if its interpreter ends the first time.

    It may have ended over a run's cases, which it was keeping ahead, and that costs no verdict.
    """
    findings = all_findings(decisions)
    try:
        aside_of(project).call(ask_mlflow, findings)
    except ServiceFailed:
        aside_of(project).call(ask_mlflow, findings)


class Summed(NamedTuple):
    """A run with what MLflow is told of it."""

    run: StoredRun
    summaries: dict[str, ScoreSummary]
    decision: Decision | None


def summed(run: StoredRun, decision: Decision | None) -> Summed:
    """Sum a run up; MLflow may be at work on something else meanwhile."""
    return Summed(run, summaries_of(run.sheet()), decision)


def keep(
    project: Project, destination: Destination, run: StoredRun, decision: Decision | None
) -> Kept:
    """Keep a run in MLflow, with the decision on it if there is one."""
    return keep_summed(project, destination, summed(run, decision))


def keep_summed(project: Project, destination: Destination, summed_up: Summed) -> Kept:
    """Keep a run in MLflow; a server that is down costs neither run nor verdict.

    The one that is kept last is the one that `latest` means.
    """
    run, summaries, decision = summed_up
    try:
        with TemporaryDirectory() as folder:
            with suppress(OSError):  # `latest` is not worth what MLflow would not be told
                mark_reported(run.folder)
            if decision:
                remember_verdict(run.folder, decision)
            written = decided(decision, Path(folder)) if decision else None
            logged = aside_of(project).call(
                log_run, destination, run.manifest, summaries, run.judgements_file, written
            )
    except ServiceFailed as failure:
        return Kept(complaints=(str(failure),))
    except OSError as error:
        why = error.strerror or error
        return Kept(complaints=(f"the decision is not kept, there is no room to write it: {why}",))
    return Kept(destination.page(logged.experiment_id, logged.run_id))
