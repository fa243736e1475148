"""`evalgate backtest`: stored runs through today's rules."""

from collections.abc import Sequence
from math import isfinite
from typing import Annotated

import typer

from evalgate.cli.context import errand, here
from evalgate.cli.options import Format, FormatOption, SuitesArgument


def backtest(
    suite: SuitesArgument = None,
    last: Annotated[
        int, typer.Option(metavar="N", min=1, help="Only the newest N runs of each suite.")
    ] = 30,
    plant: Annotated[
        str, typer.Option(metavar="SHARES", help="Shares of the cases that are made worse.")
    ] = "0.05,0.1",
    draws: Annotated[
        int, typer.Option(metavar="N", min=1, help="How often each share is planted.")
    ] = 100,
    fmt: FormatOption = Format.TABLE,
) -> int:
    """Hold stored runs against today's rules, and plant faults in them.

    Says what would be blocked today that was not then, how often runs of one candidate would be,
    and how often faults are found. No candidate and no judge is asked.
    """
    from evalgate.cli.output import show_as
    from evalgate.pipeline.backtesting import Terms, suites_of
    from evalgate.pipeline.backtesting import backtest as hold_all
    from evalgate.pipeline.guarding import open_bench
    from evalgate.report.backtest_text import backtest_markdown, render_backtest

    shares = shares_of(plant)
    project = here()
    benches = [open_bench(project, named, errand(1)) for named in suites_of(project, suite)]
    found = hold_all(benches, Terms(last, shares, draws))
    show_as(fmt, found, render_backtest, backtest_markdown)
    return 0


def shares_of(written: str) -> Sequence[float]:
    """Read `0.05,0.1`; every fault at once."""
    from evalgate.errors import Problem, UserMistake

    shares, problems = [], []
    for part in written.split(","):
        try:
            share = float(part)
        except ValueError:
            share = -1.0
        if isfinite(share) and 0 < share <= 1:
            shares.append(share)
        else:
            fault = f"{part.strip()!r} is no share above 0 and up to 1"
            problems.append(Problem(fault, key="--plant", remedy="as in 0.05,0.1"))
    if problems:
        raise UserMistake(problems)
    return shares
