"""`evalgate check`."""

from evalgate.cli.context import here
from evalgate.cli.options import Format, FormatOption


def check(fmt: FormatOption = Format.TABLE) -> int:
    """Check every file, and say what each rule can detect.

    No network is used and nothing is run.
    """
    from evalgate.cli.output import show_as, warn
    from evalgate.pipeline.checking import check_project
    from evalgate.report.check_text import check_markdown, render_check

    checked = check_project(here())
    warn(checked.warnings)
    show_as(fmt, checked, render_check, check_markdown)
    return 0
