"""Whether the parts of a comparison document agree with each other, and with its seal."""

from collections.abc import Iterator

from evalgate.domain.comparison import Comparison
from evalgate.domain.scale import MEASURED_SCORES
from evalgate.errors import Problem
from evalgate.pipeline.comparing import line_of
from evalgate.pipeline.sealing import seal_of_comparison


def disagreements(comparison: Comparison, path: str) -> Iterator[Problem]:
    """What does not agree; every decision is still to be held against its own evidence."""
    if comparison.seal != seal_of_comparison(comparison):
        remedy = "a comparison is never edited; `evalgate compare` writes it again"
        yield Problem("was edited after it was written", path, remedy=remedy)
    later = len(comparison.versions) - 1
    if len(comparison.decisions) != later or not comparison.decisions:
        fault = f"is {len(comparison.decisions)} for {later} versions after the first"
        yield Problem(fault, path, key="decisions")
        return
    apart = list(_apart(comparison, path))
    yield from apart or _other_numbers(comparison, path)


def _apart(comparison: Comparison, path: str) -> Iterator[Problem]:
    """Decisions on another suite, or against another baseline than the first."""
    first = comparison.decisions[0]
    for number, decision in enumerate(comparison.decisions):
        key = f"decisions.{number}"
        if decision.suite != comparison.suite:
            fault = f"is of suite {decision.suite}, not {comparison.suite}"
            yield Problem(fault, path, key=key)
        if decision.baseline is None:
            yield Problem("has no baseline", path, key=key)
        elif decision.baseline != first.baseline:
            yield Problem("has another baseline than the first", path, key=key)
    if first.evalset != comparison.evalset:
        fault = f"is of {first.evalset}, not {comparison.evalset}"
        yield Problem(fault, path, key="decisions.0")


def _other_numbers(comparison: Comparison, path: str) -> Iterator[Problem]:
    """Scores that are not what the decisions' evidence gives, version by version."""
    baseline = comparison.decisions[0].baseline
    assert baseline is not None
    sheets = [baseline.sheet(), *(one.candidate.sheet() for one in comparison.decisions)]
    said = {line.score: line for line in comparison.scores}
    for name in sheets[0].columns:
        in_all = all(name in sheet.columns for sheet in sheets)
        shown = name in said or name not in MEASURED_SCORES  # one that nobody reports is left out
        if in_all and shown and said.get(name) != line_of(name, sheets):
            fault = f"{name}: says other numbers than its decisions' evidence gives"
            yield Problem(fault, path, key="scores")
