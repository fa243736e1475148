"""How often rules pass, fail and stay undecided, and merge: beside gates on the estimate alone.

Simulated through the function that `run` calls, from stored scores to the exit code, seeded.
Each cell holds an unchanged candidate, and one that in truth is worse by exactly the margin,
against a baseline. Exits 1 when, by more than Monte-Carlo error, more than 5 % of unchanged
candidates fail or more than 5 % of the worse ones pass.
"""

import datetime as dt
import math
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from random import Random
from typing import Any, NamedTuple

from evalgate.domain.finding import Verdict
from evalgate.domain.rule import Rule
from evalgate.domain.scale import BINARY, Scale
from evalgate.domain.sheet import CaseFacts, Column, Scoresheet
from evalgate.gate.ruling import Sheets, rule_on

TODAY = dt.date(2026, 11, 21)
RUNS = 400
CASES = (20, 50, 200)
POLICIES = ("warn", "block", "estimate")
MOST = 0.05

Pair = tuple[float, float]


class Kind(NamedTuple):
    """A scale, a margin, and how two runs of one system score a case, the first worse by it."""

    name: str
    scale: Scale
    margin: float
    drawn: Callable[[Random, float], Pair]


def binary(chance: Random, drop: float) -> Pair:
    """One case in ten changes sides, with a drop more often to the worse."""
    drawn = chance.random()
    if drawn < 0.05 + drop / 2:
        return 0.0, 1.0
    if drawn < 0.10:
        return 1.0, 0.0
    same = float(chance.random() < 0.8)
    return same, same


def ordinal(chance: Random, drop: float) -> Pair:
    """Stars: both runs may grade one off; with a drop some cases lose one more."""
    grade = chance.choice((3, 3, 3, 4, 4))
    off = (-1, 1, *[0] * 9)
    lost = chance.random() < drop
    return float(grade + chance.choice(off) - lost), float(grade + chance.choice(off))


def continuous(chance: Random, drop: float) -> Pair:
    """Shares around what the case is like, most of them high."""
    like = 0.2 + 0.6 * chance.betavariate(4, 2)
    new, old = (like + chance.uniform(-0.15, 0.15) for _ in range(2))
    return new - drop, old


KINDS = (
    Kind("binary", BINARY, 0.05, binary),
    Kind("ordinal", Scale(kind="ordinal", low=1, high=5), 0.2, ordinal),
    Kind("continuous", Scale(kind="continuous", low=0, high=1), 0.02, continuous),
)


class Rates(NamedTuple):
    """What became of a cell's runs, as shares."""

    verdicts: dict[Verdict, float]
    merged: dict[str, float]
    naive: float  # what a gate on the estimate merges without a margin
    naive_margin: float  # what it merges with the margin


def sheets(pairs: list[Pair], scale: Scale) -> Sheets:
    """Two runs of the same cases."""
    facts = {f"c{place}": CaseFacts("") for place in range(len(pairs))}
    ours, before = (dict(zip(facts, side, strict=True)) for side in zip(*pairs, strict=True))
    return Sheets(
        Scoresheet(facts, {"s": Column(scale, ours)}),
        Scoresheet(facts, {"s": Column(scale, before)}),
    )


def rates(kind: Kind, cases: int, drop: float) -> Rates:
    """Run a cell."""
    chance = Random(f"{kind.name} {cases} {drop}")
    verdicts: Counter[Verdict] = Counter()
    merged: Counter[str] = Counter()
    naive = [0, 0]
    options: dict[str, Any] = {"score": "s", "max_drop": kind.margin}
    rules = {p: Rule.model_validate({**options, "on_undecided": p}) for p in POLICIES}
    for _ in range(RUNS):
        pairs = [kind.drawn(chance, drop) for _ in range(cases)]
        change = math.fsum(new - old for new, old in pairs) / cases
        naive[0] += change >= 0
        naive[1] += change >= -kind.margin
        for policy, rule in rules.items():
            said = rule_on([rule], sheets(pairs, kind.scale), (), TODAY)
            merged[policy] += int(said.exit_code) == 0
            verdicts[said.verdict] += policy == "warn"
    return Rates(
        {verdict: verdicts[verdict] / RUNS for verdict in Verdict},
        {policy: merged[policy] / RUNS for policy in POLICIES},
        naive[0] / RUNS,
        naive[1] / RUNS,
    )


def missed(found: Rates, *, worse: bool) -> bool:
    """True when the verdict is wrong in more than 5 % of runs by more than three errors."""
    wrong = found.verdicts[Verdict.PASSED if worse else Verdict.FAILED]
    return wrong > MOST + 3 * math.sqrt(MOST * (1 - MOST) / RUNS)


def lines() -> Iterator[tuple[str, bool]]:
    """A line of a Markdown table for each cell, and whether its limit is missed."""
    for kind in KINDS:
        for worse in (False, True):
            for cases in CASES:
                found = rates(kind, cases, kind.margin if worse else 0.0)
                truth = f"worse by {kind.margin}" if worse else "unchanged"
                numbers = (*found.verdicts.values(), *found.merged.values(), *found[2:])
                shown = " | ".join(f"{number:.1%}" for number in numbers)
                beyond = missed(found, worse=worse)
                yield f"| {kind.name} | {truth} | {cases} | {shown} |", beyond


def main() -> int:
    """Print the table as it grows."""
    heads = ("scores", "truth", "cases", *Verdict, *(f"merged, {p}" for p in POLICIES))
    columns = (*heads, "no drop seen", "drop within the margin seen")
    print(f"{RUNS} runs for each line, max_drop of the margin")
    print(f"| {' | '.join(columns)} |")
    print("|---|---|---:|" + "---:|" * (len(columns) - 3))
    beyond = []
    for line, is_missed in lines():
        print(line + (" missed" if is_missed else ""), flush=True)
        beyond.append(is_missed)
    return int(any(beyond))


if __name__ == "__main__":
    sys.exit(main())
