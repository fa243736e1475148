"""A compare of two stored runs, against `import mlflow` and one logged run."""

import sys
from pathlib import Path

from measuring import EVALGATE, Figures, in_pairs, main, report, timed
from quiz_project import write_project

RUNS = 5
CASES = 1_000
COMPARE = (*EVALGATE, "compare", "old", "new")
PEER = """
import os
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
import mlflow
mlflow.set_tracking_uri("sqlite:///peer.db")
with mlflow.start_run():
    mlflow.log_param("candidate", "new")
    mlflow.log_metric("mean", 0.5)
"""


def benchmark(root: Path) -> int:
    """Measure the second compare of the same thing."""
    project = write_project(root / "quiz", CASES)
    timed(COMPARE, project)
    ratios, ours, peers = in_pairs(COMPARE, (sys.executable, "-c", PEER), RUNS, project)
    return report(
        Figures("second compare: ratio to one logged run", ratios, 2.0),
        Figures("second compare: seconds", ours),
        Figures("import mlflow and one logged run: seconds", peers),
    )


main(benchmark)
