"""`evalgate ci merge`: every shard into runs, every suite decided, every report written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from evalgate.domain.shard import Role, ShardPlan
from evalgate.errors import EvalgateError, ExitCode, Problem, UserMistake
from evalgate.gate.consequences import GRAVEST_FIRST
from evalgate.github.affected import affected_by
from evalgate.github.ci_plan import EVENT, changes_for, ground_of, load_plan
from evalgate.github.ci_run import guarded
from evalgate.github.comment.body import Setting, body_without_report
from evalgate.github.event import load_event
from evalgate.github.marks import marker
from evalgate.github.merged_reports import REPORT, Writing, refuse_leftovers, write_merged
from evalgate.github.nights.before import FIRST
from evalgate.github.nights.night import forget_reports, hold_night, write_night
from evalgate.github.outputs import NAMES
from evalgate.github.places import Checkout
from evalgate.github.posting import setting_of
from evalgate.github.publishing import OUTPUT, SUMMARY, publish
from evalgate.github.reports import SuiteReport, exit_code_of
from evalgate.github.secrets import secrets_in
from evalgate.github.surroundings import read_surroundings
from evalgate.github.toolkit import add_to_summary, write_output
from evalgate.pipeline.bench import Bench, Errand
from evalgate.pipeline.guarding import open_bench
from evalgate.pipeline.merging import decide_merged, join_shards
from evalgate.pipeline.project import Project
from evalgate.pipeline.shard_checks import sorted_out
from evalgate.results.reading import StoredRun
from evalgate.results.shards import StoredShard, load_shards
from evalgate.tracking.destination import Destination


@dataclass(frozen=True, slots=True)
class MergeOrder:
    """What `ci merge` is asked."""

    plan: Path
    shards: Path
    out: Path
    errand: Errand
    base: str | None = None
    nights: Path | None = None  # what the last night left, and where this one leaves it


@dataclass(frozen=True, slots=True)
class MergeDone:
    """What was decided, why nothing was, and what could not be done beside it."""

    reports: tuple[SuiteReport, ...]
    nothing: str
    code: ExitCode
    complaints: tuple[str, ...] = ()
    runs: tuple[StoredRun, ...] = ()  # what was decided on, and their baselines


def merge_shards(
    project: Project, order: MergeOrder, destination: Destination, environment: Mapping[str, str]
) -> MergeDone:
    """Merge, decide, write and tell; what is refused is told to the runner as well."""
    try:
        setting = _setting(environment)
        plan = load_plan(order.plan)
        _refuse_other_plan(project, plan, order, environment)
        if not plan.suites:
            _write_outputs(environment, ExitCode.OK)
            return MergeDone((), plan.reason, ExitCode.OK)
        return _merged(project, order, plan, (destination, setting), environment)
    except EvalgateError as error:
        _tell_refusal(error, environment)
        raise


def _merged(
    project: Project,
    order: MergeOrder,
    plan: ShardPlan,
    to: tuple[Destination, Setting],
    environment: Mapping[str, str],
) -> MergeDone:
    destination, setting = to
    refuse_leftovers(order.out, [each.suite for each in plan.suites])
    forget_reports(order.out)
    with guarded(environment):
        sorted_shards = sorted_out(plan, load_shards(order.shards))
        joined = _joined(project, replace(order.errand, base=plan.policy), sorted_shards)
        decided = [
            (runs, decide_merged(bench, runs["candidate"], destination)) for bench, runs in joined
        ]
        benches = (bench for bench, _ in joined)
        judged = zip(benches, (merged.judged for _, merged in decided), strict=True)
        tonight = hold_night(order.nights, plan, judged) if order.nights else None
    writing = Writing(order.out, plan, secrets_in(environment), setting.report_url)
    reports = [write_merged(writing, runs, merged) for runs, merged in decided]
    complaints = [each for _, merged in decided for each in merged.judged.complaints]
    if order.nights and tonight:
        others, nights = write_night(writing, order.nights, tonight)
        reports, setting = [*reports, *others], replace(setting, nights=nights)
        complaints += (said for said in tonight.kept.said if said != FIRST)
    told = _published(project, plan, reports, setting, environment)
    complaints = list(dict.fromkeys([*complaints, *told]))
    stored = tuple(run for _, merged in decided for run in merged.judged.stored)
    return MergeDone(tuple(reports), "", exit_code_of(reports), tuple(complaints), stored)


def _joined(
    project: Project, errand: Errand, shards: Mapping[str, Sequence[StoredShard]]
) -> list[tuple[Bench, Mapping[Role, StoredRun]]]:
    """Every suite's runs; the faults of all suites at once, before any of them is decided."""
    joined: list[tuple[Bench, Mapping[Role, StoredRun]]] = []
    problems: list[Problem] = []
    for name, of_suite in shards.items():
        try:
            bench = open_bench(project, project.suite(name), errand)
            joined.append((bench, join_shards(bench, of_suite)))
        except UserMistake as mistake:
            problems += mistake.problems
    if problems:
        raise UserMistake(list(dict.fromkeys(problems)))
    return joined


def _setting(environment: Mapping[str, str]) -> Setting:
    mark = marker("sticky", "default")
    if not environment.get(EVENT):
        return Setting(mark)
    around = read_surroundings(environment)
    return setting_of(around, load_event(around), mark)


def _refuse_other_plan(
    project: Project, plan: ShardPlan, order: MergeOrder, environment: Mapping[str, str]
) -> None:
    """A plan of another commit, of another workflow run, or that leaves out what it should not."""
    commit = project.commit[0]
    told: list[tuple[str, str, str]] = [("commit", plan.commit[:12], commit[:12])]
    if environment.get(EVENT) or order.base:
        ground = ground_of(project)
        changes, workflow_run = changes_for(ground, order.base, environment)
        # planned once more: whoever edits a plan seals it as well
        suites = ", ".join(affected_by(project, ground, changes))
        told += [
            ("policy", plan.policy[:12], changes.policy[:12]),
            ("suites", ", ".join(each.suite for each in plan.suites), suites),
            ("workflow_run", str(plan.workflow_run), str(workflow_run)),
        ]
    problems = [
        Problem(f"is {theirs or 'none'}, and here it is {ours or 'none'}", str(order.plan), key=key)
        for key, theirs, ours in told
        if theirs != ours
    ]
    if problems:
        raise UserMistake(problems)


def _published(
    project: Project,
    plan: ShardPlan,
    reports: Sequence[SuiteReport],
    setting: Setting,
    environment: Mapping[str, str],
) -> list[str]:
    """Annotations, summary and outputs, where there is a runner that reads them."""
    if environment.get("GITHUB_ACTIONS") != "true":
        return []
    checkout = Checkout(project, ground_of(project).top, plan.base or None, frozenset(plan.changed))
    # the outputs lead to the suite that matters most
    gravest = min(reports, key=lambda each: GRAVEST_FIRST.index(exit_code_of([each])))
    decision = Path(gravest.path)
    return publish(reports, checkout, setting, (decision.with_name(REPORT), decision), environment)


def _write_outputs(environment: Mapping[str, str], code: ExitCode) -> None:
    """Every output of a merge that decided nothing: a reader never finds those of another step."""
    if named := environment.get(OUTPUT):
        known = {"verdict": "none", "exit-code": str(int(code))}
        for name in NAMES:
            write_output(Path(named), name, known.get(name, ""))


def _tell_refusal(error: EvalgateError, environment: Mapping[str, str]) -> None:
    _write_outputs(environment, error.code)
    if named := environment.get(SUMMARY):
        problems = error.problems if isinstance(error, UserMistake) else (Problem(str(error)),)
        body = body_without_report(problems, Setting(marker("sticky", "default")))
        add_to_summary(Path(named), body)
