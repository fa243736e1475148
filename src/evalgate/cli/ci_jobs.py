"""`evalgate ci plan`, `run` and `merge`: what the jobs of a workflow do."""

import os
from pathlib import Path
from typing import Annotated

import typer

from evalgate.cli.context import asking, destination, errand, here, start_mlflow
from evalgate.cli.options import BudgetOption, InFlightOption, NoCacheOption, OfflineOption
from evalgate.cli.output import tell_missing, warn
from evalgate.cli.screen import say, tell

BaseOption = Annotated[
    str | None, typer.Option("--base", metavar="REF", help="Instead of the event's base.")
]


def plan(
    base: BaseOption = None,
    shards: Annotated[
        int, typer.Option(metavar="N", min=1, max=256, help="Into how many jobs a suite is cut.")
    ] = 1,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where plan.json is written.")] = Path(
        "evalgate-report"
    ),
) -> int:
    """Say which suites the change can affect, and which jobs run them."""
    from evalgate.github.ci_plan import PlanOrder, plan_lines, plan_shards, uncommitted_said
    from evalgate.quoting import for_terminal

    project = here()
    planned = plan_shards(project, PlanOrder(base, shards, out.absolute()), os.environ)
    say("\n".join(for_terminal(line) for line in plan_lines(planned)), plain=True)
    warn(uncommitted_said(project, os.environ))
    if (night := planned.last_night) and night.unknown:
        warn([night.said])
    return 0


def run(  # noqa: PLR0913, PLR0917 - a command has as many parameters as it has flags
    suite: Annotated[str, typer.Option(metavar="SUITE", help="Which suite of gates.yaml.")],
    shard: Annotated[str, typer.Option(metavar="I/N", help="The i-th of n equal parts.")],
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="Below it the shard gets a folder of its own.")
    ],
    base: BaseOption = None,
    in_flight: InFlightOption = 8,
    offline: OfflineOption = False,
    no_cache: NoCacheOption = False,
    budget_usd: BudgetOption = None,
) -> int:
    """Answer and judge one shard of a suite, for `merge` to decide on.

    Never exits with 1: a part of the cases decides nothing. On a fork's pull request, and where
    there is no key, recordings alone are used.
    """
    from evalgate.cli.selection import selection_of
    from evalgate.github.ci_plan import uncommitted_said
    from evalgate.github.ci_run import RunOrder, run_one_shard
    from evalgate.quoting import for_terminal

    selection = selection_of(None, [], [], shard)
    project = here(asking(offline, no_cache, budget_usd))
    order = RunOrder(suite, out.absolute(), errand(in_flight, selection), base)
    done = run_one_shard(project, order, os.environ)
    say(for_terminal(done.shown), plain=True)
    warn((*done.said, *uncommitted_said(project, os.environ)))
    tell_missing(done.runs)
    return int(done.code)


def merge(
    plan: Annotated[Path, typer.Option(metavar="FILE", help="The plan.json of `ci plan`.")],
    shards: Annotated[
        Path, typer.Option("--from", metavar="DIR", help="Where the shards of `ci run` are.")
    ],
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="Each suite's reports, in a folder of its own.")
    ] = Path("evalgate-report"),
    base: BaseOption = None,
    nights: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="A night: hold it against those before, which lie there, and leave it there.",
        ),
    ] = None,
) -> int:
    """Join the shards, hold every suite against its baseline, and write every report.

    A shard that is missing, there twice, edited or of something else is refused. Exits as the
    verdict does; 0 when the plan has nothing to run.
    """
    from evalgate.domain.decision import Decision
    from evalgate.github.ci_merge import MergeOrder, merge_shards
    from evalgate.github.ci_plan import uncommitted_said
    from evalgate.report.comparison import render_comparison
    from evalgate.report.decision_text import render_decision

    start_mlflow()
    project = here()
    folder = nights.absolute() if nights else None
    order = MergeOrder(plan.absolute(), shards.absolute(), out.absolute(), errand(1), base, folder)
    done = merge_shards(project, order, destination(project), os.environ)
    for report in done.reports:
        found = report.document
        say(render_decision(found) if isinstance(found, Decision) else render_comparison(found))
        for decision in report.decisions:
            tell(f"run: {decision.candidate.run_id}")
    say(done.nothing, plain=True)
    warn((*done.complaints, *uncommitted_said(project, os.environ)))
    tell_missing(done.runs)
    return int(done.code)
