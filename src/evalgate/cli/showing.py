"""`evalgate show` and `runs`: what is stored."""

from typing import Annotated

import typer

from evalgate.cli.context import here
from evalgate.cli.screen import say, tell


def show(
    run: Annotated[str, typer.Argument(help="A run, the beginning of its name, or `latest`.")],
    case: Annotated[str | None, typer.Argument(help="A case of it.")] = None,
) -> int:
    """Show a run, or one answer with its judgements."""
    from evalgate.errors import Problem, UserMistake
    from evalgate.report.run_text import render_case, render_manifest
    from evalgate.sources.nearest import did_you_mean

    stored = here().runs.open(run)
    stored.refuse_edited()
    if case is None:
        say(render_manifest(stored.manifest))
        return 0
    seen = []
    for judged in stored.cases():
        if judged.id == case:
            say(render_case(judged))
            return 0
        seen.append(judged.id)
    raise UserMistake(
        Problem(f"{stored.manifest.run_id} has no case {case!r}", remedy=did_you_mean(case, seen))
    )


def runs() -> int:
    """List the runs, the newest first."""
    from evalgate.domain.run import Manifest
    from evalgate.errors import Problem
    from evalgate.quoting import for_terminal
    from evalgate.report.run_text import render_runs

    manifests: list[Manifest] = []
    for run in here().runs.readable():
        if isinstance(run, Problem):
            tell(f"warning: {for_terminal(str(run))}")
        else:
            manifests.append(run.manifest)
    say(render_runs(manifests))
    return 0
