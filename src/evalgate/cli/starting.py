"""`evalgate init`."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evalgate.cli.output import warn
from evalgate.cli.screen import say

if TYPE_CHECKING:
    from evalgate.github.team.files import Added

NEXT = """
now run: evalgate compare v1 v2
no LLM is called yet; for a real one change the line `model:` in candidates/v1.yaml,
candidates/v2.yaml and judges/correct/judge.yaml, as in model: openai:/gpt-4o-mini"""


def init(
    github: Annotated[
        bool, typer.Option("--github", help="Write this repository's workflows, too.")
    ] = False,
    action: Annotated[
        str | None,
        typer.Option(
            metavar="OWNER/REPO@SHA",
            help="With --github: the action that they run; the release's own if left out.",
        ),
    ] = None,
) -> int:
    """Make a small project that runs at once.

    It needs no key: its models are simulated. Nothing that is in this folder is touched. With
    --github a project that is there gets its workflows alone.
    """
    if github:
        from evalgate.github.team.files import add_workflows

        return _told(add_workflows(Path.cwd(), action, os.environ))
    if action is not None:
        from evalgate.errors import Problem, UserMistake

        raise UserMistake(Problem("is for --github alone", key="--action"))
    from evalgate.pipeline.starting import start_project

    say("\n".join(f"wrote {name}" for name in start_project(Path.cwd())))
    say(NEXT)
    return 0


def _told(added: "Added") -> int:
    """Say what is there now, and what is left to a person."""
    from evalgate.github.team.steps import next_steps
    from evalgate.quoting import for_terminal

    done = [f"wrote {name}" for name in added.written]
    done += [f"unchanged {name}" for name in added.unchanged]
    say("\n".join(map(for_terminal, done)), plain=True)
    if added.is_first:
        say(NEXT)
    say("\n" + "\n".join(map(for_terminal, next_steps(added))), plain=True)
    warn(added.hints)
    return 0
