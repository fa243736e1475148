"""The only place that turns an exception into words and an exit code."""

import contextlib
import sys
import traceback
from collections.abc import Sequence

from typer import TyperException
from typer.exceptions import Abort

from evalgate.cli.app import app
from evalgate.cli.screen import tell
from evalgate.errors import EvalgateError, ExitCode, UserMistake

HELP = "Usage: "
BUG = "this is a bug in evalgate, not a verdict: please report it with the lines above"


def run(argv: Sequence[str]) -> int:
    """Run one command; every way it can end has its exit code."""
    try:
        result = app(list(argv), prog_name="evalgate", standalone_mode=False)
    except BaseException as error:  # noqa: BLE001 - Python itself would leave with 1, our "no"
        return int(_told(error))
    if result == ExitCode.INTERRUPTED:
        tell("stopped")  # Ctrl-C came while nothing was evaluated, and typer took it
    return result if isinstance(result, int) else int(ExitCode.OK)


def _told(error: BaseException) -> ExitCode:  # noqa: PLR0911 - one return for each way to end
    """Say what ended the command, and which exit code that is."""
    from evalgate.quoting.terminal import for_terminal, lines_for_terminal

    match error:
        case UserMistake():
            # every fault on a line of its own; only the first is marked as an error
            tell("error: " + "\n".join(for_terminal(str(problem)) for problem in error.problems))
            return error.code
        case EvalgateError():
            ours = error.code is ExitCode.BUG
            mark = "" if error.code is ExitCode.INTERRUPTED else "error: "
            tell(f"{mark}{for_terminal(str(error))}" + (f"\n{BUG}" if ours else ""))
            return error.code
        case TyperException() if error.format_message().startswith(HELP):
            # no command was named, and the help is no fault of one line
            tell(error.format_message())
            return ExitCode.MISTAKE
        case TyperException():
            tell(f"error: {for_terminal(error.format_message().replace('Value error, ', ''))}")
            return ExitCode.MISTAKE
        case KeyboardInterrupt() | Abort():
            tell("stopped")
            return ExitCode.INTERRUPTED
        case BrokenPipeError() | SystemExit():
            # typer leaves with 1, our "no", when whoever read the output has gone
            with contextlib.suppress(OSError):
                sys.stdout.close()
            return ExitCode.SERVICE
        case OSError():
            # a full or read-only disk: the machine failed us, and nobody was judged
            where = f"{error.filename}: " if error.filename else ""
            tell(f"error: {for_terminal(f'{where}{error.strerror or error}')}")
            return ExitCode.SERVICE
        case _:
            lines = traceback.format_exception(error)
            tell("\n".join(lines_for_terminal("".join(lines).rstrip())))
            tell(BUG)
            return ExitCode.BUG
