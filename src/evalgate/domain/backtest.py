"""Stored runs held against today's rules: what was said then, and what would be said now."""

import datetime as dt
from typing import Literal

from evalgate.domain.alarms import Alarms
from evalgate.domain.decision import Said
from evalgate.domain.finding import Outcome, Verdict
from evalgate.domain.record import Finite, Record
from evalgate.errors import Problem


class PastVerdict(Record):
    """What was decided on a run. One line of `verdicts.jsonl` in the run's folder."""

    suite: str
    baseline: str  # the run that it was held against; empty when there was none
    verdict: Verdict
    outcome: Outcome
    exit_code: int
    alone: Said | None = None  # by this run's rulings, where more than these counted
    decided_on: dt.date

    @property
    def own_exit_code(self) -> int:
        """What the rules said of this run, whatever was said in its place."""
        return self.alone.exit_code if self.alone else self.exit_code


class Replayed(Record):
    """A stored run, held against today's rules; `then` is None where nobody kept it."""

    run: str
    candidate: str
    baseline: str = ""
    baseline_candidate: str = ""
    then: PastVerdict | None
    verdict: Verdict
    outcome: Outcome
    exit_code: int

    @property
    def changed(self) -> bool:
        """True when the exit code would be another one today."""
        return self.then is not None and self.then.own_exit_code != self.exit_code


class Planted(Record):
    """Runs in which a share of the cases was given the worst score, and what the rules said."""

    share: Finite
    draws: int
    failed: int  # exit 1
    stopped: int  # blocked, without having failed
    let_through: int  # exit 0
    passed: int  # of these, with every rule passed


class LeftOut(Record):
    """A run that cannot be held against today's rules, and why."""

    run: str
    why: str


class SuiteBacktest(Record):
    """One suite's stored runs; `alarms` is None without two runs of one candidate."""

    suite: str
    evalset: str
    runs: tuple[Replayed, ...]
    alarms: Alarms | None = None
    planted: tuple[Planted, ...] = ()
    planted_in: str = ""  # the run; empty when it was pairs of runs of one candidate
    left_out: tuple[LeftOut, ...] = ()


class Backtest(Record):
    """All suites, and what is wrong with the runs that do not open."""

    schema_version: Literal[1] = 1
    last: int
    suites: tuple[SuiteBacktest, ...]
    unreadable: tuple[Problem, ...] = ()
