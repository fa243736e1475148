"""The same candidate against itself: how noisy a suite is, before anything has changed."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from random import Random

from evalgate.candidate.recorded import RecordedCandidate
from evalgate.domain.case import SliceValue
from evalgate.domain.names import NONE
from evalgate.domain.noise import Noise, NoisePlan, ScoreNoise
from evalgate.domain.scale import MEASURED_SCORES
from evalgate.domain.sheet import Scoresheet
from evalgate.domain.specs import MOST_TRIALS
from evalgate.errors import Problem, UserMistake
from evalgate.gate.alarms import alarms_of
from evalgate.gate.noise import drop_rule, mixed, noise_of, repeats_of
from evalgate.pipeline.bench import Bench
from evalgate.pipeline.catalogue import contender, default_candidate
from evalgate.pipeline.contenders import Asked
from evalgate.pipeline.planning import planned_run
from evalgate.pipeline.producing import how_many, produce
from evalgate.pipeline.replaying import TodaysRules
from evalgate.results.reading import StoredRun

MOST_MIXED, FEWEST_MIXED = 100, 20
MARKS_HELD = 200_000
"""So many cases times rules are held against each other for the mixed pairs, about."""
MOST_VALUES = 12
"""A slice key with more values, such as a document's name, has too few cases of each."""


class Repeats:
    """A candidate that is to be asked the same several times over."""

    def __init__(self, bench: Bench, candidate: str | None, repeat: int) -> None:
        total = repeat * bench.suite.trials
        if total > MOST_TRIALS:
            fault = f"{repeat} runs of {bench.suite.trials} trials are {total} answers to a case"
            remedy = f"at most {MOST_TRIALS}"
            raise UserMistake(Problem(fault, key="--repeat", remedy=remedy))
        self.bench = replace(bench, errand=replace(bench.errand, trials=total))
        self.entry = _asked(self.bench, candidate)
        self.repeat = repeat

    def plan(self) -> NoisePlan:
        """What would be asked, and for how much."""
        return NoisePlan(
            suite=self.bench.name,
            evalset=self.bench.evalset.ref,
            cases=how_many(self.bench),
            repeat=self.repeat,
            trials=self.bench.suite.trials,
            run=planned_run(self.bench, self.entry),
        )

    def answered(self) -> StoredRun:
        """Ask; a stored run with as many trials answers for it."""
        return produce(self.bench, self.entry)


def _asked(bench: Bench, name: str | None) -> Asked:
    """The candidate: the one named, the baseline's, or the suite's own."""
    project, suite = bench.project, bench.suite
    fallback = suite.candidate or ""
    wanted = name or (suite.baseline if suite.baseline not in (None, NONE) else None)
    wanted = wanted or default_candidate(project, bench.name, suite)
    entry = contender(project, wanted, bench.errand.in_flight, fallback)
    remedy = "name one that is asked: --candidate NAME"
    if not isinstance(entry, Asked):
        raise UserMistake(Problem(f"{wanted} is a stored run and cannot be asked", remedy=remedy))
    if isinstance(entry.candidate, RecordedCandidate):
        _refuse_too_few(entry.candidate, bench.trials, remedy)
    return entry


def _refuse_too_few(recorded: RecordedCandidate, wanted: int, remedy: str) -> None:
    """Raise UserMistake when fewer answers were recorded than are to be compared."""
    if recorded.trials == 1:
        fault = "one answer to each case is recorded, which is the same every time: no noise"
        raise UserMistake(Problem(fault, recorded.shown_as, remedy=remedy))
    if recorded.trials < wanted:
        fault = f"{recorded.trials} answers to each case are recorded, not {wanted}"
        remedy = f"--repeat, at most as many as there are, or {remedy}"
        raise UserMistake(Problem(fault, recorded.shown_as, remedy=remedy))


def noise_in(bench: Bench, run: StoredRun, repeat: int) -> Noise:
    """What a run's repeats say: of each score and slice, and of today's rules."""
    waivers = tuple(each for each in bench.project.waivers if each.suite == bench.name)
    rules = TodaysRules(bench.suite, waivers, dt.datetime.now(dt.UTC).date())
    trials = bench.suite.trials
    sheet = run.sheet([*run.manifest.judges, *rules.scores])
    columns = {name: sheet.columns[name] for name in sheet.columns if name in rules.scores}
    asked = replace(sheet, columns=columns)
    alarms = rules.alarms([repeats_of(asked, trials)])
    assert alarms is not None, "there are two repeats"
    chance = Random(bench.evalset.digest)  # noqa: S311 - a seed makes the report come out again
    draws = _how_many_mixed(len(sheet.cases) * len(bench.suite.rules))
    drawn = [rules.held(mixed(asked, trials, repeat, chance)) for _ in range(draws)]
    return Noise(
        suite=bench.name,
        evalset=bench.evalset.ref,
        candidate=run.manifest.candidate.name,
        run=run.manifest.run_id,
        cases=len(sheet.cases),
        repeat=repeat,
        trials=trials,
        scores=tuple(_scores(sheet, trials)),
        alarms=alarms,
        mixed=alarms_of(drawn, independent=draws),
        models=run.manifest.models,
    )


def _how_many_mixed(marks: int) -> int:
    return max(FEWEST_MIXED, min(MOST_MIXED, MARKS_HELD // max(marks, 1)))


def _scores(sheet: Scoresheet, trials: int) -> Iterator[ScoreNoise]:
    """Every score, over all cases first; a judge's then slice by slice."""
    answers = repeats_of(sheet, 1)
    slices = list(_slices(sheet))
    for name, column in sheet.columns.items():
        places: list[dict[str, SliceValue]] = [{}]
        places += slices if name not in MEASURED_SCORES else []
        for where in places:
            yield noise_of(drop_rule(name, column.scale, where), answers, trials)


def _slices(sheet: Scoresheet) -> Iterator[dict[str, SliceValue]]:
    values: dict[str, dict[str, SliceValue]] = defaultdict(dict)
    for facts in sheet.cases.values():
        for key, value in facts.slices.items():
            values[key][repr(value)] = value  # 1 and true are equal, and not the same
    for key, found in sorted(values.items()):
        if len(found) <= MOST_VALUES:
            yield from ({key: found[written]} for written in sorted(found))
