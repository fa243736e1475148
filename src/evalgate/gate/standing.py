"""The first verdict on a candidate stands: a later run may be worse, and is never better."""

from evalgate.domain.decision import Decision, Said, Standing
from evalgate.domain.finding import Outcome, Verdict
from evalgate.errors import ExitCode
from evalgate.gate.consequences import GRAVEST_FIRST, is_of_the_run

WORST_FIRST = (Outcome.RED, Outcome.YELLOW, Outcome.GREEN)
LEAST_FIRST = (Verdict.FAILED, Verdict.UNDECIDED, Verdict.PASSED)


def is_decided(decision: Decision) -> bool:
    """True when the run said something of the candidate: it was whole, and lacked nothing.

    One whose endpoint or judge failed is run again for what is missing; that is no second try.
    """
    if decision.candidate.partial or decision.exit_code == ExitCode.SERVICE:
        return False
    lacking = any(is_of_the_run(ruling.finding) for ruling in decision.rulings)
    return decision.verdict is Verdict.FAILED or not lacking


def after_first(own: Decision, first: Decision) -> Decision:
    """A run's decision as the first one on its candidate lets it be."""
    alone = Said(verdict=own.verdict, outcome=own.outcome, exit_code=own.exit_code)
    said = worse_of(alone, first)
    if said == alone:
        return own
    return own.model_copy(
        update={**dict(said), "standing": Standing(first=first, alone=alone), "seal": ""}
    )


def worse_of(alone: Said, first: Decision) -> Said:
    """The worse of what a run says alone and of what was said first."""
    before = Said(verdict=first.verdict, outcome=first.outcome, exit_code=first.exit_code)
    return min(alone, before, key=_goodness)


def _goodness(said: Said) -> tuple[int, int, int]:
    return (
        GRAVEST_FIRST.index(ExitCode(said.exit_code)),
        WORST_FIRST.index(said.outcome),
        LEAST_FIRST.index(said.verdict),
    )
