"""Runs for people: the list of them, and one of them."""

import datetime as dt
from collections.abc import Iterator

from evalgate.domain.listings import RunList
from evalgate.domain.run import Manifest, is_whole
from evalgate.report import numbers
from evalgate.report.evidence_text import ABSENT
from evalgate.report.markdown_parts import markdown_table
from evalgate.report.said import in_markdown, on_screen
from evalgate.report.simulated import simulated_note
from evalgate.report.table import Column, table

LABEL_WIDTH = 12
DIGEST_SHOWN = len("sha256:") + 12

RUN_COLUMNS = (
    Column("run"),
    Column("status"),
    Column("suite", most=30),
    Column("candidate", most=30),
    Column("evalset", most=30),
    Column("judged", "right"),
    Column("started"),
    Column("took", "right"),
    Column("cost", "right"),
)


def render_runs(found: RunList) -> str:
    """List runs, one line each."""
    if not found.runs:
        return "no runs\n"
    return "\n".join(table(RUN_COLUMNS, [_row(manifest) for manifest in found.runs])) + "\n"


def runs_markdown(found: RunList) -> str:
    """The same as a table."""
    head = [column.title for column in RUN_COLUMNS]
    return "\n".join(markdown_table(head, map(_row, found.runs))) + "\n"


def render_manifest(manifest: Manifest) -> str:
    """Show what a run is: who answered what, who judged, from where it comes."""
    lines = [f"run {on_screen(manifest.run_id)}: {status_text(manifest)}"]
    lines += [f"  {name:<{LABEL_WIDTH}}{text}" for name, text in _facts(manifest) if text]
    for name, judge in manifest.judges.items():
        lines.append(
            f"  {'judge':<{LABEL_WIDTH}}{on_screen(name)}, {judge.scale}, {_digest(judge.digest)}"
        )
    return "\n".join(lines) + "\n"


def manifest_markdown(manifest: Manifest) -> str:
    """The same as a table."""
    rows = [(name, text) for name, text in _facts(manifest) if text]
    rows += [
        ("judge", f"{name}, {judge.scale}, {_digest(judge.digest)}")
        for name, judge in manifest.judges.items()
    ]
    title = f"### run {in_markdown(manifest.run_id)}: {in_markdown(status_text(manifest))}"
    return "\n".join([title, "", *markdown_table(("what", "value"), rows)]) + "\n"


def models_text(manifest: Manifest) -> str:
    """The models that were asked, and that they are none when they are rules of ours."""
    note = simulated_note(manifest.models)
    return ", ".join(manifest.models) + (f" ({note})" if note else "")


def status_text(manifest: Manifest) -> str:
    """`finished`, `finished, only --limit 20`, `stopped after 12 of 301 cases`."""
    if is_whole(manifest):
        return "finished"
    if manifest.status == "finished":
        return f"finished, only {on_screen(str(manifest.selection))}"
    wanted = manifest.evalset.cases * manifest.trials
    noun = "cases" if manifest.trials == 1 else "answers"
    done = f"{numbers.count(manifest.judged)} of {numbers.count(wanted)} {noun}"
    return f"{manifest.status} after {done}"


def _row(manifest: Manifest) -> tuple[str, ...]:
    return (
        manifest.run_id,
        manifest.status if is_whole(manifest) else f"{manifest.status} (partial)",
        manifest.suite,
        manifest.candidate.name,
        manifest.evalset.ref,
        numbers.count(manifest.judged),
        _time(manifest.started),
        ABSENT if manifest.duration_s is None else numbers.duration(manifest.duration_s),
        ABSENT if manifest.cost_usd is None else numbers.usd(manifest.cost_usd),
    )


def _facts(manifest: Manifest) -> Iterator[tuple[str, str]]:
    candidate, evalset, made = manifest.candidate, manifest.evalset, manifest.provenance
    yield "suite", on_screen(manifest.suite)
    origin = f", from {on_screen(candidate.origin)}" if candidate.origin else ""
    incomplete = "" if candidate.complete else ", which does not cover all that it depends on"
    who = f"{on_screen(candidate.name)} ({on_screen(candidate.kind)}){origin}"
    yield "candidate", f"{who}, {_digest(candidate.digest)}{incomplete}"
    yield "models", on_screen(models_text(manifest))
    frozen = "frozen" if evalset.frozen else "a draft"
    size = numbers.count(evalset.cases, "case")
    yield "evalset", f"{on_screen(evalset.ref)}, {size}, {frozen}, {_digest(evalset.digest)}"
    noun = "case" if manifest.trials == 1 else "answer"
    yield "judged", numbers.count(manifest.judged, noun)
    yield "trials", f"{manifest.trials} of each case" if manifest.trials > 1 else ""
    yield "rejudged", f"from {on_screen(manifest.rejudged_from)}" if manifest.rejudged_from else ""
    dirty = ", with changes that are not committed" if made.dirty else ""
    yield "commit", f"{on_screen(made.commit)}{dirty}" if made.commit else ""
    yield "seed", "" if made.seed is None else str(made.seed)
    yield "command", on_screen(" ".join(made.command_line))
    yield "versions", on_screen(", ".join(f"{k} {v}" for k, v in sorted(made.versions.items())))
    yield "started", _time(manifest.started)
    yield "took", "" if manifest.duration_s is None else numbers.duration(manifest.duration_s)
    yield "cost", "" if manifest.cost_usd is None else numbers.usd(manifest.cost_usd)
    again = f"{numbers.count(manifest.asked_again, 'time')}: a judge's reply could not be read"
    yield "asked again", again if manifest.asked_again else ""
    yield "paid", numbers.usd(manifest.paid_usd) if manifest.models else ""


def _digest(digest: str) -> str:
    return on_screen(digest, DIGEST_SHOWN + 1)


def _time(moment: dt.datetime) -> str:
    return moment.isoformat(sep=" ", timespec="seconds")
