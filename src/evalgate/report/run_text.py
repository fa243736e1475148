"""Runs for the terminal: the list of them, one of them, one case of it."""

import datetime as dt
from collections.abc import Iterator
from typing import assert_never

from evalgate.domain.answer import Answer, NotProduced, Produced, Unanswered
from evalgate.domain.judgement import Judgement, Scored, Unscored
from evalgate.domain.listings import RunList
from evalgate.domain.run import JudgedCase, Manifest, is_whole
from evalgate.report import numbers
from evalgate.report.evidence_text import ABSENT
from evalgate.report.markdown_parts import markdown_block, markdown_table
from evalgate.report.said import block_on_screen, in_markdown, on_screen
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


def case_markdown(case: JudgedCase) -> str:
    """One case as it is shown on a terminal."""
    return "\n".join(markdown_block(render_case(case))) + "\n"


def render_case(case: JudgedCase, inputs: str = "") -> str:
    """Show one case with its answer and every judgement; texts stand behind a mark."""
    lines = [f"case {on_screen(case.id)}"]
    if case.slices:
        slices = ", ".join(f"{key}={value}" for key, value in sorted(case.slices.items()))
        lines.append(f"  slices  {on_screen(slices)}")
    if case.cluster:
        lines.append(f"  cluster  {on_screen(case.cluster)}")
    if inputs:
        lines += ["inputs", *block_on_screen(inputs)]
    lines += _answer(case.answer)
    for name, judgement in case.judgements.items():
        lines += _judgement(on_screen(name), judgement)
    return "\n".join(lines) + "\n"


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
    done = f"{numbers.count(manifest.judged)} of {numbers.count(manifest.evalset.cases)} cases"
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
    yield "judged", numbers.count(manifest.judged, "case")
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


def _answer(answer: Answer) -> Iterator[str]:
    match answer:
        case Produced():
            yield f"answer{_measures(answer)}"
            yield from block_on_screen(answer.text)
            for context in answer.contexts:
                yield "context"
                yield from block_on_screen(context)
            for call in answer.tool_calls:
                yield f"tool call {on_screen(call.name)} {on_screen(repr(call.arguments))}"
        case NotProduced() | Unanswered():
            yield f"answer: {answer.kind.replace('_', ' ')} ({answer.cause.replace('_', ' ')})"
            yield from block_on_screen(answer.detail) if answer.detail else ()
        case _:
            assert_never(answer)


def _measures(answer: Produced) -> str:
    parts = []
    if answer.latency_s is not None:
        parts.append(numbers.duration(answer.latency_s))
    if answer.cost_usd is not None:
        parts.append(numbers.usd(answer.cost_usd))
    if answer.usage is not None:
        tokens = numbers.count(answer.usage.input_tokens), numbers.count(answer.usage.output_tokens)
        parts.append(f"{tokens[0]} tokens in, {tokens[1]} out")
    if answer.truncated:
        parts.append("cut off at its length")
    return f" ({', '.join(parts)})" if parts else ""


def _judgement(name: str, judgement: Judgement) -> Iterator[str]:
    match judgement:
        case Scored():
            yield f"{name}: {numbers.mark(judgement.score)}"
            yield from block_on_screen(judgement.reason) if judgement.reason else ()
        case NotProduced() | Unanswered() | Unscored():
            kind, cause = judgement.kind.replace("_", " "), judgement.cause.replace("_", " ")
            yield f"{name}: {kind} ({cause})"
            yield from block_on_screen(judgement.detail) if judgement.detail else ()
        case _:
            assert_never(judgement)


def _digest(digest: str) -> str:
    return on_screen(digest, DIGEST_SHOWN + 1)


def _time(moment: dt.datetime) -> str:
    return moment.isoformat(sep=" ", timespec="seconds")
