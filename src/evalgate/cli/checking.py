"""`evalgate check`."""

from evalgate.cli.context import here
from evalgate.cli.screen import say, tell


def check() -> int:
    """Check every file, and say what each rule can detect.

    No network is used and nothing is run.
    """
    from evalgate.pipeline.checking import check_project
    from evalgate.quoting import for_terminal
    from evalgate.report.check_text import render_check

    project = here()
    checked = check_project(project)
    for warning in checked.warnings:
        tell(f"warning: {for_terminal(str(warning))}")
    say(render_check(checked.suites))
    return 0
