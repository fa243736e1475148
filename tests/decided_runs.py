"""Runs made and decided on as `evalgate run` does, without MLflow, which costs most of the time."""

from collections.abc import Sequence

from command_scenarios import gates
from evalgate.pipeline.bench import Errand
from evalgate.pipeline.catalogue import contender
from evalgate.pipeline.deciding import Sides, decide_runs
from evalgate.pipeline.guarding import open_bench
from evalgate.pipeline.models import Asking
from evalgate.pipeline.producing import produce
from evalgate.pipeline.project import Project
from evalgate.results.past_verdicts import remember_verdict
from small_project import ProjectOnDisk, answers, lines, quiz

STEADY = "score: exact_match, max_drop: 0.1"


def decided_run(
    repo: ProjectOnDisk, new: Sequence[bool] = (), *, fresh: bool = False, kept: bool = True
) -> int:
    """Run `new`, with other answers if there are any, against `old`; give the exit code."""
    if new:
        repo.write({"candidates/new.jsonl": answers(new)})
    project = Project(repo.root, {}, Asking(fresh=fresh))
    bench = open_bench(project, project.suite(None), Errand())
    base = None
    if bench.suite.baseline != "none":
        base = produce(bench, contender(project, "old", 1), as_baseline=True)
    run = produce(bench, contender(project, "new", 1))
    decision = decide_runs((bench.name, bench.suite), Sides(run, base), ())
    if kept:
        remember_verdict(run.folder, decision)
    return decision.exit_code


def trials(right_in: Sequence[Sequence[bool]]) -> str:
    """Recorded answers to q1, q2, ...: one for every trial."""
    return lines(
        [
            {"id": f"q{number}", "trial": trial, "answer": "right" if is_right else "wrong"}
            for number, several in enumerate(right_in, 1)
            for trial, is_right in enumerate(several)
        ]
    )


def recorded(right_in: Sequence[Sequence[bool]], rule: str = STEADY) -> dict[str, str]:
    """A project whose baseline was asked several times over."""
    count = len(right_in)
    return quiz([True] * count, [True] * count, gates(rule)) | {
        "candidates/old.jsonl": trials(right_in)
    }


WAVERING = [[True, True, place % 10 > 0] for place in range(40)]
