"""Why answers and scores are missing, how they are had after all, and where to look."""

import shlex
from collections.abc import Iterator, Sequence

from evalgate.domain.missing import Missing
from evalgate.domain.run import Manifest
from evalgate.quoting import redacted, shortened
from evalgate.report.numbers import count
from evalgate.report.said import on_screen

LONGEST = 120  # characters of a reason
NOT_RECORDED = "not_recorded"
PASSING = ("judge_error", "rate_limited", "server_error", "timeout", "unreachable")
"""Causes that another try may not meet."""


def missing_lines(manifest: Manifest, missing: Sequence[Missing]) -> Iterator[str]:
    """Name the cases, the cause and the first of the faults; the remedy; a case to look at."""
    yield from (on_screen(missing_words(lack)) for lack in missing)
    if any(lack.cause == NOT_RECORDED and lack.by_model for lack in missing):
        yield "run it without --offline, or import recordings that hold what is missing"
    elif manifest.candidate.complete and any(map(_may_pass, missing)):
        yield "run it again: only what is missing is asked"
    if any(map(_lacks_line, missing)):
        yield "a recorded line is found by the id of its case: add the lines that are missing"
    if missing:
        case = missing[0].first[0]
        flags_end = "-- " if case.startswith("-") else ""
        named = f"{flags_end}{shlex.quote(case)}"
        yield on_screen(f"look at one: evalgate show {manifest.run_id} {named}")


def missing_words(lack: Missing) -> str:
    """One reason with its cases, without keys; the caller makes it fit for a sink."""
    thing = f"score by {lack.judge}" if lack.judge else "answer"
    more = lack.cases - len(lack.first)
    named = ", ".join(lack.first) + (f" and {count(more)} more" if more else "")
    lacking = f"{lack.candidate}: no {thing} in {count(lack.cases, 'case')}"
    if lack.reasons > 1:
        return redacted(f"{lacking} ({count(lack.reasons)} other reasons): {named}")
    # keys are taken out first: half a key looks like none
    detail = shortened(redacted(lack.detail), LONGEST)
    cause = lack.cause.replace("_", " ")
    return redacted(f"{lacking} ({cause}): {named}: {detail}")


def another_try_helps(missing: Sequence[Missing]) -> bool:
    """True when the same job may have more the next time; not where a file lacks lines."""
    return any(map(_may_pass, missing)) and not any(map(_lacks_line, missing))


def _may_pass(lack: Missing) -> bool:
    """A judge of the project's own code breaks again; an endpoint need not."""
    return lack.cause in PASSING and (lack.by_model or not lack.judge)


def _lacks_line(lack: Missing) -> bool:
    return lack.cause == NOT_RECORDED and not lack.by_model
