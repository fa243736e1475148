"""A gate for the gate: stored runs through today's `gates.yaml`, without asking anybody."""

import datetime as dt
from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

from evalgate.domain.backtest import Backtest, Replayed, SuiteBacktest
from evalgate.domain.sheet import Scoresheet
from evalgate.domain.specs import Suite
from evalgate.errors import Problem, UserMistake
from evalgate.gate.alarms import is_alike
from evalgate.gate.noise import repeats_of
from evalgate.pipeline.bench import Bench
from evalgate.pipeline.deciding import broken_judges
from evalgate.pipeline.past_runs import Held, PastRuns
from evalgate.pipeline.project import Project
from evalgate.pipeline.replaying import Pair, TodaysRules, ordered_pairs
from evalgate.results.reading import StoredRun

MOST_REPEATS = 12
"""So many runs of one candidate are 132 ordered pairs: more would take longer, and tell little."""


class Terms(NamedTuple):
    """How far to look back, and what to plant how often."""

    last: int
    shares: Sequence[float]
    draws: int


def suites_of(project: Project, name: str | None) -> list[tuple[str, Suite]]:
    """The suite of that name, or all there are."""
    return list(project.gates.gates.suites.items()) if name is None else [project.suite(name)]


def backtest(benches: Sequence[Bench], terms: Terms) -> Backtest:
    """Hold the newest runs of every suite against its rules.

    Raises UserMistake when there is no run that could be.
    """
    runs = list(benches[0].project.runs.readable())
    stored = [run for run in runs if isinstance(run, StoredRun)]
    suites = [_suite(bench, stored, terms) for bench in benches]
    if not any(suite.runs or suite.alarms for suite in suites):
        raise UserMistake([_nothing(suite) for suite in suites])
    return Backtest(
        last=terms.last,
        suites=tuple(suites),
        unreadable=tuple(problem for problem in runs if isinstance(problem, Problem)),
    )


def _nothing(suite: SuiteBacktest) -> Problem:
    why = "; ".join(f"{left.run}: {left.why}" for left in suite.left_out)
    fault = f"no stored run of {suite.suite} can be held against today's rules"
    remedy = f"`evalgate run {suite.suite}` makes one"
    return Problem(f"{fault}: {why}" if why else fault, remedy=remedy)


def _suite(bench: Bench, stored: Sequence[StoredRun], terms: Terms) -> SuiteBacktest:
    """Today's rules on one suite's runs, on pairs of one candidate, and on planted faults."""
    ours = (run for run in stored if run.manifest.suite == bench.name)
    past = PastRuns(bench, stored, list(islice(ours, terms.last)))
    waivers = tuple(each for each in bench.project.waivers if each.suite == bench.name)
    rules = TodaysRules(bench.suite, waivers, dt.datetime.now(dt.UTC).date())
    sheets = _Sheets(rules)
    replayed = [said for held in past.held if (said := _replayed(rules, sheets, held, past))]
    groups = [sheets.repeats_of(group) for group in past.by_candidate()]
    groups = [group for group in groups if len(group) > 1]
    planted_in, pairs = _planted_in(rules, sheets, past, groups)
    return SuiteBacktest(
        suite=bench.name,
        evalset=bench.evalset.ref,
        runs=tuple(replayed),
        alarms=rules.alarms(groups),
        planted=tuple(
            rules.planted(share, pairs, terms.draws, seed=bench.evalset.digest)
            for share in terms.shares
            if pairs
        ),
        planted_in=planted_in,
        left_out=tuple(past.left_out),
    )


class _Sheets:
    """Every run is read once, with the scores that the rules ask for."""

    def __init__(self, rules: TodaysRules) -> None:
        self._scores = rules.scores
        self._trials = rules.suite.trials
        self._read: dict[str, Scoresheet] = {}

    def of(self, run: StoredRun) -> Scoresheet:
        """The run as the gate sees it."""
        name = run.manifest.run_id
        if name not in self._read:
            self._read[name] = run.sheet(self._scores)
        return self._read[name]

    def repeats_of(self, group: Sequence[StoredRun]) -> list[Scoresheet]:
        """A candidate's newest runs; one with several trials is several runs of the suite's."""
        trials, repeats = self._trials, list[Scoresheet]()
        for run in group:
            sheet = self.of(run)
            several = run.manifest.trials >= 2 * trials
            repeats += repeats_of(sheet, trials) if several else [sheet]
        return repeats[:MOST_REPEATS]


def _replayed(rules: TodaysRules, sheets: _Sheets, held: Held, past: PastRuns) -> Replayed | None:
    """Say what today's rules say of a run; one that cannot be held is left out."""
    ours, theirs = held.run.manifest, held.baseline.manifest if held.baseline else None
    pair = sheets.of(held.run), sheets.of(held.baseline) if held.baseline else None
    try:
        said = rules.held(pair, tuple(broken_judges(rules.suite, ours)))
    except UserMistake as mistake:  # a percentage of nothing
        past.leave_out(held.run, mistake.problems[0].fault)
        return None
    return Replayed(
        run=ours.run_id,
        candidate=ours.candidate.name,
        baseline=theirs.run_id if theirs else "",
        baseline_candidate=theirs.candidate.name if theirs else "",
        then=held.then,
        verdict=said.verdict,
        outcome=said.outcome,
        exit_code=int(said.exit_code),
    )


def _planted_in(
    rules: TodaysRules, sheets: _Sheets, past: PastRuns, groups: Sequence[Sequence[Scoresheet]]
) -> tuple[str, list[Pair]]:
    """Where faults are planted: pairs of runs of one candidate, which differ as runs do.

    Without a pair that differs it is the newest baseline, held against itself.
    """
    compares = any(rule.compares for rule in rules.suite.rules)
    pairs = [pair for group in groups for pair in ordered_pairs(group)]
    if not all(is_alike(*pair) for pair in pairs):
        return "", [(ours, theirs if compares else None) for ours, theirs in pairs]
    newest = next((held.baseline or held.run for held in past.held), None)
    if newest is None:
        return "", []
    sheet = sheets.of(newest)
    return newest.manifest.run_id, [(sheet, sheet if compares else None)]
