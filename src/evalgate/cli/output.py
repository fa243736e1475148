"""Reports to files first, then the result to stdout, then the exit code."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, assert_never

from evalgate.cli.options import Format
from evalgate.cli.screen import say, tell
from evalgate.quoting import for_json, for_terminal

if TYPE_CHECKING:
    from evalgate.domain.noise import Noise
    from evalgate.domain.record import Record
    from evalgate.pipeline.gatekeeping import Compared, Judged
    from evalgate.results.reading import StoredRun

Shown = TypeVar("Shown", bound="Record")


def show_as(
    fmt: Format,
    document: Shown,
    table: Callable[[Shown], str],
    markdown: Callable[[Shown], str],
) -> None:
    """Print a document; colour is for the table alone."""
    match fmt:
        case Format.TABLE:
            say(table(document))
        case Format.JSON:
            say(for_json(document.model_dump_json(indent=2)), plain=True)
        case Format.MD:
            say(markdown(document), plain=True)
        case _:
            assert_never(fmt)


def warn(warnings: Sequence[object]) -> None:
    """Say what a person should know beside the result."""
    for warning in warnings:
        tell(f"warning: {for_terminal(str(warning))}")


def tell_missing(runs: "Sequence[StoredRun]") -> None:
    """Say why answers and scores are missing, each line once."""
    from evalgate.report.missing_text import missing_lines
    from evalgate.results.lacking import missing_of

    told: dict[str, None] = {}
    for run in runs:
        told |= dict.fromkeys(missing_lines(run.manifest, missing_of(run)))
    for line in told:
        tell(line)


def deliver_decision(judged: "Judged", files: Sequence[Path], fmt: Format) -> int:
    """Write and print one decision; its exit code is the command's."""
    from evalgate.pipeline.reporting import write_reports
    from evalgate.report.decision_text import render_decision
    from evalgate.report.markdown import render_markdown

    write_reports(files, judged.decision, (judged.run,))
    show_as(fmt, judged.decision, render_decision, render_markdown)
    warn(judged.complaints)
    tell_missing(judged.stored)
    tell(f"run: {judged.run.manifest.run_id}")
    return judged.decision.exit_code


def deliver_noise(noise: "Noise", run: "StoredRun", complaints: Sequence[str], fmt: Format) -> int:
    """Print how noisy a suite is; where nobody answered, that is the service's failure."""
    from evalgate.errors import ExitCode
    from evalgate.report.noise_text import noise_markdown, render_noise

    show_as(fmt, noise, render_noise, noise_markdown)
    warn(complaints)
    tell_missing([run])
    tell(f"run: {run.manifest.run_id}")
    return int(ExitCode.OK if noise.is_known else ExitCode.SERVICE)


def deliver_comparison(compared: "Compared", files: Sequence[Path], fmt: Format, top: int) -> int:
    """Write and print a comparison; the gravest of its decisions is the exit code."""
    from functools import partial

    from evalgate.errors import ExitCode
    from evalgate.gate.consequences import gravest
    from evalgate.pipeline.reporting import write_reports
    from evalgate.report.comparison import render_comparison
    from evalgate.report.markdown import render_markdown

    comparison = compared.comparison
    write_reports(files, comparison, compared.runs)
    show_as(fmt, comparison, partial(render_comparison, top=top), partial(render_markdown, top=top))
    warn(compared.complaints)
    tell_missing(compared.runs)
    return int(gravest(ExitCode(decision.exit_code) for decision in comparison.decisions))
