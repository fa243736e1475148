"""Shards made into runs again, and decided on as any run is."""

import hashlib
from collections.abc import Mapping, Sequence
from functools import partial
from typing import NamedTuple

from evalgate.domain.comparison import Comparison
from evalgate.domain.decision import Decision
from evalgate.domain.run import Manifest
from evalgate.domain.shard import Role
from evalgate.errors import Problem, UserMistake
from evalgate.pipeline.bench import Bench, manifest_for
from evalgate.pipeline.comparing import compare_runs
from evalgate.pipeline.gatekeeping import Judged, gate_run, inputs_of
from evalgate.pipeline.shard_checks import misplaced, mixed_up
from evalgate.pipeline.sharding import Side, is_asked, sides_of
from evalgate.pipeline.worsening import Version
from evalgate.results.joining import written_as_one
from evalgate.results.reading import StoredRun
from evalgate.results.shards import StoredShard
from evalgate.tracking.destination import Destination

MOST_WORSENED = 500
"""Cases with both answers: the job's summary shows what a comment has no room for."""


class Merged(NamedTuple):
    """A suite's decision, and the document that says the most of it."""

    judged: Judged
    report: Decision | Comparison


def join_shards(bench: Bench, shards: Sequence[StoredShard]) -> Mapping[Role, StoredRun]:
    """Make a suite's shards the runs that one job would have made, kept as any run is.

    `shards` are all of the suite, in order. Raises UserMistake with every shard that is not of
    this checkout's candidate, baseline, evalset or judges, that was edited, or that is not whole.
    """
    sides = sides_of(bench)
    found: dict[Role, list[StoredRun]] = {role: [] for role in sides}
    problems: list[Problem] = []
    for shard in shards:
        part = (shard.facts.shard, shard.facts.of)
        wanted = {role: side for role, side in sides.items() if is_asked(role, side, part)}
        for role in shard.facts.runs.keys() - wanted.keys():
            fault = f"has a run of the {role}, and here none is asked for"
            problems.append(Problem(fault, shard.shown_as))
        for role, side in wanted.items():
            try:
                found[role].append(_run_of(shard, role, side))
            except UserMistake as mistake:
                problems += mistake.problems
    if problems:
        raise UserMistake(problems)
    return {role: _joined(side, found[role]) for role, side in sides.items()}


def _run_of(shard: StoredShard, role: Role, side: Side) -> StoredRun:
    if role not in shard.facts.runs:
        fault = f"has no run of the {role}, and the suite has one"
        raise UserMistake(Problem(fault, shard.shown_as))
    run, part = shard.run(role), (shard.facts.shard, shard.facts.of)
    shown_as = f"{shard.shown_as}/{role}"
    wanted = manifest_for(side.bench, side.identity)
    problems = [*mixed_up(run.manifest, wanted, part, f"{shown_as}/manifest.json")]
    problems = problems or [*misplaced(side.bench, run, part, f"{shown_as}/judgements.jsonl")]
    if problems:
        raise UserMistake(problems)
    return run


def _joined(side: Side, runs: Sequence[StoredRun]) -> StoredRun:
    manifest = _manifest(side, [run.manifest for run in runs])
    return written_as_one(side.bench.project.runs.folder / manifest.run_id, manifest, runs)


def _manifest(side: Side, parts: Sequence[Manifest]) -> Manifest:
    """The run as it begins: the same shards give the same run, however often they are merged."""
    started = min(part.started for part in parts)
    seals = "".join(part.seal for part in parts)
    dated = side.bench.project.runs.new_id(side.identity.name, started).rpartition("-")[0]
    durations = [part.duration_s for part in parts if part.duration_s is not None]
    whole = manifest_for(side.bench, side.identity)
    return whole.model_copy(
        update={
            "run_id": f"{dated}-{hashlib.sha256(seals.encode()).hexdigest()[:8]}",
            "started": started,
            "duration_s": max(durations, default=None),  # the jobs ran side by side
            "paid_usd": sum(part.paid_usd for part in parts),
            "joined_from": tuple(part.run_id for part in parts),
        }
    )


def decide_merged(bench: Bench, run: StoredRun, destination: Destination) -> Merged:
    """Hold a merged run against the suite's baseline, as `evalgate gate` would."""
    judged = gate_run(bench, run.manifest.run_id, None, destination)
    base = judged.baseline
    if base is None:
        return Merged(judged, judged.decision)
    deciding = bench.base.bench if bench.base and bench.base.bench else bench
    name = deciding.suite.baseline or base.manifest.candidate.name
    versions = [Version(name, base), Version(run.manifest.candidate.name, judged.run)]
    inputs = partial(inputs_of, bench)
    return Merged(judged, compare_runs(versions, [judged.decision], inputs, MOST_WORSENED))
