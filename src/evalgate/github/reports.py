"""The reports that a job is handed, read as data: whole, sealed, decided again, free of keys."""

import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from evalgate.domain.comparison import Comparison
from evalgate.domain.decision import Decision
from evalgate.domain.particulars import Particulars
from evalgate.domain.shard import MOST_JOBS
from evalgate.errors import ExitCode, Problem, UserMistake
from evalgate.gate.consequences import gravest
from evalgate.github.particulars import FILE, load_particulars
from evalgate.github.secrets import without_secrets
from evalgate.pipeline.verifying import load_report, verify_decision

DECISION = "decision.json"
LARGEST_BYTES, LARGEST_BESIDE_BYTES = 256 << 20, 1 << 20
MOST_REPORTS = 4 * MOST_JOBS  # a suite's own, and those of a night since three others


@dataclass(frozen=True, slots=True)
class SuiteReport:
    """A decision, or versions side by side, and what is known beside it."""

    document: Decision | Comparison
    particulars: Particulars
    path: str = ""

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """One, or one for each later version."""
        document = self.document
        return document.decisions if isinstance(document, Comparison) else (document,)

    @property
    def is_since_a_night(self) -> bool:
        """True when it holds a run against an earlier night; its suite has another for itself."""
        return any(decision.since for decision in self.decisions)


def decisions_in(reports: Sequence[SuiteReport]) -> list[Decision]:
    """Every decision of every report."""
    return [decision for report in reports for decision in report.decisions]


def exit_code_of(reports: Sequence[SuiteReport]) -> ExitCode:
    """The gravest of all; no report is never green."""
    codes = [ExitCode(decision.exit_code) for decision in decisions_in(reports)]
    return gravest(codes) if codes else ExitCode.SERVICE


def load_reports(places: Sequence[Path], secrets: Sequence[str]) -> tuple[SuiteReport, ...]:
    """Read reports; a folder stands for every `decision.json` in it.

    Raises UserMistake with the faults of all of them: one that was edited, that its own evidence
    contradicts, or that is there twice. None is used when one is at fault.
    """
    reports: list[SuiteReport] = []
    problems: list[Problem] = []
    for place in places:
        try:
            reports += [_load(file, shown_from(place, file), secrets) for file in _files(place)]
        except UserMistake as mistake:
            problems += mistake.problems
    problems += _doubled(reports)
    if problems:
        raise UserMistake(problems)
    return tuple(reports)


def shown_from(place: Path, file: Path) -> str:
    """How people know a file: what stands above an absolute place is the machine's affair."""
    below = file.relative_to(place)
    return str((Path(place.name) if place.is_absolute() else place) / below)


def _files(place: Path) -> list[Path]:
    if not place.is_dir():
        return [place]
    found = reports_below(place)
    if not found:
        remedy = "the job that decides leaves one; see its log"
        shown_as = shown_from(place, place)
        raise UserMistake(Problem(f"holds no {DECISION}", shown_as, remedy=remedy))
    if len(found) > MOST_REPORTS:
        fault = f"holds more than {MOST_REPORTS} reports"
        raise UserMistake(Problem(fault, shown_from(place, place)))
    return found


def reports_below(place: Path) -> list[Path]:
    """The reports in a folder; what is hidden in it, as `.evalgate` is, was not handed in."""
    found = sorted(place.rglob(DECISION))
    return [
        path
        for path in found
        if not any(part.startswith(".") for part in path.relative_to(place).parts)
    ]


def _load(file: Path, shown_as: str, secrets: Sequence[str]) -> SuiteReport:
    refuse_odd(file, shown_as, LARGEST_BYTES)
    document = load_report(file, shown_as)
    report = SuiteReport(document, _beside(file, shown_as, secrets), shown_as)
    for decision in report.decisions:
        verify_decision(decision, shown_as)
    return SuiteReport(without_secrets(document, secrets), report.particulars, shown_as)


def _beside(file: Path, shown_as: str, secrets: Sequence[str]) -> Particulars:
    beside, told = file.with_name(FILE), str(Path(shown_as).with_name(FILE))
    if not beside.exists() and not beside.is_symlink():
        return Particulars()
    refuse_odd(beside, told, LARGEST_BESIDE_BYTES)
    return without_secrets(load_particulars(beside, told), secrets)


def refuse_odd(file: Path, shown_as: str, largest: int) -> None:
    """Raise UserMistake for what an artifact should not hold: links, devices, giants."""
    try:
        found = file.lstat()
    except OSError:
        return  # whoever reads it says why it cannot be read
    if not stat.S_ISREG(found.st_mode):
        raise UserMistake(Problem("is not a plain file", shown_as))
    if found.st_size > largest:
        raise UserMistake(Problem(f"is larger than {largest >> 20} MiB", shown_as))


def _doubled(reports: Sequence[SuiteReport]) -> Iterator[Problem]:
    """A suite that decided twice on one candidate: nobody could say which verdict stands."""
    seen: dict[tuple[str, str, str], str] = {}
    for report in reports:
        for decision in report.decisions:
            # a night is held against another one as well, under a title that says so
            beside = decision.baseline.run_id if decision.since and decision.baseline else ""
            what = (decision.suite, decision.candidate.run_id, beside)
            if what in seen:
                fault = f"decides on {what[1]} of suite {what[0]} again, as {seen[what]} does"
                yield Problem(fault, report.path)
            seen[what] = report.path
