"""What models did not say, and how it is had after all."""

from collections.abc import Iterator, Sequence

from evalgate.domain.identity import CandidateIdentity
from evalgate.domain.missing import Missing
from evalgate.report.numbers import count
from evalgate.report.said import on_screen

NOT_RECORDED = "not_recorded"
PASSING = ("judge_error", "rate_limited", "server_error", "timeout", "unreachable")
"""Causes that another try may not meet."""


def missing_lines(candidate: CandidateIdentity, missing: Sequence[Missing]) -> Iterator[str]:
    """Name the cases, the cause and the first of the faults; then the remedy."""
    for lack in missing:
        thing = f"score by {on_screen(lack.judge)}" if lack.judge else "answer"
        named = ", ".join(on_screen(case) for case in lack.first)
        more = lack.cases - len(lack.first)
        others = f" and {count(more)} more" if more else ""
        yield (
            f"{on_screen(candidate.name)}: no {thing} in {count(lack.cases, 'case')}"
            f" ({lack.cause.replace('_', ' ')}): {named}{others}: {on_screen(lack.detail)}"
        )
    causes = {lack.cause for lack in missing}
    if NOT_RECORDED in causes:
        yield "run it without --offline, or import recordings that hold what is missing"
    elif candidate.complete and causes & {*PASSING}:
        yield "run it again: only what is missing is asked"
