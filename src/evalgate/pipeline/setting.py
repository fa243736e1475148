"""A person sets a baseline: it is written, and what of it may surprise is said."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from evalgate.config.candidates import list_candidates, load_candidate
from evalgate.domain.baseline_file import BaselineFile, BaselineShown
from evalgate.domain.finding import Outcome, Verdict
from evalgate.domain.names import BASELINES, baseline_file_of
from evalgate.errors import Problem, ServiceFailed, UserMistake
from evalgate.pipeline.baselines import refuse_stale
from evalgate.pipeline.bench import Errand, located
from evalgate.pipeline.filing import baseline_from, shown_of
from evalgate.pipeline.guarding import open_bench
from evalgate.pipeline.project import Project
from evalgate.pipeline.roster import built_candidate
from evalgate.results.baseline_files import load_baseline, write_baseline
from evalgate.results.past_verdicts import last_verdict
from evalgate.results.reading import StoredRun
from evalgate.sources.git import run_git


class BaselineSet(NamedTuple):
    """A baseline file that was written, and what its reviewer should know of its run."""

    shown: BaselineShown
    warnings: tuple[str, ...]


def set_baseline(project: Project, name: str, by: str) -> BaselineSet:
    """Write the scores of a whole run as its suite's baseline."""
    run = project.runs.open(name)
    suite = run.manifest.suite
    project.suite(suite)  # one that gates.yaml does not know would never be read
    set_at = dt.datetime.now(dt.UTC).replace(microsecond=0)
    baseline = baseline_from(run, by or _who(project), set_at)
    path = project.root / baseline_file_of(suite)
    before = _replaced(path, baseline_file_of(suite))
    try:
        path.parent.mkdir(exist_ok=True)
    except OSError as error:
        raise ServiceFailed(f"{BASELINES} cannot be made: {error.strerror or error}") from error
    shown = shown_of(write_baseline(path, baseline), baseline_file_of(suite), before)
    return BaselineSet(shown, tuple(_warnings(project, run)))


def _who(project: Project) -> str:
    name = run_git(project.root, "config", "user.name")
    if not name:
        remedy = "say it with --by, or `git config user.name`"
        raise UserMistake(Problem("who sets the baseline is not known", remedy=remedy))
    return name


def _replaced(path: Path, shown_as: str) -> BaselineFile | None:
    """The file that is there, if it can be read: whoever sets it anew mends one that was edited."""
    try:
        return load_baseline(path, shown_as) if path.is_file() else None
    except UserMistake:
        return None


def _warnings(project: Project, run: StoredRun) -> Iterator[str]:
    """Why this may not be the run that somebody meant."""
    yield from _of_candidate(project, run)
    name = run.manifest.suite
    try:
        refuse_stale(open_bench(project, project.suite(name), Errand()), run)
    except UserMistake as mistake:
        yield from map(str, mistake.problems)
    said = last_verdict(run.folder, name)
    # without a baseline its rules could not decide, as before a first file is set
    could_decide = said and (said.baseline or said.verdict is Verdict.FAILED)
    if said and could_decide and said.outcome is Outcome.RED:
        words = f"{said.verdict} (exit {said.exit_code})"
        yield f"the last verdict on {run.manifest.run_id} was red: {words}"


def _of_candidate(project: Project, run: StoredRun) -> Iterator[str]:
    """What became of the candidate since it was run."""
    then = run.manifest.candidate
    if then.name not in list_candidates(project.root):
        yield f"{run.manifest.run_id} is of {then.name}, which is no candidate of the project today"
        return
    try:
        spec = load_candidate(project.root, then.name, project.environment)
        today = located(project, built_candidate(project, then.name, spec, 1).identity)
    except UserMistake as mistake:
        yield from map(str, mistake.problems)
        return
    if (today.digest, today.endpoint) != (then.digest, then.endpoint):
        yield f"{run.manifest.run_id} is not of the candidate {then.name} as it is today"
