"""Reports into files, by their endings."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from evalgate.domain.comparison import Comparison
from evalgate.domain.decision import Decision
from evalgate.errors import Problem, ServiceFailed, UserMistake
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


def write_reports(
    files: Sequence[Path], report: Decision | Comparison, runs: Sequence[StoredRun]
) -> None:
    """Write every report that was asked for; raise ServiceFailed when the disk does not take it."""
    for file in files:
        try:
            with file.open("w", encoding="utf-8", newline="") as stream:
                stream.writelines(_contents(file.suffix, report, runs))
        except OSError as error:
            why = error.strerror or error
            raise ServiceFailed(f"{file.name} cannot be written: {why}") from error


def _contents(
    ending: str, report: Decision | Comparison, runs: Sequence[StoredRun]
) -> Iterator[str]:
    match ending:
        case ".json":
            from evalgate.quoting import for_json

            yield for_json(report.model_dump_json(indent=2)) + "\n"
        case ".md":
            from evalgate.report.markdown import render_markdown

            yield render_markdown(report)
        case ".csv":
            from evalgate.report.case_csv import case_csv
            from evalgate.report.run_text import models_text

            scores = dict.fromkeys(name for run in runs for name in run.manifest.judges)
            named = (
                (run.manifest.candidate.name, models_text(run.manifest), run.cases())
                for run in runs
            )
            several = any(run.manifest.trials > 1 for run in runs)
            yield from case_csv(named, tuple(scores), trials=several)
        case ".xml":
            from evalgate.report.junit import render_junit

            yield render_junit((report,) if isinstance(report, Decision) else report.decisions)
        case _:
            raise AssertionError(ending)  # reports_to refuses it
