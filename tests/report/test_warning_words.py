"""What is said beside a verdict."""

import pytest

from evalgate.domain.decision_warnings import (
    BrokenJudge,
    DecisionWarning,
    NeedlessWaiver,
    TooManyWaived,
    UnchangedCandidate,
    WaiverNotInForce,
)
from evalgate.domain.specs import Waiver
from evalgate.report.warning_text import warning_words
from report_facts import WAIVED

assert WAIVED.waiver is not None
OF_A_RULE = WAIVED.waiver
RULE = "exact_match[topic=billing].at_least"
OF_A_CASE = Waiver.model_validate(OF_A_RULE.model_dump() | {"rule": None, "case": "nq-7"})


@pytest.mark.parametrize(
    ("warning", "words"),
    [
        (
            WaiverNotInForce(waiver=OF_A_RULE),
            f"the waiver of {RULE} by Ana is not in force (granted 2026-11-21, expires 2026-12-01)",
        ),
        (
            NeedlessWaiver(waiver=OF_A_CASE),
            "the waiver of nq-7 by Ana is not needed: remove it",
        ),
        (
            TooManyWaived(waived=3, cases=40),
            "3 waived cases are more than 5 % of 40: none of them is waived",
        ),
        (BrokenJudge(judge="tone"), "tone gave too few scores, and no rule asks for any"),
        (
            UnchangedCandidate(candidate="new"),
            "new has not changed since its baseline: every difference is 0, by the same run",
        ),
    ],
    ids=lambda given: given.kind if hasattr(given, "kind") else "",
)
def test_a_warning_in_words(warning: DecisionWarning, words: str) -> None:
    assert warning_words(warning) == words
