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
    help="In GitHub Actions: plan, run, merge, comment, issue.",
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
DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="Print what would be posted, and ask nobody.")
]


@app.command()
def comment(
    reports: ReportsArgument,
    key: KeyOption = "default",
    author: AuthorOption = "github-actions[bot]",
    dry_run: DryRunOption = False,
) -> int:
    """Have one comment on the pull request say what the reports say.

    Exits as the verdict does; 2 when a report cannot be trusted, and 4 when all is green and
    GitHub does not take the comment.
    """
    from evalgate.github.posting import Order, post_comment

    order = Order(tuple(reports), key, author, dry_run)
    return _delivered(post_comment(order, os.environ))


@app.command()
def issue(
    reports: ReportsArgument,
    key: KeyOption = "default",
    author: AuthorOption = "github-actions[bot]",
    label: Annotated[str, typer.Option(metavar="LABEL", help="The issue's label.")] = "evalgate",
    dry_run: DryRunOption = False,
) -> int:
    """Keep one issue for the nights.

    It is opened when one is bad, updated, and closed when every suite passes again. Exits as
    `comment` does.
    """
    from evalgate.github.posting import Order, keep_nightly_issue

    order = Order(tuple(reports), key, author, dry_run, label)
    return _delivered(keep_nightly_issue(order, os.environ))


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
