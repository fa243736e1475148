"""A night held against the last good one: what became worse is red, and luck is not."""

import random
from collections.abc import Sequence

import pytest

from ci_reports import GOOD, decided, sheet_of
from evalgate.domain.decision import Decision, WrittenSheet
from evalgate.domain.finding import Outcome, Verdict
from evalgate.domain.rule import Rule
from evalgate.pipeline.drifting import SURE, decided_since, drift_rules, slow_rules

DROP = Rule.model_validate({"score": "correctness", "max_drop": 0.05, "on_undecided": "block"})
OWN = (Rule(score="correctness", at_least=0.6), DROP)


def since(tonight: WrittenSheet, good: WrittenSheet, rules: Sequence[Rule] = OWN) -> Decision:
    """Tonight held against a good night."""
    return decided_since(rules, lambda asked: decided(tonight, good, asked))


def right(wrong: int) -> list[bool]:
    """So many of forty cases are wrong."""
    return [False] * wrong + [True] * (40 - wrong)


def test_only_what_asks_for_no_change_is_asked_of_another_night() -> None:
    """Nobody made one; thresholds have been asked already."""
    gain = Rule.model_validate({"score": "correctness", "min_gain": 0.1})
    rise = Rule.model_validate({"score": "latency_s", "max_rise": "20%"})

    asked = drift_rules((*OWN, gain, rise))

    assert [rule.bound for rule in asked] == ["max_drop", "max_rise"]
    assert {rule.on_undecided for rule in asked} == {"warn"}
    assert {rule.severity for rule in slow_rules(OWN)} == {"warn"}


@pytest.mark.parametrize(
    ("wrong", "verdict", "outcome", "confidence"),
    [
        (0, Verdict.UNDECIDED, Outcome.YELLOW, None),
        (4, Verdict.FAILED, Outcome.YELLOW, None),
        (12, Verdict.FAILED, Outcome.RED, SURE),
    ],
)
def test_red_asks_for_more_than_the_rules_own_confidence(
    wrong: int, verdict: Verdict, outcome: Outcome, confidence: float | None
) -> None:
    """In between it warns; noise warns whatever `on_undecided` says."""
    found = since(sheet_of("tonight", right(wrong)), sheet_of("good", GOOD))

    assert (found.verdict, found.outcome) == (verdict, outcome)
    assert found.rules[0].confidence == confidence


def test_a_rule_that_is_surer_already_stays_so() -> None:
    """It is never asked for less."""
    surer = DROP.model_copy(update={"confidence": 0.999})

    found = since(sheet_of("tonight", right(20)), sheet_of("good", GOOD), [surer])

    assert (found.verdict, found.rules[0].confidence) == (Verdict.FAILED, 0.999)


@pytest.mark.slow
def test_an_unchanged_provider_is_red_in_at_most_one_night_of_twenty() -> None:
    """With far too few cases for its margin, where only a lucky night is a good one."""
    chance, nights, red = random.Random(7), 0, 0

    def night(name: str) -> WrittenSheet:
        return sheet_of(name, [chance.random() < 0.8 for _ in range(60)])

    for _ in range(25):
        good: WrittenSheet | None = None
        for number in range(20):
            tonight = night(f"n{number}")
            own = decided(tonight, night(f"b{number}"), OWN)
            held = since(tonight, good) if good else None
            nights += held is not None
            red += held is not None and held.outcome is Outcome.RED
            worse = held is not None and held.verdict is Verdict.FAILED
            if own.verdict is Verdict.PASSED and not worse:
                good = tonight

    assert nights > 250
    assert red / nights <= 0.05
