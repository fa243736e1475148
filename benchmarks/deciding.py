"""The decision alone on many cases: a rule on all of them, and one on each of 20 slices."""

import datetime as dt
import sys
import time
from random import Random

from evalgate.domain.rule import Rule
from evalgate.domain.scale import BINARY, Scale
from evalgate.domain.sheet import CaseFacts, Column, Marks, Scoresheet
from evalgate.gate.ruling import Sheets, rule_on
from measuring import Figures, report

CASES = 5_000
SLICES = 20
TIMES = 5
LIMIT_S = 1.0
TODAY = dt.date(2026, 11, 21)
STARS = Scale(kind="ordinal", low=1, high=5)


def sheets(scale: Scale, *, clustered: bool) -> Sheets:
    """Two runs in which one case of ten differs."""
    chance = Random("deciding")
    low, high = int(scale.low or 0), int(scale.high or 1)
    facts = {
        f"c{place:04}": CaseFacts(
            "", {"topic": f"t{place % SLICES}"}, f"d{place // 5}" if clustered else None
        )
        for place in range(CASES)
    }
    positions = {case: place for place, case in enumerate(facts)}
    old = [float(chance.randint(low, high)) for _ in facts]
    new = [float(chance.randint(low, high)) if chance.random() < 0.1 else mark for mark in old]
    ours, theirs = (
        Scoresheet(facts, {"s": Column(scale, Marks(positions, marks))}) for marks in (new, old)
    )
    return Sheets(ours, theirs)


def seconds(scale: Scale, *, clustered: bool = False) -> list[float]:
    """How long the decision takes, again and again, on the processor."""
    topics = [{}, *({"topic": f"t{number}"} for number in range(SLICES))]
    rules = [Rule.model_validate({"score": "s", "max_drop": 0.05, "slice": t}) for t in topics]
    held = sheets(scale, clustered=clustered)
    taken = []
    for _ in range(TIMES):
        begun = time.process_time()
        rule_on(rules, held, (), TODAY)
        taken.append(time.process_time() - begun)
    return taken


def main() -> int:
    """Print the seconds; the exit code is 1 when the median is over the limit."""
    named = f"{CASES:,} cases, {SLICES} slices"
    return report(
        Figures(f"binary, {named}: seconds", seconds(BINARY), LIMIT_S),
        Figures(f"stars, {named}: seconds", seconds(STARS), LIMIT_S),
        Figures(f"in documents of five, {named}", seconds(BINARY, clustered=True), LIMIT_S),
    )


if __name__ == "__main__":
    sys.exit(main())
