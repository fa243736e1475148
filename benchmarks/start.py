"""`--help` and `check` on 1,000 cases, against an interpreter that imports typer and rich."""

import sys
from pathlib import Path

from measuring import EVALGATE, Figures, in_pairs, main, report
from quiz_project import write_project

RUNS = 11
CASES = 1_000
PEER = (sys.executable, "-c", "import typer, rich")


def benchmark(root: Path) -> int:
    """Measure both commands in a project of 1,000 cases."""
    write_project(root / "quiz", CASES)
    figures = []
    for command, limit in (("--help", 1.8), ("check", 4.0)):
        ratios, ours, peers = in_pairs((*EVALGATE, command), PEER, RUNS, root / "quiz")
        figures += [
            Figures(f"{command}: ratio to importing typer and rich", ratios, limit),
            Figures(f"{command}: seconds", ours),
            Figures("importing typer and rich: seconds", peers),
        ]
    return report(*figures)


main(benchmark)
