"""Reports to files first, then the result to stdout, then the exit code."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from evalgate.cli.options import Format
from evalgate.cli.screen import say, tell
from evalgate.errors import Problem, ServiceFailed, UserMistake
from evalgate.quoting import for_json, for_terminal

if TYPE_CHECKING:
    from evalgate.domain.comparison import Comparison
    from evalgate.domain.decision import Decision
    from evalgate.pipeline.bench import Bench
    from evalgate.pipeline.gatekeeping import Compared, Judged
    from evalgate.results.reading import StoredRun

ENDINGS = (".json", ".md", ".csv", ".xml")


def reports_to(written: Sequence[Path] | None) -> list[Path]:
    """Where reports go, as seen from here and now; what cannot be written is said at once.

    The paths are absolute: a user's function may change the folder meanwhile.
    """
    _refuse_unwritable(written or ())
    return [file.absolute() for file in written or ()]


def _refuse_unwritable(files: Sequence[Path]) -> None:
    problems = [
        Problem(
            f"{file} has an ending that no report has",
            key="--output",
            remedy=f"one of {', '.join(ENDINGS)}",
        )
        for file in files
        if file.suffix not in ENDINGS
    ]
    problems += [
        Problem(f"there is no folder {file.parent}", key="--output", remedy="make it first")
        for file in files
        if not file.parent.is_dir()
    ]
    if problems:
        raise UserMistake(problems)


def deliver_decision(judged: "Judged", files: Sequence[Path], fmt: Format) -> int:
    """Write and print one decision; its exit code is the command's."""
    from evalgate.report.decision_text import render_decision

    decision = judged.decision
    write_reports(files, decision, (decision,), (judged.run,))
    match fmt:
        case Format.TABLE:
            say(render_decision(decision))
        case Format.JSON:
            say(for_json(decision.model_dump_json(indent=2)), plain=True)
        case Format.MD:
            from evalgate.report.markdown import render_markdown

            say(render_markdown(decision), plain=True)
    _complain(judged.complaints)
    tell(f"run: {judged.run.manifest.run_id}")
    return decision.exit_code


def deliver_comparison(compared: "Compared", files: Sequence[Path], fmt: Format, top: int) -> int:
    """Write and print a comparison; the gravest of its decisions is the exit code."""
    from evalgate.errors import ExitCode
    from evalgate.gate.ruling import gravest
    from evalgate.report.comparison import render_comparison

    comparison = compared.comparison
    write_reports(files, comparison, comparison.decisions, compared.runs)
    match fmt:
        case Format.TABLE:
            say(render_comparison(comparison, top))
        case Format.JSON:
            say(for_json(comparison.model_dump_json(indent=2)), plain=True)
        case Format.MD:
            from evalgate.report.markdown import render_markdown

            say(render_markdown(comparison, top), plain=True)
    _complain(compared.complaints)
    return int(gravest(ExitCode(decision.exit_code) for decision in comparison.decisions))


def write_reports(
    files: Sequence[Path],
    report: "Decision | Comparison",
    decisions: "Sequence[Decision]",
    runs: "Sequence[StoredRun]",
) -> None:
    """Write every report that was asked for, before anybody hears the verdict."""
    for file in files:
        try:
            with file.open("w", encoding="utf-8", newline="") as stream:
                stream.writelines(_contents(file.suffix, report, decisions, runs))
        except OSError as error:
            why = error.strerror or error
            raise ServiceFailed(f"{file.name} cannot be written: {why}") from error


def _contents(
    ending: str,
    report: "Decision | Comparison",
    decisions: "Sequence[Decision]",
    runs: "Sequence[StoredRun]",
) -> Iterator[str]:
    match ending:
        case ".json":
            # one decision is the file that `evalgate verify` reads
            yield (decisions[0] if len(decisions) == 1 else report).model_dump_json(indent=2) + "\n"
        case ".md":
            from evalgate.report.markdown import render_markdown

            yield render_markdown(report)
        case ".csv":
            from evalgate.report.case_csv import case_csv

            scores = dict.fromkeys(name for run in runs for name in run.manifest.judges)
            named = ((run.manifest.candidate.name, run.cases()) for run in runs)
            yield from case_csv(named, tuple(scores))
        case _:
            from evalgate.report.junit import render_junit

            yield render_junit(decisions)


def say_plan(bench: "Bench", candidate: str | None, baseline: str | None) -> int:
    """Say what a run would do, without doing it."""
    from evalgate.pipeline.planning import plan_of

    say("\n".join(for_terminal(line) for line in plan_of(bench, candidate, baseline)))
    return 0


def _complain(complaints: Sequence[str]) -> None:
    for complaint in complaints:
        tell(f"warning: {for_terminal(complaint)}")
