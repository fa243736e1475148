"""1,000 cases, one answer and one judge's verdict each, from an endpoint: against a bare loop.

    python benchmarks/live.py [--peers VENV] [--promptfoo FOLDER] [--rounds N]
                              [--plans 64,256,faults]

Whole processes, from start to exit, with evalgate's run complete in MLflow. In each round every
tool comes once, right after a bare loop that it is held against.
"""

import argparse
import os
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from live_evalgate import Evalgate
from live_peers import bare, peers
from live_work import Came, Job, Plan, Tool, endpoint, write_cases
from measuring import Ran, main, watched

FAULTS = {"429": 0.05, "500": 0.02, "malformed": 0.01, "hang": 0.01}
PLANS = {
    "64": Plan(1000, 64, 200.0),
    "256": Plan(1000, 256, 200.0),
    "faults": Plan(1000, 64, 50.0, FAULTS),
}
LIMITS = {"64": 0.9, "256": 0.7}  # the bare loop's seconds, divided by evalgate's
MEAN = 3.0


@dataclass(frozen=True)
class Measured:
    """One process, and what the endpoint saw of it."""

    ran: Ran
    came: Came
    before_s: float  # until the first request
    after_s: float  # since the last reply
    requests: int


def measured(tool: Tool, plan: Plan, root: Path) -> Measured:
    """Start an endpoint, then the tool."""
    name = tool.name.replace(" ", "-")
    cases = root / f"cases-{plan.cases}.jsonl"
    if not cases.exists():
        write_cases(cases, plan.cases)
    counted: dict[str, Any] = {}
    with endpoint(plan, counted) as base_url:
        job = Job(plan, root / f"{name}-{plan.in_flight}-{plan.latency_ms:g}", cases, base_url)
        tool.prepare(job)
        begun = time.time()
        ran = watched(tool.command(job), job.folder, may_end=None, told=job.told, every_s=0.1)
        ended = begun + ran.seconds
    before, after = counted["first"] - begun, ended - counted["last"]
    return Measured(ran, tool.came(job), before, after, counted["requests"])


def in_turn(tools: Sequence[Tool], plan: Plan, rounds: int, root: Path) -> int:
    """Measure every tool against the bare loop, print the table; 1 when a limit is missed."""
    limit = LIMITS.get(str(plan.in_flight), 0.0)
    ratios: dict[str, list[float]] = {tool.name: [] for tool in tools}
    found: dict[str, list[Measured]] = {name: [] for name in ("bare", *ratios)}
    for _ in range(rounds):
        for tool in tools:
            loop, own = measured(bare(), plan, root), measured(tool, plan, root)
            found["bare"].append(loop)
            found[tool.name].append(own)
            ratios[tool.name].append(loop.ran.seconds / own.ran.seconds)
    print(f"\n{plan.cases:,} cases, {plan.latency_ms:g} ms, {plan.in_flight} in flight:", _load())
    print("| tool | wall s | bare loop / tool | CPU s | MB | before s | calls s | after s |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    print(_row("bare aiohttp loop", found["bare"], [1.0]))
    for tool in tools:
        print(_row(tool.name, found[tool.name], ratios[tool.name]), flush=True)
    reached = statistics.median(ratios["evalgate"])
    each = ", ".join(f"{ratio:.2f}" for ratio in ratios["evalgate"])
    print(f"evalgate: {reached:.2f} ({each}), limit {limit}", "" if reached >= limit else "MISSED")
    return int(reached < limit)


def _row(name: str, runs: Sequence[Measured], ratios: Sequence[float]) -> str:
    wrong = [run for run in runs if run.came.mean is None or abs(run.came.mean - MEAN) > 1e-9]
    if wrong:
        name += f" (exit {wrong[0].ran.code}, mean {wrong[0].came.mean}: {wrong[0].came.words})"
    columns = (
        [run.ran.seconds for run in runs],
        ratios,
        [run.ran.cpu_s for run in runs],
        [run.ran.peak_mb for run in runs],
        [run.before_s for run in runs],
        [run.ran.seconds - run.before_s - run.after_s for run in runs],
        [run.after_s for run in runs],
    )
    cells = (
        f"{statistics.median(column):.{places}f}"
        for column, places in zip(columns, (1, 2, 1, 0, 1, 1, 1), strict=True)
    )
    return f"| {name} | " + " | ".join(cells) + " |"


def under_faults(tools: Sequence[Tool], root: Path) -> int:
    """Have every tool meet the same faults once; 1 when evalgate leaves a case out."""
    plan = PLANS["faults"]
    mix = ", ".join(f"{share:.0%} {fault}" for fault, share in FAULTS.items())
    print(f"\n{plan.cases:,} cases, {plan.in_flight} in flight; {mix}:", _load())
    print("| tool | wall s | exit | scored | mean | requests | what it says last |")
    print("|---|---:|---:|---:|---:|---:|---|")
    lacking = 0
    for tool in tools:
        run = measured(tool, plan, root)
        mean = "-" if run.came.mean is None else f"{run.came.mean:.3f}"
        words = run.came.words.replace("|", "/")
        cells = (f"{run.ran.seconds:.1f}", run.ran.code, run.came.scored, mean, run.requests, words)
        print(f"| {tool.name} | " + " | ".join(map(str, cells)) + " |", flush=True)
        if isinstance(tool, Evalgate):
            lacking += run.came.scored < plan.cases
    return int(lacking > 0)


def present(python: str, promptfoo: Path) -> Iterator[Tool]:
    """The peers that are there; the others are named."""
    for peer in peers(python, promptfoo):
        if why := peer.missing():
            print(f"not measured: {peer.name}: {why}")
        else:
            yield peer


def _load() -> str:
    return "load " + " ".join(f"{load:.1f}" for load in os.getloadavg())


def benchmark(root: Path) -> int:
    """Do what the arguments say."""
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--peers", default="", metavar="VENV", help="has pydantic-evals and mlflow")
    wanted.add_argument("--promptfoo", default="", metavar="FOLDER", help="has node_modules")
    wanted.add_argument("--rounds", type=int, default=3)
    wanted.add_argument("--plans", default=",".join(PLANS))
    told = wanted.parse_args()
    others = list(present(f"{told.peers}/bin/python", Path(told.promptfoo)))
    missed = 0
    for name in told.plans.split(","):
        if name == "faults":
            ours = (Evalgate(), Evalgate("evalgate, timeout_s 10", options=", timeout_s: 10"))
            loops = (bare(), bare("bare loop, 10 s timeout", 10.0))
            missed += under_faults([*loops, *ours, *others], root)
        else:
            missed += in_turn([Evalgate(), *others], PLANS[name], told.rounds, root)
    return int(missed > 0)


main(benchmark)
