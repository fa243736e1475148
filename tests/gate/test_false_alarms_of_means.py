"""How often rules on stars, shares and clusters err, simulated through what `run` calls."""

import datetime as dt
import math
from collections.abc import Callable
from random import Random

import pytest

from evalgate.domain.finding import Verdict
from evalgate.domain.rule import Rule
from evalgate.domain.scale import BINARY, Scale
from evalgate.domain.sheet import Mark
from evalgate.errors import ExitCode
from evalgate.gate.ruling import Sheets, Verdicts, rule_on
from gate_sheets import SHARE, STARS, rule, sheet

TODAY = dt.date(2026, 11, 21)
MOST = 0.05
Draw = Callable[[Random], tuple[float, float]]


def stars(chance: Random, drop: float = 0.0) -> tuple[float, float]:
    """Two grades of one answer: 70 % are equal, the others one or two stars apart."""
    grade = chance.choice([2, 3, 3, 4])
    step = chance.choice([-2, -1, -1, 1, 1, 2]) if chance.random() < 0.3 else 0
    lost = 1 if chance.random() < drop else 0
    return float(min(max(grade + step - lost, 1), 5)), float(grade)


def share(chance: Random, drop: float = 0.0) -> tuple[float, float]:
    """Two shares from 0 to 1 around what the case is like, the new one lower by `drop`."""
    like = chance.betavariate(6, 3)
    new, old = (min(max(like + chance.gauss(0, 0.1), 0.0), 1.0) for _ in range(2))
    return max(new - drop, 0.0), old


def ruled(held: Rule, scale: Scale, pairs: list[tuple[float, float]], size: int = 1) -> Verdicts:
    """Hold pairs of new and old scores against a rule, in clusters of `size` cases."""
    ours: list[Mark] = [new for new, _ in pairs]
    before: list[Mark] = [old for _, old in pairs]
    clusters: list[str | None] = [f"d{place // size}" for place in range(len(pairs))]
    new, old = (sheet(marks, scale, clusters=clusters) for marks in (ours, before))
    return rule_on([held], Sheets(new, old), (), TODAY)


def with_error(share: float, runs: int) -> float:
    """The share plus three standard errors of so many runs: a true share exceeds it 1 in 700."""
    return share + 3 * math.sqrt(share * (1 - share) / runs)


@pytest.mark.parametrize("cases", [20, 50, 200])
@pytest.mark.parametrize(
    ("held", "draw", "scale"),
    [
        (rule("max_drop", 0), stars, STARS),
        (rule("max_drop", 0.05, fail="strict"), stars, STARS),
        (rule("max_drop", 0), share, SHARE),
        (rule("max_drop", "1%"), share, SHARE),
    ],
    ids=["stars", "stars, strict", "shares", "shares, percent"],
)
def test_an_unchanged_candidate_is_seldom_blocked(
    held: Rule, draw: Draw, scale: Scale, cases: int
) -> None:
    """With the margin that blocks most; a gate on the estimate alone blocks about half."""
    chance, runs = Random(f"unchanged {held} {cases}"), 300

    blocked = sum(
        ruled(held, scale, [draw(chance) for _ in range(cases)]).exit_code is ExitCode.FAILED
        for _ in range(runs)
    )

    assert blocked / runs <= with_error(MOST, runs)


@pytest.mark.parametrize("cases", [20, 50, 200])
def test_a_regression_of_the_margin_seldom_passes(cases: int) -> None:
    """A true drop of 0.05 where 0.05 is allowed: nothing is cut off at the ends of the scale."""
    chance, runs = Random(f"margin {cases}"), 300

    def near() -> tuple[float, float]:
        like = chance.uniform(0.4, 0.6)
        return like - 0.05 + chance.uniform(-0.2, 0.2), like + chance.uniform(-0.2, 0.2)

    passed = sum(
        ruled(rule("max_drop", 0.05), SHARE, [near() for _ in range(cases)]).verdict
        is Verdict.PASSED
        for _ in range(runs)
    )

    assert passed / runs <= with_error(MOST, runs)


@pytest.mark.parametrize(
    ("held", "scale", "worse"),
    [
        (rule("max_drop", 0.1), STARS, lambda chance: stars(chance, 0.4)),
        (rule("max_drop", 0.02), SHARE, lambda chance: share(chance, 0.06)),
        (rule("max_drop", "3%"), SHARE, lambda chance: share(chance, 0.08)),
    ],
    ids=["0.4 stars", "0.06 of a share", "12 percent"],
)
def test_a_regression_far_beyond_the_margin_is_found(held: Rule, scale: Scale, worse: Draw) -> None:
    chance, runs = Random(f"worse {held}"), 60

    verdicts = [ruled(held, scale, [worse(chance) for _ in range(200)]) for _ in range(runs)]

    assert sum(said.verdict is Verdict.FAILED for said in verdicts) / runs >= 0.9


@pytest.mark.parametrize("documents", [12, 40])
@pytest.mark.parametrize("scale", [BINARY, SHARE], ids=["binary", "a share"])
def test_clusters_that_move_together_seldom_block(scale: Scale, documents: int) -> None:
    """Half of the documents have all their five cases drawn anew: as one case, not as five."""
    chance, runs = Random(f"documents {scale} {documents}"), 200

    def pairs() -> list[tuple[float, float]]:
        drawn: list[tuple[float, float]] = []
        for _ in range(documents):
            new, old = (float(chance.random() < 0.7) for _ in range(2))
            drawn += [(new, old) if chance.random() < 0.9 else (old, old) for _ in range(5)]
        return drawn

    blocked = sum(
        ruled(rule("max_drop", 0), scale, pairs(), 5).exit_code is ExitCode.FAILED
        for _ in range(runs)
    )

    assert blocked / runs <= with_error(MOST, runs)
