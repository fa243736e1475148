"""`evalgate ci plan`: which suites a change can affect, and how they are divided among jobs."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from evalgate.domain.shard import MOST_JOBS, NOTHING_CHANGED, PlannedSuite, ShardPlan
from evalgate.errors import Problem, ServiceFailed, UserMistake
from evalgate.github.affected import Affected, affected_by
from evalgate.github.changes import Changes, changes_of, changes_since, uncommitted
from evalgate.github.event import load_event
from evalgate.github.nights.before import last_night
from evalgate.github.publishing import OUTPUT
from evalgate.github.surroundings import read_surroundings
from evalgate.github.toolkit import write_output
from evalgate.github.watched import Ground
from evalgate.pipeline.project import Project
from evalgate.pipeline.sharding import shards_for
from evalgate.report.numbers import count
from evalgate.results.manifests import seal_of, write_whole
from evalgate.sources.git import top_of
from evalgate.sources.strict import load_json_record

FILE = "plan.json"

EVENT = "GITHUB_EVENT_NAME"
JOB_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
MOST_SHOWN = 20
ADAPTER: TypeAdapter[ShardPlan] = TypeAdapter(ShardPlan)
UNTRUE = "was edited after it was written"


@dataclass(frozen=True, slots=True)
class PlanOrder:
    """What `ci plan` is asked."""

    base: str | None
    shards: int
    out: Path


def plan_shards(project: Project, order: PlanOrder, environment: Mapping[str, str]) -> ShardPlan:
    """Plan, write the plan, and tell the runner; raises UserMistake with every fault."""
    ground = ground_of(project)
    changes, workflow_run = changes_for(ground, order.base, environment)
    affected = affected_by(project, ground, changes)
    plan = ShardPlan(
        commit=project.commit[0],
        workflow_run=workflow_run,
        base=changes.base,
        policy=changes.policy,
        changed=changes.files or (),
        reason=_reason(project, changes, affected),
        suites=tuple(_planned(project, affected, order.shards)),
        last_night=last_night(project.root, environment),
    )
    _write(order.out, plan)
    if named := environment.get(OUTPUT):
        for name, value in _outputs(plan).items():
            write_output(Path(named), name, value)
    return plan


def ground_of(project: Project) -> Ground:
    """Where the project lies in its repository, without which nobody knows what changed."""
    top = top_of(project.root)
    if top is None or not project.commit[0]:
        raise UserMistake(Problem("the project is in no git repository with a commit"))
    return Ground(top, project.root)


def changes_for(
    ground: Ground, base: str | None, environment: Mapping[str, str]
) -> tuple[Changes, int]:
    """What changed since `base`, or else by the job's event; and which workflow run this is."""
    if not environment.get(EVENT):
        if base is None:
            remedy = "outside of GitHub Actions name what the change is put upon: --base main"
            raise UserMistake(Problem("is missing", key="--base", remedy=remedy))
        return changes_since(ground.root, base), 0
    around = read_surroundings(environment)
    event = load_event(around)
    found = changes_of(ground.root, event, around.sha)
    return (found if base is None else changes_since(ground.root, base)), around.run_id


def uncommitted_said(project: Project, environment: Mapping[str, str]) -> tuple[str, ...]:
    """That edits are not committed, for whoever plans in a terminal; a job's checkout is clean."""
    files = () if environment.get(EVENT) else uncommitted(project.root)
    if not files:
        return ()
    return (f"no plan counts what is not committed: {count(len(files), 'changed file')}",)


def _planned(project: Project, affected: Affected, shards: int) -> list[PlannedSuite]:
    planned = [
        PlannedSuite(suite=name, of=shards_for(project, name, shards), why=tuple(why[:MOST_SHOWN]))
        for name, why in affected.items()
    ]
    problems = [
        Problem(f"the suite {each.suite} cannot be a job's name", remedy="at most 64 characters")
        for each in planned
        if not JOB_ID.fullmatch(each.suite)
    ]
    if (jobs := sum(each.of for each in planned)) > MOST_JOBS:
        fault = f"makes {jobs} jobs, and GitHub starts {MOST_JOBS} at most"
        problems.append(Problem(fault, key="--shards", remedy="fewer shards"))
    if problems:
        raise UserMistake(problems)
    return planned


def _reason(project: Project, changes: Changes, affected: Affected) -> str:
    """In our own words: it is an output, and names of files are somebody else's."""
    suites = len(project.gates.gates.suites)
    if changes.files is None:
        return f"all {count(suites, 'suite')}: {changes.unknown}"
    if not affected:
        return NOTHING_CHANGED
    files = count(len(changes.files), "changed file")
    return f"{len(affected)} of {count(suites, 'suite')} can be affected by {files}"


def matrix_of(plan: ShardPlan) -> str:
    """The jobs, for a workflow's `strategy.matrix`."""
    include = [
        {"suite": each.suite, "shard": number, "of": each.of}
        for each in plan.suites
        for number in range(1, each.of + 1)
    ]
    return json.dumps({"include": include}, separators=(",", ":"))


def _outputs(plan: ShardPlan) -> Mapping[str, str]:
    return {
        "matrix": matrix_of(plan),
        "run": "true" if plan.suites else "false",
        "reason": plan.reason,
        # a number, or nothing where there is none; a night alone has it
        **({"last-night": str(night.run_id or "")} if (night := plan.last_night) else {}),
    }


def plan_lines(plan: ShardPlan) -> list[str]:
    """The plan for people: every suite with its reasons, then the matrix."""
    lines = [f"{'run' if plan.suites else 'nothing to run'}: {plan.reason}"]
    for each in plan.suites:
        lines.append(f"{each.suite}: {count(each.of, 'job')}")
        lines += [f"  {why}" for why in each.why]
    if night := plan.last_night:
        lines.append(f"nights before: {night.said or f'workflow run {night.run_id}'}")
    return [*lines, f"matrix: {matrix_of(plan)}"]


def _write(out: Path, plan: ShardPlan) -> None:
    sealed = plan.model_copy(update={"seal": seal_of(plan.model_dump(mode="json"))})
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ServiceFailed(f"{out} cannot be written: {error.strerror or error}") from error
    write_whole(out / FILE, sealed.model_dump_json(indent=2) + "\n")


def load_plan(file: Path) -> ShardPlan:
    """Read a plan; one that was edited, or that has nothing to run for another reason, is refused.

    "Nothing to run" has one form alone: whatever else looks like it is not accepted.
    """
    shown_as = str(file)
    plan = load_json_record(ADAPTER, file, shown_as)
    if plan.seal != seal_of(plan.model_dump(mode="json")):
        raise UserMistake(Problem(UNTRUE, shown_as, remedy="`evalgate ci plan` makes it"))
    if (plan.reason == NOTHING_CHANGED) == bool(plan.suites):
        fault = f"says {plan.reason!r} and has {count(len(plan.suites), 'suite')}"
        raise UserMistake(Problem(fault, shown_as, key="suites"))
    return plan
