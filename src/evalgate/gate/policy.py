"""The stricter of two policies counts, and a change that softens its own blocks."""

from evalgate.domain.decision import Decision, PolicyChange, Said
from evalgate.domain.finding import Outcome, Verdict
from evalgate.errors import ExitCode
from evalgate.gate.consequences import gravest
from evalgate.gate.standing import worse_of


def under_policy(own: Decision, change: PolicyChange) -> Decision:
    """A decision by the base's policy as the change of the policy lets it be."""
    said = said_under(change)
    return own.model_copy(update={**dict(said), "policy": change, "seal": ""})


def said_under(change: PolicyChange) -> Said:
    """The stricter of both policies; what was loosened is never green, and may block."""
    said = worse_of(change.alone, change.head) if change.head else change.alone
    if change.blocks:
        verdict = Verdict.UNDECIDED if said.verdict is Verdict.PASSED else said.verdict
        code = gravest([ExitCode(said.exit_code), ExitCode.UNDECIDED])
        return Said(verdict=verdict, outcome=Outcome.RED, exit_code=int(code))
    if change.loosenings and said.outcome is Outcome.GREEN:
        return said.model_copy(update={"outcome": Outcome.YELLOW})
    return said
