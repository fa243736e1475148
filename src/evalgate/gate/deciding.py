"""One rule against one run: the finding. What is missing may not decide it."""

from collections.abc import Sequence
from typing import NamedTuple

from evalgate.domain.finding import Cause, Counts, Evidence, Finding, Note, Verdict
from evalgate.domain.rule import Rule
from evalgate.domain.scale import SPENDING_SCORES
from evalgate.domain.sheet import Scoresheet, trials_of
from evalgate.errors import Problem, UserMistake
from evalgate.gate.choosing import Measured
from evalgate.gate.clusters import clusters_of
from evalgate.gate.extent import Cluster
from evalgate.gate.limit import Ends, ends_of, limit_of
from evalgate.gate.power.detecting import outlook
from evalgate.gate.quantities import (
    Quantities,
    chosen_cases,
    column_of,
    every_side,
    quantities_of,
)
from evalgate.gate.subject import Shape
from evalgate.gate.weighing import verdict_of, weigh, weigh_fact, weigh_itself


class Ground(NamedTuple):
    """What else the numbers of a rule's cases rest on."""

    ends: Ends
    clusters: Sequence[Cluster]  # of each case; none when all are independent
    itself: bool  # one run is held against itself
    repeated: bool  # a case's number is the mean of several trials


def decide(
    rule: Rule,
    candidate: Scoresheet,
    baseline: Scoresheet | None = None,
    *,
    first_run: bool = False,
) -> Finding:
    """Hold a run's marks against a rule; without enough evidence the finding is undecided."""
    column = candidate.columns.get(rule.score)
    if column is None:
        known, trials = len(candidate.cases), trials_of(candidate)
        counts = Counts(cases=known, trials=trials, unscored=known * trials)
        found = _undecided(rule, Cause.LOW_COVERAGE, counts)
        return found.model_copy(update={"note": Note.NO_SUCH_SCORE})
    limit = limit_of(rule, column.scale)
    if baseline is None and rule.compares:
        why = Cause.FIRST_RUN if first_run else Cause.NO_BASELINE
        return _without_baseline(rule, candidate, why).model_copy(update={"limit": limit})
    cases = chosen_cases(rule, candidate, baseline)
    theirs = column_of(rule, baseline, column.scale) if baseline else None
    read = quantities_of(rule, cases, column, theirs)
    finding = Finding(rule=rule, verdict=Verdict.UNDECIDED, counts=read.counts, limit=limit)
    if cases:
        ground = Ground(
            ends_of(rule, column.scale),
            clusters_of(candidate, cases),
            itself=rule.needs_baseline and _is_itself(candidate, baseline),
            repeated=max(read.counts.trials, read.counts.baseline_trials or 1) > 1,
        )
        finding = _weighed(finding, read, ground)
    cause = _structural_cause(rule, candidate, baseline, finding)
    if cause is not None:
        return finding.model_copy(update={"verdict": Verdict.UNDECIDED, "cause": cause})
    _refuse_percent_of_nothing(rule, read.baseline_mean)
    return finding


def _without_baseline(rule: Rule, candidate: Scoresheet, why: Cause) -> Finding:
    """Nothing to compare with; a run that could not have decided anyway is told so first."""
    every_case = rule.model_copy(update={"applies_to": "all"})
    cases = chosen_cases(every_case, candidate, candidate)
    read = quantities_of(every_case, cases, candidate.columns[rule.score], None)
    finding = _undecided(rule, why, read.counts)
    cause = _structural_cause(every_case, candidate, None, finding)
    return finding if cause is None else finding.model_copy(update={"cause": cause})


def _refuse_percent_of_nothing(rule: Rule, baseline_mean: float | None) -> None:
    """A share of a baseline that is zero or below allows nothing, or too much."""
    margin = rule.margin
    if margin is None or not margin.percent or baseline_mean is None or baseline_mean > 0:
        return
    fault = f"{margin} of a baseline whose mean is {baseline_mean:.10g} is no margin"
    raise UserMistake(Problem(fault, key=rule.id, remedy="write it in the score's own units"))


def _is_itself(candidate: Scoresheet, baseline: Scoresheet | None) -> bool:
    """True when one run is held against itself: it differs by nothing."""
    return baseline is not None and "" != candidate.run_id == baseline.run_id


def _weighed(finding: Finding, read: Quantities, ground: Ground) -> Finding:
    """Decide twice, with what is missing at worst and at best."""
    rule, limit = finding.rule, finding.limit
    assert limit is not None, "a finding that is weighed has a limit"
    seen, *assumed = every_side(read.numbers)
    observed = _evidence(finding, read.shape, seen or (), ground)
    at_worst, at_best = (  # where nothing is missing all three are one
        observed if side == seen else _evidence(finding, read.shape, side or (), ground)
        for side in assumed
    )
    low = verdict_of(rule, limit, at_worst) if at_worst else Verdict.UNDECIDED
    high = verdict_of(rule, limit, at_best) if at_best else Verdict.UNDECIDED
    verdict = low if low is high else Verdict.UNDECIDED
    cause: Cause | None = None
    silent = (
        _crashing_is_cheap(rule, read.counts) or read.counts.not_produced == read.counts.answers
    )
    if verdict is not Verdict.FAILED and silent:
        verdict, cause = Verdict.UNDECIDED, Cause.NOT_PRODUCED
    elif at_worst is not None and at_worst.lower is None:
        cause = Cause.NO_INTERVAL
    elif verdict is Verdict.UNDECIDED:
        agreed = low is high is Verdict.UNDECIDED and at_worst is not None and at_best is not None
        cause = Cause.NOISE if agreed else Cause.MISSING_SCORES
    smallest, more = outlook(rule, limit, observed) if observed else (None, None)
    return finding.model_copy(
        update={
            "verdict": verdict,
            "cause": cause,
            "observed": observed,
            "at_worst": at_worst,
            "at_best": at_best,
            "detectable": smallest,
            "more_cases": more if cause is Cause.NOISE else None,
        }
    )


def _evidence(
    finding: Finding, shape: Shape, side: Sequence[float | None], ground: Ground
) -> Evidence | None:
    """Weigh the numbers that there are; a fact and a run held against itself are certain."""
    rule, limit = finding.rule, finding.limit
    assert limit is not None, "a finding that is weighed has a limit"
    places = [place for place, number in enumerate(side) if number is not None]
    numbers = [number for number in side if number is not None]
    if not numbers:
        return None
    if shape == "fact":
        return weigh_fact(rule, limit, numbers)
    if ground.itself:
        return weigh_itself(limit, numbers)
    clusters = [ground.clusters[place] for place in places] if ground.clusters else []
    return weigh(rule, limit, Measured(shape, numbers, ground.ends, clusters, ground.repeated))


def _structural_cause(
    rule: Rule, candidate: Scoresheet, baseline: Scoresheet | None, finding: Finding
) -> Cause | None:
    """Causes that no bound can overcome, the gravest first."""
    counts = finding.counts
    if not counts.cases:
        if candidate.partial:
            return Cause.PARTIAL_RUN
        return Cause.NO_NEW_CASES if _nothing_is_new(rule, candidate) else Cause.TOO_FEW_CASES
    if counts.coverage < rule.min_coverage:
        return Cause.LOW_COVERAGE
    if candidate.partial or (baseline and rule.compares and baseline.partial):
        return Cause.PARTIAL_RUN
    if counts.cases < rule.fewest_cases:
        return Cause.TOO_FEW_CASES
    return None


def _nothing_is_new(rule: Rule, candidate: Scoresheet) -> bool:
    """A change that adds no case cannot be held to a rule for new cases."""
    return rule.applies_to == "new" and bool(candidate.cases)


def _crashing_is_cheap(rule: Rule, counts: Counts) -> bool:
    """A candidate must not save money by not answering."""
    return (
        rule.score in SPENDING_SCORES
        and counts.not_produced > (1 - rule.min_coverage) * counts.answers
    )


def _undecided(rule: Rule, cause: Cause, counts: Counts) -> Finding:
    return Finding(rule=rule, verdict=Verdict.UNDECIDED, cause=cause, counts=counts)
