"""The first verdict stands: a later one may be worse, and is never better."""

import datetime as dt
from collections.abc import Sequence
from itertools import product

import pytest

from evalgate.domain.decision import Decision, Ruling, Said
from evalgate.domain.finding import Cause, Counts, Finding, Outcome, Verdict
from evalgate.gate.standing import after_first, is_decided, worse_of
from gate_sheets import rule
from report_facts import sheet

PASSED = Said(verdict=Verdict.PASSED, outcome=Outcome.GREEN, exit_code=0)
WARNED = Said(verdict=Verdict.FAILED, outcome=Outcome.YELLOW, exit_code=0)
ALLOWED = Said(verdict=Verdict.UNDECIDED, outcome=Outcome.YELLOW, exit_code=0)
ESTIMATED = Said(verdict=Verdict.UNDECIDED, outcome=Outcome.GREEN, exit_code=0)
BLOCKED = Said(verdict=Verdict.UNDECIDED, outcome=Outcome.RED, exit_code=3)
FAILED = Said(verdict=Verdict.FAILED, outcome=Outcome.RED, exit_code=1)
OUTAGE = Said(verdict=Verdict.UNDECIDED, outcome=Outcome.RED, exit_code=4)
WORST_FIRST = (OUTAGE, FAILED, BLOCKED, WARNED, ALLOWED, ESTIMATED, PASSED)
NAMES = ("outage", "failed", "blocked", "warned", "allowed", "estimated", "passed")


def decision(said: Said, *causes: Cause | None, partial: str = "") -> Decision:
    """A decision that says this, with undecided findings of these causes."""
    rulings = [
        Ruling(
            finding=Finding(
                rule=rule(), verdict=Verdict.UNDECIDED, cause=cause, counts=Counts(cases=9)
            ),
            outcome=said.outcome,
            exit_code=said.exit_code,
        )
        for cause in causes
    ]
    return Decision(
        suite="s",
        suites=("s",),
        evalset="e@v1",
        verdict=said.verdict,
        outcome=said.outcome,
        exit_code=said.exit_code,
        rulings=tuple(rulings),
        rules=(),
        decided_on=dt.date(2026, 11, 21),
        candidate=sheet("c").model_copy(update={"partial": partial}),
    )


@pytest.mark.parametrize(
    ("first", "alone"), list(product(range(7), repeat=2)), ids=lambda place: NAMES[place]
)
def test_the_worse_of_two_verdicts_is_what_is_said(first: int, alone: int) -> None:
    """Whatever came first; equal ones are the run's own."""
    one, other = WORST_FIRST[first], WORST_FIRST[alone]

    found = after_first(decision(other), decision(one))

    assert worse_of(other, decision(one)) == WORST_FIRST[min(first, alone)]
    assert (found.verdict, found.outcome, found.exit_code) == tuple(
        dict(WORST_FIRST[min(first, alone)]).values()
    )
    assert (found.standing is None) == (alone <= first)
    if found.standing is not None:
        assert found.standing.alone == other


@pytest.mark.parametrize(
    ("said", "causes", "partial", "decided"),
    [
        (PASSED, (), "", True),
        (FAILED, (None,), "", True),
        (ALLOWED, (Cause.NOISE,), "", True),
        (BLOCKED, (Cause.NOISE,), "", True),
        (BLOCKED, (Cause.NO_INTERVAL,), "", True),
        (BLOCKED, (Cause.MISSING_SCORES,), "", False),
        (BLOCKED, (Cause.NOISE, Cause.TOO_FEW_CASES), "", False),
        (FAILED, (Cause.MISSING_SCORES,), "", True),
        (OUTAGE, (Cause.LOW_COVERAGE,), "", False),
        (BLOCKED, (Cause.PARTIAL_RUN,), "--limit 5", False),
        (FAILED, (), "--limit 5", False),
    ],
)
def test_a_first_verdict_is_of_a_whole_run_that_lacks_nothing(
    said: Said, causes: Sequence[Cause | None], partial: str, decided: bool
) -> None:
    """What an outage left undecided is run again for what is missing; that is no second roll."""
    assert is_decided(decision(said, *causes, partial=partial)) is decided
