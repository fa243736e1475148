"""What the rules of suites can show, by the newest runs that there are; nobody is asked."""

from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

from evalgate.domain.names import GIT, NONE, RUN
from evalgate.domain.powered import PowerReport, SuitePower
from evalgate.domain.scale import MEASURED_SCORES
from evalgate.domain.sheet import Scoresheet
from evalgate.domain.specs import Suite
from evalgate.errors import Problem, UserMistake
from evalgate.evalset.reading import read_cases
from evalgate.gate.extent import Extents
from evalgate.gate.power.past import Past, Repeating, past_of
from evalgate.gate.power.setting import Setting
from evalgate.gate.power.study import study
from evalgate.judge.protocol import Judge
from evalgate.pipeline.checking import checked_judges
from evalgate.pipeline.foreseeing import blocking
from evalgate.pipeline.project import Project
from evalgate.results.reading import StoredRun

MOST_LOOKED_AT = 100
"""Runs, the newest first, among which a pair is looked for."""


def power_of(project: Project, name: str | None) -> PowerReport:
    """Say what every rule of a suite, or of all suites, can detect; all faults at once."""
    suites = [project.suite(name)] if name else list(project.gates.gates.suites.items())
    found: list[SuitePower] = []
    problems: list[Problem] = []
    for named in suites:
        try:
            found.append(_suite_power(project, named))
        except UserMistake as mistake:
            problems += mistake.problems
    if problems:
        raise UserMistake(list(dict.fromkeys(problems)))
    return PowerReport(suites=tuple(found))


def _suite_power(project: Project, named: tuple[str, Suite]) -> SuitePower:
    name, suite = named
    judges = checked_judges(project, named)
    scales = {**MEASURED_SCORES, **{judge.name: judge.scale for judge in judges}}
    evalset = project.evalset_of(suite)
    counted, cases = Extents(suite.rules), 0
    for case in read_cases(evalset):
        counted.add(case.slices, case.cluster)
        cases += 1
    extents = counted.by_rule()
    among = blocking(suite, scales, extents)
    pair = newest_pair(project, suite, judges)
    sheets = pair.sheets({rule.score for rule in suite.rules})
    return SuitePower(
        name=name,
        evalset=suite.evalset,
        cases=cases,
        trials=pair.trials or suite.trials,
        blocking=among,
        candidate_run=pair.candidate.manifest.run_id if pair.candidate else "",
        baseline_run=pair.baseline.manifest.run_id if pair.baseline else "",
        rules=tuple(
            study(
                Setting(rule, scales[rule.score], among),
                extents[rule.id],
                past_of(rule, *sheets, same=pair.recorded)
                if sheets
                else Past(repeating=Repeating(suite.trials)),
            )
            for rule in suite.rules
        ),
    )


class Pair(NamedTuple):
    """The newest runs of a suite's candidate and of its baseline; None where there is none."""

    candidate: StoredRun | None
    baseline: StoredRun | None

    @property
    def recorded(self) -> bool:
        """True when asking again would give the same answers."""
        kinds = {run.manifest.candidate.kind for run in self if run}
        return kinds == {"recorded"}

    @property
    def trials(self) -> int:
        """How often each case was answered; 0 when there is no run."""
        return self.candidate.manifest.trials if self.candidate else 0

    def sheets(self, scores: set[str]) -> tuple[Scoresheet, Scoresheet | None] | None:
        """Both as the gate sees them; None when there is no run."""
        if self.candidate is None:
            return None
        return self.candidate.sheet(scores), self.baseline.sheet(scores) if self.baseline else None


def newest_pair(project: Project, suite: Suite, judges: Sequence[Judge]) -> Pair:
    """Find the newest whole runs on today's cases with today's judges.

    Where no run of the named baseline is left, any other version tells how much cases vary.
    """
    digest = project.evalset_of(suite).digest
    wanted = {judge.name: judge.digest for judge in judges}
    fitting = [
        run
        for run in islice(project.runs.readable(), MOST_LOOKED_AT)
        if isinstance(run, StoredRun)
        and run.manifest.evalset.digest == digest
        and not run.partial()
        and all(
            name in run.manifest.judges and run.manifest.judges[name].digest == judge
            for name, judge in wanted.items()
        )
    ]
    candidates = [run for run in fitting if not _is_baseline(run, suite)]
    ours = next(
        (run for run in candidates if run.manifest.candidate.name == suite.candidate),
        next(iter(candidates), None),
    )
    if ours is None:
        return Pair(next(iter(fitting), None), None)
    named = (run for run in fitting if run is not ours and _is_baseline(run, suite))
    others = (
        run for run in candidates if run.manifest.candidate.digest != ours.manifest.candidate.digest
    )
    return Pair(ours, next(named, next(others, None)))


def _is_baseline(run: StoredRun, suite: Suite) -> bool:
    """True for a run of what the suite names as its baseline."""
    named, identity = suite.baseline or NONE, run.manifest.candidate
    if named.startswith(RUN):
        return run.manifest.run_id.startswith(named.removeprefix(RUN))
    if named.startswith(GIT):
        return identity.origin.startswith(GIT)
    return identity.name == named
