"""`evalgate ci run`: one shard of one suite, answered, judged and left for `ci merge`."""

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

from evalgate.domain.shard import Role, Shard
from evalgate.errors import ExitCode, Problem, UserMistake
from evalgate.github.changes import policy_of
from evalgate.github.ci_plan import EVENT
from evalgate.github.event import load_event
from evalgate.github.secrets import secrets_in, without_secrets
from evalgate.github.surroundings import read_surroundings
from evalgate.github.toolkit import commands_stopped
from evalgate.judge.protocol import model_of
from evalgate.pipeline.bench import Bench, Errand
from evalgate.pipeline.guarding import open_bench
from evalgate.pipeline.project import Project
from evalgate.pipeline.sharding import lacks_much, run_shard, sides_of
from evalgate.report.missing_text import another_try_helps
from evalgate.report.numbers import count
from evalgate.results.lacking import missing_of
from evalgate.results.reading import StoredRun
from evalgate.results.shards import StoredShard, write_shard
from evalgate.sources.git import resolve_ref

FORK = "a fork's pull request has no key: answered from recordings alone"
NO_KEY = "there is no key: answered from recordings alone"


@dataclass(frozen=True, slots=True)
class RunOrder:
    """What `ci run` is asked; the errand's selection is the shard."""

    suite: str
    out: Path
    errand: Errand
    base: str | None = None


@dataclass(frozen=True, slots=True)
class ShardDone:
    """What there is to show, to say beside it, and to exit with."""

    shown: str
    code: ExitCode
    said: tuple[str, ...]
    runs: tuple[StoredRun, ...]


def run_one_shard(project: Project, order: RunOrder, environment: Mapping[str, str]) -> ShardDone:
    """Answer and judge a shard and write it; its folder is there when all of it was run.

    Nothing is decided, so that it never exits with 1.
    """
    job = _job(project, order.base, environment)
    order = replace(order, errand=replace(order.errand, base=job.policy))
    with guarded(environment):
        bench, said = _bench(project, order, is_fork=job.is_fork)
        runs = run_shard(bench)
    clean = partial(without_secrets, secrets=secrets_in(environment))
    stored = write_shard(order.out, _facts(bench, job), runs, clean)
    is_poor = any(lacks_much(run.manifest) for run in runs.values())
    if is_poor:
        said += (_too_little(runs.values()),)
    code = ExitCode.SERVICE if is_poor else ExitCode.OK
    return ShardDone(_shown(stored, runs), code, said, tuple(runs.values()))


def _too_little(runs: Iterable[StoredRun]) -> str:
    """What to do about it; a file that lacks lines, or a judge's code, is not mended by a rerun."""
    lacking = [lack for run in runs for lack in missing_of(run)]
    advice = "run this job again" if another_try_helps(lacking) else "the reasons are below"
    return f"too little of it could be answered or judged: {advice}"


def guarded(environment: Mapping[str, str]) -> AbstractContextManager[None]:
    """While a project's own code may print, no runner takes its words for commands."""
    return commands_stopped() if environment.get("GITHUB_ACTIONS") == "true" else nullcontext()


class Job(NamedTuple):
    """The workflow run, the commit that decides, and whether somebody without our rights wrote."""

    run_id: int
    policy: str
    is_fork: bool


def _job(project: Project, base: str | None, environment: Mapping[str, str]) -> Job:
    named = resolve_ref(project.root, base) if base else ""
    if not environment.get(EVENT):
        return Job(0, named, is_fork=False)
    around = read_surroundings(environment)
    event = load_event(around)
    policy = named or policy_of(project.root, event, around.sha)
    return Job(around.run_id, policy, event.is_fork)


def _bench(project: Project, order: RunOrder, *, is_fork: bool) -> tuple[Bench, tuple[str, ...]]:
    """The suite made ready; models are asked only where there is a key to ask them with."""
    asking = project.asking
    if is_fork and asking.fresh:
        fault = "a fork's pull request has no key, and is answered from recordings alone"
        raise UserMistake(Problem(fault, key="--no-cache", remedy="leave it out"))
    bench = open_bench(project, project.suite(order.suite), order.errand)
    if asking.offline or not (models := _models(bench)):
        return bench, ()
    if not is_fork and (asking.fresh or not _lacks_key(project, models)):
        return bench, ()  # to ask anew without a key is a fault, which is told before it begins
    offline = replace(project, asking=asking._replace(offline=True))
    said = FORK if is_fork else NO_KEY
    return open_bench(offline, offline.suite(order.suite), order.errand), (said,)


def _models(bench: Bench) -> list[str]:
    sides = sides_of(bench).values()
    judges = [judge for side in sides for judge in side.bench.judges]
    found = (*(side.identity.model for side in sides), *map(model_of, judges))
    return [model for model in dict.fromkeys(found) if model]


def _lacks_key(project: Project, models: list[str]) -> bool:
    """True when keys are all that is missing."""
    without = project.models.problems_of(models, keys=False)
    return not without and bool(project.models.problems_of(models, keys=True))


def _facts(bench: Bench, job: Job) -> Shard:
    part = bench.errand.selection.shard
    assert part is not None, "`ci run` is always about a shard"
    return Shard(
        suite=bench.name,
        shard=part[0],
        of=part[1],
        commit=bench.project.commit[0],
        policy=job.policy,
        workflow_run=job.run_id,
        runs={},
    )


def _shown(stored: StoredShard, runs: Mapping[Role, StoredRun]) -> str:
    answered = " and ".join(
        f"{run.manifest.candidate.name} with {count(run.manifest.judged, 'answer')}"
        for run in runs.values()
    )
    return f"{stored.facts}: {answered}, in {stored.shown_as}"
