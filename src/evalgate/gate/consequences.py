"""What one finding means for the build, by its severity and policy; the exit code of several."""

from collections.abc import Iterable
from typing import NamedTuple, assert_never

from evalgate.domain.decision import Why
from evalgate.domain.finding import Cause, Finding, Outcome, Verdict
from evalgate.errors import ExitCode
from evalgate.gate.limit import is_beyond

FAULTS_OF_THE_RUN = frozenset(
    {Cause.MISSING_SCORES, Cause.TOO_FEW_CASES, Cause.PARTIAL_RUN, Cause.NO_BASELINE}
)
"""What the run lacks: no verdict, so `severity: warn`, which is about verdicts, allows nothing."""

GRAVEST_FIRST = (ExitCode.SERVICE, ExitCode.FAILED, ExitCode.UNDECIDED, ExitCode.OK)


class Consequence(NamedTuple):
    """What one finding means for the build."""

    outcome: Outcome
    code: ExitCode
    why: tuple[Why, ...] = ()


OF_THE_CANDIDATE = frozenset({None, Cause.NOISE, Cause.NOT_PRODUCED, Cause.NO_INTERVAL})
"""With these it is the candidate that is spoken of, not a fault of the run."""


def consequence_of(finding: Finding, whole: Finding | None = None) -> Consequence:
    """What a finding means before any waiver.

    `whole` is the finding on all cases, waived ones too: it says how small a slice is.
    """
    if _cannot_block(finding, whole or finding):
        return Consequence(Outcome.YELLOW, ExitCode.OK, (Why.TOO_SMALL,))
    match finding.verdict:
        case Verdict.PASSED:
            return Consequence(Outcome.GREEN, ExitCode.OK)
        case Verdict.FAILED if finding.rule.severity == "warn":
            return Consequence(Outcome.YELLOW, ExitCode.OK, (Why.SEVERITY,))
        case Verdict.FAILED:
            return Consequence(Outcome.RED, ExitCode.FAILED)
        case Verdict.UNDECIDED:
            return _when_undecided(finding)
        case _:
            assert_never(finding.verdict)


def _cannot_block(finding: Finding, whole: Finding) -> bool:
    """True for a slice that nobody lets block: it is not green either, for it guards nothing."""
    blocks = finding.rule.severity == "block"  # one that only warns was made so by a person
    small = finding.rule.cannot_block(whole.counts.cases)
    return small and blocks and finding.cause in OF_THE_CANDIDATE


def is_of_the_run(finding: Finding) -> bool:
    """True when the run itself lacks something, so that nothing is known of the candidate."""
    code = consequence_of(finding).code
    return code is ExitCode.SERVICE or finding.cause in FAULTS_OF_THE_RUN


def _when_undecided(finding: Finding) -> Consequence:
    match finding.cause:
        case Cause.LOW_COVERAGE:
            return Consequence(Outcome.RED, ExitCode.SERVICE)
        case Cause.FIRST_RUN | Cause.NO_NEW_CASES:
            return Consequence(Outcome.YELLOW, ExitCode.OK)
        case Cause.MISSING_SCORES | Cause.TOO_FEW_CASES | Cause.PARTIAL_RUN | Cause.NO_BASELINE:
            why = (Why.NOT_A_VERDICT,) if finding.rule.severity == "warn" else ()
            return Consequence(Outcome.RED, ExitCode.UNDECIDED, why)
        case Cause.NOISE | Cause.NOT_PRODUCED | Cause.NO_INTERVAL | None:
            return _by_policy(finding)
        case _:
            assert_never(finding.cause)


def _by_policy(finding: Finding) -> Consequence:
    """What the rule itself says of a verdict that could not be reached; only noise is pardoned."""
    rule, is_noise = finding.rule, finding.cause is Cause.NOISE
    if rule.severity == "warn":
        return Consequence(Outcome.YELLOW, ExitCode.OK, (Why.SEVERITY,))
    if is_noise and rule.on_undecided == "estimate" and _holds(finding):
        return Consequence(Outcome.GREEN, ExitCode.OK, (Why.ESTIMATE,))
    if is_noise and rule.on_undecided != "block":
        return Consequence(Outcome.YELLOW, ExitCode.OK, (Why.POLICY,))
    return Consequence(Outcome.RED, ExitCode.UNDECIDED)


def _holds(finding: Finding) -> bool:
    """True when the point estimate meets the limit, also with what is missing at its worst."""
    limit, estimates = finding.limit, (finding.observed, finding.at_worst)
    return limit is not None and all(
        evidence is not None and not is_beyond(limit, evidence.estimate) for evidence in estimates
    )


def gravest(codes: Iterable[ExitCode]) -> ExitCode:
    """The exit code that says most: a broken service before a no, a no before undecided."""
    seen = set(codes)
    return next((code for code in GRAVEST_FIRST if code in seen), ExitCode.OK)
