"""What every command starts from: the project around the current folder, and the environment."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # these rooms load pydantic, which `--help` must not wait for
    from evalgate.domain.run import Selection
    from evalgate.pipeline.bench import Errand
    from evalgate.pipeline.project import Project
    from evalgate.tracking.destination import Destination


def here() -> "Project":
    """The project that the current folder belongs to."""
    from evalgate.pipeline.project import find_project

    return find_project(Path.cwd(), os.environ)


def destination(project: "Project") -> "Destination":
    """Where MLflow keeps the runs: what the environment says, else the project's own database."""
    from evalgate.tracking.destination import destination_for

    return destination_for(
        project.root,
        os.environ.get("MLFLOW_TRACKING_URI", ""),
        os.environ.get("MLFLOW_EXPERIMENT_NAME", ""),
    )


def errand(in_flight: int, selection: "Selection | None" = None, resume: str = "") -> "Errand":
    """How runs are to be made, watched when somebody looks."""
    from evalgate.cli.progress_bar import ProgressBar, is_watched
    from evalgate.domain.run import Selection
    from evalgate.pipeline.bench import Errand
    from evalgate.pipeline.progress import Unwatched

    return Errand(
        in_flight=in_flight,
        selection=selection or Selection(),
        resume=resume,
        command_line=tuple(sys.argv),
        progress=ProgressBar() if is_watched() else Unwatched(),
    )
