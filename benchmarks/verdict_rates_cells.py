"""One cell: pairs of runs are drawn, the gate decides each, and gates on the estimate beside it."""

import datetime as dt
import math
import zlib
from collections import Counter
from dataclasses import dataclass

import numpy as np

from evalgate.domain.finding import Verdict
from evalgate.domain.rule import Rule
from evalgate.domain.sheet import Absence, CaseFacts, Column, Mark, Marks, Scoresheet
from evalgate.errors import ExitCode
from evalgate.gate.consequences import consequence_of, gravest
from evalgate.gate.ruling import Sheets, Verdicts, rule_on
from verdict_rates_drawing import Asked, Drawn
from verdict_rates_kinds import POLICIES, Cell, Key, Kind
from verdict_rates_stored import Expected, refuse_other_verdict

TODAY = dt.date(2026, 11, 21)
ROUNDING = 1e-9
Row = list[float] | list[list[float]]
"""A score for each case, or one for each of its trials."""

FULL_UP_TO = 200
"""With more cases than this a cell has fewer runs, so that every cell takes about as long."""


@dataclass(frozen=True, slots=True)
class Rates:
    """What became of a cell's runs, as shares; `naive` gates merge or do not."""

    kind: str
    truth: str
    flips: float
    cases: int
    runs: int
    passed: float
    failed: float
    undecided: float
    merged_warn: float
    merged_block: float
    merged_estimate: float
    naive_margin: float  # merged where the estimate is within the same margin
    naive_any_drop: float  # merged where the estimate is not below the baseline
    most: float

    @property
    def cell(self) -> Key:
        """Which of the fixed cells this is."""
        return self.kind, self.truth, self.flips, self.cases

    @property
    def wrong(self) -> float:
        """How often the verdict is an error: an unchanged candidate failed, a worse one passed."""
        return self.failed if self.truth == "unchanged" else self.passed

    @property
    def naive_wrong(self) -> tuple[float, float]:
        """The same of the gates on the estimate, with the margin and without."""
        merged = self.naive_margin, self.naive_any_drop
        return merged if self.truth == "worse" else (1 - merged[0], 1 - merged[1])

    @property
    def is_known(self) -> bool:
        """True for an exception that is known to err more often than 5 %."""
        return self.most > 0.05

    @property
    def is_missed(self) -> bool:
        """True when the verdict errs more often than it may, by three errors of the simulation."""
        error = math.sqrt(self.most * (1 - self.most) / self.runs)
        return self.wrong > self.most + 3 * error


def rates_of(cell: Cell, runs: int, stored: int) -> Rates:
    """Simulate a cell; the first `stored` pairs go the whole way, from files to the exit code."""
    kind, cases = cell.kind, cell.cases
    runs = max(runs * min(FULL_UP_TO, cases) // cases, min(runs, 20))
    chance = np.random.default_rng(zlib.crc32(cell.name.encode()))
    drop = kind.worse_by if cell.worse else 0.0
    drawn = kind.draw(chance, Asked(runs, cases, cell.flips, drop))
    table = Table(kind, cases)
    rules = {policy: kind.rules(policy) for policy in POLICIES}
    verdicts: Counter[Verdict] = Counter()
    merged: Counter[str] = Counter()
    for number, (new, old) in enumerate(zip(drawn.new.tolist(), drawn.old.tolist(), strict=True)):
        sheets = table.sheets(new, old)
        said = rule_on(rules["warn"], sheets, (), TODAY)
        codes = {policy: exit_code(said, rules[policy]) for policy in POLICIES}
        verdicts[said.verdict] += 1
        merged.update(policy for policy, code in codes.items() if code is ExitCode.OK)
        if number < stored:
            expected = [Expected(rules[policy], said.verdict, codes[policy]) for policy in codes]
            refuse_other_verdict(sheets, expected)
    return Rates(
        kind=kind.name,
        truth=cell.truth,
        flips=cell.flips,
        cases=cases,
        runs=runs,
        **{str(verdict): verdicts[verdict] / runs for verdict in Verdict},
        **{f"merged_{policy}": merged[policy] / runs for policy in POLICIES},
        naive_margin=naive(cell, drawn, kind.margin),
        naive_any_drop=naive(cell, drawn, 0.0),
        most=kind.most,
    )


def exit_code(said: Verdicts, rules: list[Rule]) -> ExitCode:
    """The exit code had the same findings another policy, by the gate's own two functions."""
    findings = [ruling.finding for ruling in said.rulings]
    under = [f.model_copy(update={"rule": r}) for f, r in zip(findings, rules, strict=True)]
    return gravest(consequence_of(finding).code for finding in under)


class Table:
    """Makes scoresheets of a cell's rows: the cases are the same ones in all of them."""

    def __init__(self, kind: Kind, cases: int) -> None:
        belongs = zip(kind.topics(cases), kind.documents(cases), strict=True)
        self._facts = {
            f"c{place:04}": CaseFacts("", topics, document)
            for place, (topics, document) in enumerate(belongs)
        }
        self._positions = {case: place for place, case in enumerate(self._facts)}
        self._kind = kind

    def sheets(self, new: Row, old: Row) -> Sheets:
        """Two runs of the same cases."""
        return Sheets(self._sheet(new), self._sheet(old))

    def _sheet(self, row: Row) -> Scoresheet:
        marks = [
            tuple(map(mark_of, score)) if isinstance(score, list) else mark_of(score)
            for score in row
        ]
        kind = self._kind
        columns = {"s": Column(kind.scale, Marks(self._positions, marks), kind.trials)}
        return Scoresheet(self._facts, columns)


def mark_of(score: float) -> Mark:
    """A score, or that there is none."""
    return Absence.UNSCORED if math.isnan(score) else score


def naive(cell: Cell, drawn: Drawn, margin: float) -> float:
    """How often a gate merges that looks at the estimates alone, of the cases that have a score."""
    kind, cases = cell.kind, cell.cases
    change = drawn.new - (drawn.old if kind.at_least is None else kind.at_least)
    if kind.trials > 1:
        change = change.mean(axis=2)
    if kind.at_least is not None:
        margin = 0.0
    topics = np.array([slices.get("topic", "") for slices in kind.topics(cases)])
    holds = np.full(len(change), fill_value=True)
    for rule in kind.rules():
        chosen = topics == rule.slice["topic"] if rule.slice else np.full(cases, fill_value=True)
        holds &= np.nanmean(change[:, chosen], axis=1) >= -margin - ROUNDING
    return float(holds.mean())
