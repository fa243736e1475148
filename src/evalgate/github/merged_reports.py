"""What `ci merge` leaves behind: for each suite a folder with its reports, free of keys."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evalgate.domain.comparison import Comparison
from evalgate.domain.decision import Decision
from evalgate.domain.missing import Missing
from evalgate.domain.particulars import LONGEST, MOST_CHANGED, MOST_MISSING, Particulars
from evalgate.domain.shard import Role, ShardPlan
from evalgate.errors import Problem, ServiceFailed, UserMistake
from evalgate.github.particulars import FILE
from evalgate.github.reports import DECISION, SuiteReport
from evalgate.github.secrets import without_secrets
from evalgate.pipeline.deciding import sealed
from evalgate.pipeline.gatekeeping import Judged
from evalgate.pipeline.merging import Merged
from evalgate.pipeline.reporting import write_reports
from evalgate.pipeline.sealing import seal_of_comparison
from evalgate.quoting import redacted, shortened
from evalgate.report.missing_text import LONGEST as REASON
from evalgate.results.lacking import missing_of
from evalgate.results.manifests import write_whole
from evalgate.results.reading import StoredRun

REPORT, JUNIT = "report.md", "junit.xml"
BASELINE = "baseline.json"
"""A good night's run, as `baseline set` would write it; `ci propose` reads it."""


def refuse_leftovers(out: Path, suites: Sequence[str]) -> None:
    """Raise UserMistake for a report of another suite: whoever reads the folder would take it."""
    found = [file for file in sorted(out.glob(f"*/{DECISION}")) if file.parent.name not in suites]
    if found:
        remedy = "remove it"
        raise UserMistake(
            [Problem("is of an earlier merge", str(file), remedy=remedy) for file in found]
        )


@dataclass(frozen=True, slots=True)
class Writing:
    """Where reports go, what stands beside them, and what may not be written."""

    out: Path
    plan: ShardPlan
    secrets: Sequence[str]
    report_url: str = ""


def write_merged(writing: Writing, runs: Mapping[Role, StoredRun], merged: Merged) -> SuiteReport:
    """Write one suite's reports and give what they say."""
    return write_report(writing, merged, _particulars(writing, runs, merged.judged))


def write_report(writing: Writing, merged: Merged, beside: Particulars) -> SuiteReport:
    """Write a decision in every form, with its particulars beside it."""
    secrets = writing.secrets
    folder = writing.out / merged.judged.decision.suite
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ServiceFailed(f"{folder} cannot be written: {error.strerror or error}") from error
    document = (
        _without(merged.report, secrets)
        if isinstance(merged.report, Decision)
        else _comparison_without(merged.report, secrets)
    )
    particulars = without_secrets(beside, secrets)
    files = [folder / name for name in (DECISION, REPORT, JUNIT)]
    write_reports(files, document, (merged.judged.run,))
    write_whole(folder / FILE, particulars.model_dump_json(indent=2) + "\n")
    return SuiteReport(document, particulars, str(folder / DECISION))


def _particulars(writing: Writing, runs: Mapping[Role, StoredRun], judged: Judged) -> Particulars:
    own = runs["candidate"].manifest
    paid = {run.manifest.run_id: run.manifest.paid_usd for run in runs.values()}
    return Particulars(
        cost_usd=own.cost_usd,
        paid_usd=sum(paid.values()),
        duration_s=own.duration_s,
        report_url=writing.report_url[:LONGEST],
        mlflow_run_url=judged.page[:LONGEST],
        changed=tuple(name[:LONGEST] for name in writing.plan.changed[:MOST_CHANGED]),
        missing=tuple(_missing(judged.stored, writing.secrets))[:MOST_MISSING],
    )


def _missing(runs: Sequence[StoredRun], secrets: Sequence[str]) -> Iterator[Missing]:
    """What the runs lack; secrets are taken out first, for half of one looks like none."""
    for run in runs:
        for lack in missing_of(run):
            clean = without_secrets(lack, secrets)
            detail = shortened(redacted(clean.detail), REASON)
            yield clean.model_copy(update={"detail": detail})


def _without(decision: Decision, secrets: Sequence[str]) -> Decision:
    """The decision without secrets, sealed as what it then says."""
    cleaned = without_secrets(decision, secrets)
    if cleaned is decision:
        return decision
    if standing := cleaned.standing:
        first = sealed(standing.first)
        cleaned = cleaned.model_copy(
            update={"standing": standing.model_copy(update={"first": first})}
        )
    return sealed(cleaned)


def _comparison_without(comparison: Comparison, secrets: Sequence[str]) -> Comparison:
    cleaned = without_secrets(comparison, secrets)
    if cleaned is comparison:
        return comparison
    decisions = tuple(_without(decision, secrets) for decision in comparison.decisions)
    cleaned = cleaned.model_copy(update={"decisions": decisions})
    return cleaned.model_copy(update={"seal": seal_of_comparison(cleaned)})
