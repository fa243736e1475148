"""100,000 recorded cases, MLflow on: the most memory the process tree holds, cases per second."""

import shutil
from pathlib import Path

from measuring import EVALGATE, Figures, Ran, main, report, watched
from quiz_project import write_project

RUNS = 3
CASES = 100_000
LIMIT_MB = 500.0
VERDICTS = (0, 1, 3)  # without a baseline some rules are undecided
COMMANDS = {  # what is run, and how many runs it makes
    "run without a baseline": (("run", "--baseline", "none"), 1),
    "run with its baseline": (("run",), 2),
    "compare, both to be run": (("compare", "old", "new"), 2),
}


def benchmark(root: Path) -> int:
    """Measure every command on a project that has no run yet, then a compare of stored runs."""
    project = write_project(root / "quiz", CASES)
    figures = []
    for name, (command, made) in COMMANDS.items():
        ran = [_fresh(project, command) for _ in range(RUNS)]
        figures += _figures(name, ran)
        rates = [made * CASES / each.seconds for each in ran]
        figures.append(Figures(f"{name}: answers per second", rates))
    stored = [watched((*EVALGATE, "compare", "old", "new"), project) for _ in range(RUNS)]
    return report(*figures, *_figures("compare, both stored", stored))


def _fresh(project: Path, command: tuple[str, ...]) -> Ran:
    shutil.rmtree(project / ".evalgate", ignore_errors=True)
    return watched((*EVALGATE, *command), project, may_end=VERDICTS)


def _figures(name: str, ran: list[Ran]) -> list[Figures]:
    return [
        Figures(f"{name}: peak memory, MiB", [each.peak_mb for each in ran], LIMIT_MB),
        Figures(f"{name}: seconds", [each.seconds for each in ran]),
    ]


main(benchmark)
