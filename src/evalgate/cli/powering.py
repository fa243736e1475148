"""`evalgate power`."""

from evalgate.cli.context import here
from evalgate.cli.options import Format, FormatOption, SuitesArgument


def power(
    suite: SuitesArgument = None,
    fmt: FormatOption = Format.TABLE,
) -> int:
    """Say what each rule can detect, and what it needs.

    How many cases, or trials of each: by the newest stored runs of the suite, else by what is
    assumed, and said. Nothing is asked.
    """
    from evalgate.cli.output import show_as
    from evalgate.pipeline.powering import power_of
    from evalgate.report.power_text import power_markdown, render_power

    show_as(fmt, power_of(here(), suite), render_power, power_markdown)
    return 0
