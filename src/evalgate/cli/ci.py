"""`evalgate ci`: what the jobs of a workflow do, and what they tell people."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evalgate.cli import ci_jobs
from evalgate.cli.screen import say, tell

if TYPE_CHECKING:
    from evalgate.github.posting import Done

app = typer.Typer(
    help="In GitHub Actions: plan, run, merge, comment, issue, propose.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.command("plan")(ci_jobs.plan)
app.command("run")(ci_jobs.run)
app.command("merge")(ci_jobs.merge)

ReportsArgument = Annotated[
    list[Path],
    typer.Argument(
        metavar="REPORT", help="Files that -o wrote as JSON, or folders with decision.json."
    ),
]
KeyOption = Annotated[
    str, typer.Option(metavar="NAME", help="Which comment or issue: there is one for each key.")
]
AuthorOption = Annotated[
    str, typer.Option(metavar="LOGIN", help="Whose comments are ours: who owns the token.")
]
PlanOption = Annotated[
    Path | None, typer.Option("--plan", metavar="FILE", help="The plan.json of `ci plan`.")
]
ReportUrlOption = Annotated[
    str, typer.Option(metavar="URL", help="Where the whole report is: a page of the run.")
]
JobResultOption = Annotated[
    str,
    typer.Option(metavar="RESULT", help="How the job that decides ended; green needs `success`."),
]
DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="Print what would be posted, and ask nobody.")
]


@app.command()
def comment(  # noqa: PLR0913, PLR0917 - a command has as many parameters as it has flags
    reports: ReportsArgument,
    key: KeyOption = "default",
    author: AuthorOption = "github-actions[bot]",
    plan: PlanOption = None,
    report_url: ReportUrlOption = "",
    job_result: JobResultOption = "",
    dry_run: DryRunOption = False,
) -> int:
    """Have one comment on the pull request say what the reports say.

    Where there is no report and the plan has nothing to run, a comment that is there says so and
    keeps its verdict below. Exits as the verdict does; 2 when a report cannot be trusted, and 4
    when all is green and GitHub does not take the comment.
    """
    from evalgate.github.posting import Order, post_comment

    order = Order(
        tuple(reports),
        key,
        author,
        dry_run=dry_run,
        report_url=report_url,
        plan=plan,
        job_result=job_result,
    )
    return _delivered(post_comment(order, os.environ))


@app.command()
def issue(  # noqa: PLR0913, PLR0917 - a command has as many parameters as it has flags
    reports: ReportsArgument,
    key: KeyOption = "default",
    author: AuthorOption = "github-actions[bot]",
    label: Annotated[str, typer.Option(metavar="LABEL", help="The issue's label.")] = "evalgate",
    job_result: JobResultOption = "",
    dry_run: DryRunOption = False,
) -> int:
    """Keep one issue for the nights.

    It is opened when one is bad, updated, and closed when every suite passes again. Exits as
    `comment` does.
    """
    from evalgate.github.posting import Order, keep_nightly_issue

    order = Order(tuple(reports), key, author, dry_run, label, job_result=job_result)
    return _delivered(keep_nightly_issue(order, os.environ))


@app.command()
def propose(
    reports: ReportsArgument,
    older_than: Annotated[
        int | None,
        typer.Option(metavar="DAYS", min=1, help="Also a baseline that is older than this."),
    ] = None,
    author: AuthorOption = "github-actions[bot]",
    dry_run: DryRunOption = False,
) -> int:
    """Propose a good night's baselines in one pull request, for a person to decide.

    For each suite with `baseline: file` whose own verdict passed, where the committed file is of
    another candidate, other cases or other judges. The default branch is never written to, and a
    branch with somebody else's commits is left alone. Exits as `comment` does.
    """
    from evalgate.cli.context import here
    from evalgate.github.proposal.proposing import ProposeOrder, propose_baselines

    order = ProposeOrder(tuple(reports), older_than, author, dry_run)
    return _delivered(propose_baselines(here(), order, os.environ))


def _delivered(done: "Done") -> int:
    """Print what was done, then what could not be; a report that is at fault is a mistake."""
    from evalgate.errors import UserMistake
    from evalgate.quoting import lines_for_terminal

    say("\n".join(lines_for_terminal(done.shown)), plain=True)
    for complaint in done.complaints:
        tell("warning: " + "\n".join(lines_for_terminal(complaint)))
    if done.problems:
        raise UserMistake(done.problems)
    return int(done.code)
