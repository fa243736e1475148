"""Everything that can be known without asking anybody: faults, warnings, what rules can detect."""

from collections.abc import Sequence
from dataclasses import dataclass

from evalgate.config.candidates import candidate_texts, list_candidates, load_candidate
from evalgate.config.checking import Known, check_gates
from evalgate.config.contamination import contamination
from evalgate.config.gates import LoadedGates
from evalgate.config.judges import list_judges, load_judge_spec
from evalgate.config.waivers import load_placed_waivers
from evalgate.domain.checked import CheckedRule, CheckedSuite
from evalgate.domain.rule import Rule
from evalgate.domain.scale import MEASURED_SCORES, Scale
from evalgate.domain.specs import Gates, Suite
from evalgate.errors import Problem, UserMistake
from evalgate.evalset.reading import read_cases, verify_cases
from evalgate.evalset.store import Evalset
from evalgate.gate.foresight import foresee
from evalgate.judge.building import build_judge
from evalgate.judge.protocol import Judge
from evalgate.pipeline.catalogue import built_candidate
from evalgate.pipeline.loop import run_now
from evalgate.pipeline.project import Project


@dataclass(frozen=True, slots=True)
class CheckedProject:
    """A project without a fault, and what a person should know of it."""

    suites: tuple[CheckedSuite, ...]
    warnings: tuple[Problem, ...]


def check_project(project: Project) -> CheckedProject:
    """Check every file of a project; all faults at once."""
    loaded = project.gates
    names = {name for suite in loaded.gates.suites.values() for name in suite.judges}
    judges, problems = build_judges(project, sorted(names & set(list_judges(project.root))))
    problems += _candidate_problems(project)
    found = cross_check(project, loaded, judges)
    problems += found.problems
    if problems:
        raise UserMistake(_in_order(problems))
    suites, warnings = [], list(found.warnings)
    for name, suite in loaded.gates.suites.items():
        evalset = project.evalset_of(suite)
        suites.append(_checked((name, suite), evalset, judges))
        warnings += _contaminated(project, suite, evalset)
    return CheckedProject(tuple(suites), tuple(dict.fromkeys(warnings)))


def checked_judges(project: Project, named: tuple[str, Suite]) -> list[Judge]:
    """Check one suite before it is run, and build its judges; all faults at once."""
    name, suite = named
    judges, problems = build_judges(
        project, [judge for judge in suite.judges if judge in list_judges(project.root)]
    )
    only = LoadedGates(Gates(schema_version=1, suites={name: suite}), project.gates.placed)
    problems += cross_check(project, only, judges).problems
    if problems:
        raise UserMistake(_in_order(problems))
    return [judges[judge] for judge in suite.judges]


def build_judges(project: Project, names: Sequence[str]) -> tuple[dict[str, Judge], list[Problem]]:
    """Build judges by name, and collect what is wrong with the others."""
    judges: dict[str, Judge] = {}
    problems: list[Problem] = []
    for name in names:
        try:
            spec, folder = load_judge_spec(project.root, name, project.environment)
            judges[name] = build_judge(name, spec, folder, project.root)
        except UserMistake as mistake:
            problems += mistake.problems
    return judges, problems


@dataclass(frozen=True, slots=True)
class Found:
    """Faults, and what is no fault but worth a word."""

    problems: list[Problem]
    warnings: list[Problem]


def cross_check(project: Project, loaded: LoadedGates, judges: dict[str, Judge]) -> Found:
    """Hold the files against each other, and read every case once."""
    problems: list[Problem] = []
    evalsets = project.evalsets
    waivers = load_placed_waivers(project.root, project.environment)
    waived = {waiver.suite for waiver in waivers.waivers.waivers if waiver.case}
    case_ids: dict[str, list[str]] = {}
    for name, suite in loaded.gates.suites.items():
        try:
            evalset = project.evalset_of(suite)
            verify_cases(evalset)
            if name in waived:
                case_ids[suite.evalset] = [case.id for case in read_cases(evalset)]
        except UserMistake as mistake:
            # an evalset or version that is not there is told below, with its place in gates.yaml
            problems += [problem for problem in mistake.problems if problem.line or problem.path]
    known = Known(
        scales={name: judge.scale for name, judge in judges.items()}
        | {name: UNKNOWN for name in list_judges(project.root) if name not in judges},
        versions={name: evalsets.versions(name) for name in evalsets.names()},
        candidates=list_candidates(project.root),
        case_ids=case_ids,
    )
    checked = check_gates(loaded, known, waivers)
    return Found([*checked.problems, *problems], list(checked.warnings))


UNKNOWN = Scale(kind="continuous", low=None, high=None)
"""A judge that could not be built still has a name; its own fault is told beside."""


def _candidate_problems(project: Project) -> list[Problem]:
    """What is wrong with the candidates that the project's suites could be asked about."""
    problems: list[Problem] = []
    for name in list_candidates(project.root):
        try:
            spec = load_candidate(project.root, name, project.environment)
            run_now(built_candidate(project.root, name, spec, 1).aclose())
        except UserMistake as mistake:
            problems += mistake.problems
    return problems


def _in_order(problems: Sequence[Problem]) -> list[Problem]:
    """Each fault once, by file and line."""
    unique = list(dict.fromkeys(problems))
    return sorted(unique, key=lambda problem: (problem.path, problem.line, problem.column))


def _contaminated(project: Project, suite: Suite, evalset: Evalset) -> list[Problem]:
    texts: dict[str, str] = {}
    for name in list_candidates(project.root):
        spec = load_candidate(project.root, name, project.environment)
        if spec.evalset in (None, evalset.name):
            texts |= candidate_texts(project.root, name, spec)
    return contamination(texts, suite.evalset, read_cases(evalset))


def _checked(named: tuple[str, Suite], evalset: Evalset, judges: dict[str, Judge]) -> CheckedSuite:
    name, suite = named
    total = verify_cases(evalset)
    rules = []
    for rule in suite.rules:
        scale = judges[rule.score].scale if rule.score in judges else MEASURED_SCORES[rule.score]
        seen = foresee(rule, scale, _cases_of(rule, evalset) if rule.slice else total)
        rules.append(CheckedRule(rule=str(rule), detectable=seen.detectable, note=seen.note))
    return CheckedSuite(
        name=name, evalset=suite.evalset, cases=total, judges=suite.judges, rules=tuple(rules)
    )


def _cases_of(rule: Rule, evalset: Evalset) -> int:
    """How many cases a slice has."""
    return sum(
        all(str(case.slices.get(key)) == str(value) for key, value in rule.slice.items())
        for case in read_cases(evalset)
    )
