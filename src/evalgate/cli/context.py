"""What every command starts from: the project around the current folder, and the environment."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # these rooms load pydantic, which `--help` must not wait for
    from evalgate.domain.run import Selection
    from evalgate.pipeline.bench import Errand
    from evalgate.pipeline.models import Asking
    from evalgate.pipeline.project import Project
    from evalgate.tracking.destination import Destination


def here(asking: "Asking | None" = None) -> "Project":
    """The project that the current folder belongs to; `asking` is how its models are asked."""
    from evalgate.pipeline.project import find_project

    return find_project(Path.cwd(), os.environ, asking)


def start_mlflow() -> None:
    """Have MLflow imported from now on: it takes longer than all that comes before it is asked."""
    from evalgate.pipeline.aside import Aside

    Aside(os.environ).start()


def destination(project: "Project") -> "Destination":
    """Where MLflow keeps the runs: what the environment says, else the project's own database."""
    from evalgate.tracking.destination import destination_for

    return destination_for(
        project.root,
        os.environ.get("MLFLOW_TRACKING_URI", ""),
        os.environ.get("MLFLOW_EXPERIMENT_NAME", ""),
    )


def asking(offline: bool, no_cache: bool, budget_usd: float | None) -> "Asking":
    """How models are to be asked."""
    from evalgate.pipeline.models import asking_of

    return asking_of(offline=offline, no_cache=no_cache, budget_usd=budget_usd)


def errand(
    in_flight: int,
    selection: "Selection | None" = None,
    resume: str = "",
    trials: int | None = None,
    base: str = "",
) -> "Errand":
    """How runs are to be made, watched when somebody looks."""
    from evalgate.cli.progress_bar import ProgressBar, is_watched
    from evalgate.domain.run import Selection
    from evalgate.pipeline.bench import Errand
    from evalgate.pipeline.progress import Unwatched

    return Errand(
        in_flight=in_flight,
        selection=selection or Selection(),
        trials=trials,
        resume=resume,
        base=base,
        command_line=tuple(sys.argv),
        progress=ProgressBar() if is_watched() else Unwatched(),
    )
