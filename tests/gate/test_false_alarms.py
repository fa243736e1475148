"""How often a whole suite errs, simulated: an unchanged candidate blocked, a worse one passed."""

import datetime as dt
import math
from random import Random
from typing import NamedTuple

import pytest

from evalgate.domain.finding import Verdict
from evalgate.domain.rule import Rule
from evalgate.domain.scale import BINARY
from evalgate.domain.sheet import CaseFacts, Column, Scoresheet
from evalgate.errors import ExitCode
from evalgate.gate.ruling import Sheets, Verdicts, rule_on
from gate_sheets import case_name

TODAY = dt.date(2026, 11, 21)
TOPICS = ("a", "b", "c")
FLIPS = 0.2
"""Share of cases whose score differs between the two runs of a pair."""
MOST = 0.05


class Shape(NamedTuple):
    """A suite: one rule for each score, and one for each of its slices."""

    scores: int
    sliced: bool = False

    def rules(self, margin: float) -> list[Rule]:
        """Overall rules first."""
        where = [{}, *({"topic": topic} for topic in TOPICS)] if self.sliced else [{}]
        return [
            Rule.model_validate({"score": f"s{score}", "max_drop": margin, "slice": slice_})
            for slice_ in where
            for score in range(self.scores)
        ]


ONE, THREE, MANY = Shape(1), Shape(3), Shape(6, sliced=True)


def pair(chance: Random, shape: Shape, cases: int, drop: float = 0.0) -> Sheets:
    """Two runs; the first score's true change is -drop, the others' is 0, slices alike."""
    facts = {case_name(i): CaseFacts("", {"topic": TOPICS[i % 3]}) for i in range(cases)}
    ours: dict[str, Column] = {}
    before: dict[str, Column] = {}
    for score in range(shape.scores):
        losing = (FLIPS + (drop if score == 0 else 0.0)) / 2
        marks = {case: flip(chance, losing) for case in facts}
        ours[f"s{score}"] = Column(BINARY, {case: new for case, (new, _) in marks.items()})
        before[f"s{score}"] = Column(BINARY, {case: old for case, (_, old) in marks.items()})
    return Sheets(Scoresheet(facts, ours), Scoresheet(facts, before))


def flip(chance: Random, losing: float) -> tuple[float, float]:
    """A case's new and old score: lost with the probability `losing`, won in the rest of FLIPS."""
    drawn = chance.random()
    if drawn < losing:
        return 0.0, 1.0
    if drawn < FLIPS:
        return 1.0, 0.0
    same = float(chance.random() < 0.7)
    return same, same


def ruled(shape: Shape, margin: float, sheets: Sheets) -> Verdicts:
    return rule_on(shape.rules(margin), sheets, (), TODAY)


def with_error(share: float, pairs: int) -> float:
    """The share plus three standard errors of so many pairs: a true share exceeds it 1 in 700."""
    return share + 3 * math.sqrt(share * (1 - share) / pairs)


@pytest.mark.parametrize("margin", [0.02, 0.05])
@pytest.mark.parametrize(
    ("shape", "pairs"),
    [(ONE, 400), (THREE, 300), pytest.param(MANY, 140, marks=pytest.mark.slow)],
    ids=["1 rule", "3 scores", "6 scores with 3 slices each"],
)
def test_an_unchanged_candidate_is_seldom_blocked(shape: Shape, pairs: int, margin: float) -> None:
    """At most 5 % of runs, however many rules: 8.3 % of 400 pairs, 8.8 % of 300, 10.5 % of 140."""
    chance = Random(f"unchanged {shape} {margin}")

    blocked = sum(
        ruled(shape, margin, pair(chance, shape, 100)).exit_code is ExitCode.FAILED
        for _ in range(pairs)
    )

    assert blocked / pairs <= with_error(MOST, pairs)


@pytest.mark.parametrize(
    ("shape", "pairs"), [(ONE, 200), (MANY, 40)], ids=["1 rule", "6 scores with 3 slices each"]
)
def test_a_regression_far_beyond_the_margin_is_found(shape: Shape, pairs: int) -> None:
    """A true change of -0.15 where 0.05 is allowed: found 9 times in 10, also among 24 rules."""
    chance = Random(f"worse {shape}")

    verdicts = [ruled(shape, 0.05, pair(chance, shape, 200, drop=0.15)) for _ in range(pairs)]

    passed = sum(v.rulings[0].finding.verdict is Verdict.PASSED for v in verdicts)
    found = sum(v.rulings[0].finding.verdict is Verdict.FAILED for v in verdicts)
    assert passed / pairs <= with_error(MOST, pairs)
    assert found / pairs >= 0.9


def test_a_regression_of_the_margin_seldom_passes() -> None:
    """The hardest one: -0.05 where 0.05 is allowed passes in at most 5 % of runs."""
    chance = Random("at the margin")

    passed = sum(
        ruled(ONE, 0.05, pair(chance, ONE, 200, drop=0.05)).verdict is Verdict.PASSED
        for _ in range(400)
    )

    assert passed / 400 <= with_error(MOST, 400)
