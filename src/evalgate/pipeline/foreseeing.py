"""What each rule of a suite can detect, before anything is run."""

from collections.abc import Iterator, Mapping

from evalgate.config.gates import LoadedGates
from evalgate.domain.checked import CheckedRule, CheckedSuite
from evalgate.domain.rule import SMALL_SLICE
from evalgate.domain.scale import MEASURED_SCORES, Scale
from evalgate.domain.specs import Suite
from evalgate.errors import Problem
from evalgate.gate.extent import Extent
from evalgate.gate.power.foresight import foresee
from evalgate.gate.power.setting import family_size
from evalgate.judge.protocol import Judge
from evalgate.pipeline.surveying import Survey
from evalgate.report.foresight_text import shortfall_words


def foreseen(named: tuple[str, Suite], seen: Survey, judges: dict[str, Judge]) -> CheckedSuite:
    """A suite without faults: its cases are counted, and each rule's power is known."""
    name, suite = named
    scales = {**MEASURED_SCORES, **{score: judge.scale for score, judge in judges.items()}}
    among = blocking(suite, scales, seen.extents)
    rules = []
    for rule in suite.rules:
        found = foresee(rule, scales[rule.score], seen.extents[rule.id], among)
        rules.append(CheckedRule(rule=str(rule), foresight=found))
    return CheckedSuite(
        name=name,
        evalset=suite.evalset,
        cases=len(seen.case_ids),
        judges=suite.judges,
        rules=tuple(rules),
    )


def blocking(suite: Suite, scales: Mapping[str, Scale], extents: Mapping[str, Extent]) -> int:
    """How many of a suite's rules share the error of a failure."""
    return family_size(
        (rule, scales[rule.score])
        for rule in suite.rules
        if not rule.cannot_block(extents[rule.id].cases)
    )


def shortfalls(
    loaded: LoadedGates, named: tuple[str, Suite], checked: CheckedSuite
) -> Iterator[Problem]:
    """Rules that so few cases will leave undecided, or that no run at all can pass."""
    name, suite = named
    for index, (rule, found) in enumerate(zip(suite.rules, checked.rules, strict=True)):
        words = shortfall_words(rule, found.foresight)
        if words is not None:
            at = ("suites", name, "rules", index, rule.bound)
            yield loaded.problem(at, words.fault, f"{words.remedy}; see `evalgate power {name}`")


def small_slices(loaded: LoadedGates, named: tuple[str, Suite], seen: Survey) -> Iterator[Problem]:
    """Rules that look as if they could stop a build, and cannot: their slices have few cases."""
    name, suite = named
    for index, rule in enumerate(suite.rules):
        cases = seen.cases_of(rule)
        if rule.severity == "warn" or not rule.cannot_block(cases):
            continue
        fault = f"{rule.id} cannot block: its slice has fewer than {SMALL_SLICE} cases ({cases})"
        remedy = f"write min_cases: {cases} to let it, or severity: warn"
        yield loaded.problem(("suites", name, "rules", index), fault, remedy)
