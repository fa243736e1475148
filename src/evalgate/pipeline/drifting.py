"""A run held against an earlier night of the same: what nobody proposed may have changed."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from evalgate.domain.decision import Decision
from evalgate.domain.decision_warnings import NeedlessWaiver
from evalgate.domain.finding import Verdict
from evalgate.domain.names import baseline_file_of
from evalgate.domain.rule import Rule
from evalgate.errors import Problem, UserMistake
from evalgate.pipeline.bench import Bench
from evalgate.pipeline.comparing import compare_runs
from evalgate.pipeline.deciding import Sides, all_findings, decide_runs, sealed
from evalgate.pipeline.fitting import fitted
from evalgate.pipeline.gatekeeping import Judged, inputs_of
from evalgate.pipeline.keeping import aside_of
from evalgate.pipeline.merging import MOST_WORSENED, Merged
from evalgate.pipeline.worsening import Version
from evalgate.results.baseline_files import FiledRun
from evalgate.results.reading import StoredRun
from evalgate.tracking.validation import ask_mlflow

SURE = 0.99
"""How confident a failure since the last good night must be, to be red."""

Hold = Callable[[tuple[Rule, ...]], Decision]
"""Holds tonight's run against another night's by some rules."""


def drift_rules(rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """The rules that ask whether something became worse, as they are asked of an earlier night.

    `min_gain` asks for a change, and nobody made one. Noise does not block here: while it is
    undecided nothing is known to be worse, and the suite's own rules hold or do not.
    """
    asked = (rule for rule in rules if rule.max_drop is not None or rule.max_rise is not None)
    return tuple(
        rule.model_copy(update={"on_undecided": "warn"}) if rule.on_undecided == "block" else rule
        for rule in asked
    )


def slow_rules(rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """The same for the oldest night: what failed since then warns."""
    return tuple(rule.model_copy(update={"severity": "warn"}) for rule in drift_rules(rules))


def decided_since(rules: Sequence[Rule], hold: Hold) -> Decision:
    """Decide by these rules since the last good night; red only where that is surely so.

    The night was chosen for being good, so that it was lucky as well, and the question is put again
    every night: what fails by a rule's own confidence alone only warns.
    """
    asked = drift_rules(rules)
    sure = tuple(rule.model_copy(update={"confidence": _sure(rule)}) for rule in asked)
    surely = hold(sure)
    if surely.verdict is Verdict.FAILED:
        return surely
    plainly = hold(asked)
    return plainly if plainly.verdict is not Verdict.FAILED else hold(slow_rules(rules))


def _sure(rule: Rule) -> float:
    return max(SURE, rule.confidence or 0)


def comparable(bench: Bench, run: StoredRun, night: FiledRun) -> FiledRun:
    """An earlier night's scores on today's cases; raise UserMistake where it is not comparable."""
    if problems := list(_not_another_night(run, night)):
        raise UserMistake(problems)
    return fitted(bench, night)


def _not_another_night(run: StoredRun, night: FiledRun) -> Iterator[Problem]:
    """Of one candidate, under whatever name: its change was decided when it was proposed."""
    if run.manifest.run_id == night.manifest.run_id:
        yield Problem("is this very run", night.origin.path)
    ours, theirs = run.manifest.candidate, night.manifest.candidate
    if not ours.is_same(theirs):
        fault = (
            f"is of {theirs.name} {theirs.digest}, and the candidate is {ours.name} {ours.digest}"
        )
        yield Problem(fault, night.origin.path)


def held_against(bench: Bench, run: StoredRun, night: FiledRun, rules: Sequence[Rule]) -> Decision:
    """Decide on a run by some of its suite's rules, with `night` as the baseline."""
    project, ids = bench.project, {rule.id for rule in rules}
    waivers = [each for each in project.waivers if each.rule is None or each.rule in ids]
    suite = bench.suite.model_copy(update={"rules": tuple(rules)})
    suites = tuple(project.gates.gates.suites)
    decision = decide_runs((bench.name, suite), Sides(run, night), waivers, suites)
    # whether a waiver is needed is for the suite's own rules to say
    kept = [each for each in decision.warnings if not isinstance(each, NeedlessWaiver)]
    told = {"warnings": tuple(kept), "since": night.origin.set_on}
    return sealed(decision.model_copy(update=told))


def reported_since(bench: Bench, run: StoredRun, night: FiledRun, decision: Decision) -> Merged:
    """A decision since a night with the document that says the most; MLflow is asked too."""
    aside_of(bench.project).call(ask_mlflow, all_findings([decision]))
    what = "baseline" if night.origin.path == baseline_file_of(bench.name) else "night"
    name = f"the {what} of {night.origin.set_on}"
    versions = [Version(name, night), Version(run.manifest.candidate.name, run)]
    document = compare_runs(versions, [decision], partial(inputs_of, bench), MOST_WORSENED)
    return Merged(Judged(decision, run, night), document)
