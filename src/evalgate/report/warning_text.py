"""What a person should know beside a verdict, in words."""

from typing import assert_never

from evalgate.domain.decision_warnings import (
    BrokenJudge,
    DecisionWarning,
    NeedlessWaiver,
    TooManyWaived,
    UnchangedCandidate,
    WaiverNotInForce,
)
from evalgate.domain.specs import MOST_WAIVED, Waiver


def warning_words(warning: DecisionWarning) -> str:
    """One sentence; names in it are other people's words, to be quoted for their sink."""
    match warning:
        case WaiverNotInForce(waiver=waiver):
            when = f"(granted {waiver.granted}, expires {waiver.expires})"
            return f"{_named(waiver)} is not in force {when}"
        case NeedlessWaiver(waiver=waiver):
            return f"{_named(waiver)} is not needed: remove it"
        case TooManyWaived(waived=waived, cases=cases):
            most = f"more than {MOST_WAIVED * 100:g} % of {cases}"
            return f"{waived} waived cases are {most}: none of them is waived"
        case BrokenJudge(judge=judge):
            return f"{judge} gave too few scores, and no rule asks for any"
        case UnchangedCandidate(candidate=name):
            return (
                f"{name} has not changed since its baseline: every difference is 0, by the same run"
            )
        case _:
            assert_never(warning)


def _named(waiver: Waiver) -> str:
    return f"the waiver of {waiver.rule or waiver.case} by {waiver.owner}"
