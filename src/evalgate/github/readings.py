"""What a posting job is handed: reports, a plan with nothing to run, or why neither is of use."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from evalgate.domain.night import PastNight
from evalgate.domain.shard import ShardPlan
from evalgate.errors import ExitCode, Problem, UserMistake
from evalgate.github.ci_plan import load_plan
from evalgate.github.comment.body import Setting, body_without_report, comment_body
from evalgate.github.comment.earlier_verdict import nothing_changed_body
from evalgate.github.nights.file import FILE, load_nights
from evalgate.github.reports import (
    SuiteReport,
    exit_code_of,
    load_reports,
    refuse_odd,
    reports_below,
)
from evalgate.github.secrets import without_secrets

LARGEST_PLAN_BYTES = 32 << 20
SUCCESS = "success"


@dataclass(frozen=True, slots=True)
class Reading:
    """The reports, or why none of them can be used; `idle` is a plan with nothing to run."""

    reports: tuple[SuiteReport, ...]
    problems: tuple[Problem, ...]
    idle: ShardPlan | None = None
    nights: tuple[PastNight, ...] = ()

    @property
    def code(self) -> ExitCode:
        """The verdict's exit code; whatever else happens, it never becomes better."""
        if self.problems:
            return ExitCode.MISTAKE
        return ExitCode.OK if self.idle else exit_code_of(self.reports)

    def body(self, setting: Setting) -> str:
        """What is posted."""
        if self.problems:
            return body_without_report(self.problems, setting)
        if self.idle:
            return nothing_changed_body(setting)
        return comment_body(self.reports, replace(setting, nights=self.nights))

    def after(self, result: str) -> "Reading":
        """The same for a job that comes after one with this result, where one is known.

        A report that is not red is no verdict where the job that wrote it did not succeed: a shard
        may have been lost after its artifact was kept.
        """
        if result in {"", SUCCESS} or self.code is not ExitCode.OK:
            return self
        fault = f"nothing in it is red, and the job that decides ended with {result!r}"
        return Reading((), (Problem(fault, "decision.json", remedy="see that job's log"),))

    def of_run(self, run_id: int) -> "Reading":
        """The same for a job of this run: another run's plan says nothing about its commit."""
        if self.idle is None or self.idle.workflow_run == run_id:
            return self
        fault = f"is {self.idle.workflow_run}, and this is about {run_id}"
        return Reading((), (Problem(fault, "plan.json", key="workflow_run"),))


def read_all(places: Sequence[Path], plan: Path | None, secrets: Sequence[str]) -> Reading:
    """Read what there is; reports count before a plan, and without either there is no verdict."""
    try:
        has_reports = any(map(_holds_a_report, places))
        if plan is not None and not has_reports and (idle := _idle(plan)):
            return Reading((), (), idle)
        return Reading(load_reports(places, secrets), ())
    except UserMistake as mistake:
        return Reading((), mistake.problems)


def read_night(places: Sequence[Path], secrets: Sequence[str]) -> Reading:
    """The reports with what `ci merge` wrote of the nights beside them; faults of both are told."""
    read = read_all(places, None, secrets)
    files = [place / FILE for place in places if (place / FILE).exists()]
    if read.problems or not files:
        return read
    try:
        nights = load_nights(files[0], FILE)
    except UserMistake as mistake:
        return Reading((), mistake.problems)
    return replace(read, nights=tuple(without_secrets(night, secrets) for night in nights))


def _holds_a_report(place: Path) -> bool:
    return place.is_file() or bool(reports_below(place))


def _idle(file: Path) -> ShardPlan | None:
    """The plan, when it has nothing to run; one that has, and lost its reports, is no excuse."""
    if not file.exists() and not file.is_symlink():
        return None
    refuse_odd(file, file.name, LARGEST_PLAN_BYTES)
    plan = load_plan(file)
    return None if plan.suites else plan
