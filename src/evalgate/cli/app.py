"""The commands and what each is for."""

from typing import Annotated

import typer

from evalgate import __version__
from evalgate.cli import (
    backtesting,
    baselines,
    checking,
    ci,
    comparing,
    doctoring,
    evalsets,
    gating,
    noise,
    powering,
    recordings,
    running,
    showing,
    starting,
)
from evalgate.cli.screen import say

EXITS = """Exit codes: 0 nothing red, 1 the gate said no, 2 your file or flag, 3 undecided and it
blocks, 4 a service failed or too little could be scored, 70 our bug, 130 Ctrl-C."""

app = typer.Typer(
    name="evalgate",
    help="May this change to a prompt, a model or an LLM application be merged?",
    epilog=EXITS,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # plain help starts in half the time
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _tell_version(is_asked: bool) -> None:
    """Print which release this is, and leave."""
    if is_asked:
        say(f"evalgate {__version__}", plain=True)
        raise typer.Exit


VersionOption = Annotated[
    bool,
    typer.Option(
        "--version", callback=_tell_version, is_eager=True, help="Show the version and exit."
    ),
]


@app.callback()
def keep_plugins_out(version: VersionOption = False) -> None:  # noqa: ARG001 - the flag's callback has answered
    """Let no plugin of pydantic, a tracer for one, look for files or into our validation."""
    from pydantic.plugin import _loader

    # an environment variable says the same, but every child of a command would inherit it
    _loader._plugins = {}  # noqa: SLF001 - what pydantic fills in after a search of all packages


app.command("init")(starting.init)
app.command("check")(checking.check)
app.command("run")(running.run)
app.command("compare")(comparing.compare)
app.command("gate")(gating.gate)
app.command("show")(showing.show)
app.command("runs")(showing.runs)
app.command("explain")(gating.explain)
app.command("verify")(gating.verify)
app.command("power")(powering.power)
app.command("noise")(noise.noise)
app.command("backtest")(backtesting.backtest)
app.command("doctor")(doctoring.doctor)
app.add_typer(baselines.app, name="baseline")
app.add_typer(evalsets.app, name="evalset")
app.add_typer(recordings.app, name="recordings")
app.add_typer(ci.app, name="ci")
