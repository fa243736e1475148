"""Everything that can be known without asking anybody: faults, warnings, what rules can detect."""

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import NamedTuple, TypeVar

from evalgate.config.candidates import list_candidates
from evalgate.config.checking import Known, check_gates
from evalgate.config.gates import LoadedGates
from evalgate.config.judges import list_judges, load_judge_spec
from evalgate.config.waivers import load_placed_waivers
from evalgate.domain.checked import CheckedProject
from evalgate.domain.specs import Gates, GenaiMetricSpec, Suite
from evalgate.errors import Problem, UserMistake
from evalgate.judge.building import build_judge
from evalgate.judge.grading_prompt import GradingPrompt
from evalgate.judge.means import Means
from evalgate.judge.protocol import Judge
from evalgate.pipeline.baseline_checks import baseline_words
from evalgate.pipeline.foreseeing import foreseen, shortfalls, small_slices
from evalgate.pipeline.model_checks import (
    model_problems,
    runs_of,
    simulated_judges,
)
from evalgate.pipeline.project import Project
from evalgate.pipeline.purse import price_of_suite, unpriced_rules
from evalgate.pipeline.roster import Roster, enlist
from evalgate.pipeline.surveying import Survey, short_of_trials, strangers, survey

T = TypeVar("T")


def check_project(project: Project) -> CheckedProject:
    """Check every file of a project; all faults at once."""
    roster, problems = enlist(project)
    loaded = _attempt(lambda: project.gates, problems)
    suites = loaded.gates.suites if loaded else {}
    named = {name for suite in suites.values() for name in suite.judges}
    judges, judge_problems = build_judges(project, _own_or_in(named, project))
    problems += judge_problems
    if loaded is None:
        _attempt(lambda: load_placed_waivers(project.root, project.environment), problems)
        _versions(project, problems)
        raise UserMistake(_in_order(problems))
    found = cross_check(project, loaded, judges, roster)
    problems += found.problems
    if problems:
        raise UserMistake(_in_order(problems))
    checked, warnings = [], list(found.warnings)
    for name, suite in suites.items():
        seen = found.surveys[name]
        suite_judges = [judges[judge] for judge in suite.judges]
        candidates = runs_of(project, (name, suite), roster)
        price = price_of_suite(project, suite, candidates, suite_judges)
        warnings += simulated_judges(candidates, suite_judges)
        found_out = foreseen((name, suite), seen, judges)
        known = partial(baseline_words, project, (name, suite), suite_judges)
        words, unfit = _attempt(known, problems) or ("", [])
        warnings += unfit
        checked.append(found_out.model_copy(update={"price": price, "baseline": words}))
        warnings += shortfalls(loaded, (name, suite), found_out)
        warnings += small_slices(loaded, (name, suite), seen)
        warnings += seen.warnings
        warnings += strangers(roster, suite, seen)
    if problems:  # of baseline files
        raise UserMistake(_in_order(problems))
    return CheckedProject(suites=tuple(checked), warnings=tuple(dict.fromkeys(warnings)))


def _attempt(load: Callable[[], T], problems: list[Problem]) -> T | None:
    """What `load` returns; None when it has faults, which are kept."""
    try:
        return load()
    except UserMistake as mistake:
        problems += mistake.problems
        return None


def _own_or_in(named: set[str], project: Project) -> list[str]:
    """The project's own judges, in use or not, and the ready ones that a suite names."""
    return [
        name
        for name in list_judges(project.root)
        if name in named or (project.root / "judges" / name / "judge.yaml").is_file()
    ]


def checked_judges(
    project: Project, named: tuple[str, Suite], built: Mapping[str, Judge] | None = None
) -> list[Judge]:
    """Check one suite before it is run, and build its judges; all faults at once.

    `built` are judges that are not taken from the project's own files.
    """
    name, suite = named
    built = built or {}
    known = [judge for judge in list_judges(project.root) if judge not in built]
    own, problems = build_judges(project, [judge for judge in suite.judges if judge in known])
    judges = {**own, **built}
    only = LoadedGates(Gates(schema_version=1, suites={name: suite}), project.gates.placed)
    problems += cross_check(project, only, judges, {}).problems
    if problems:
        raise UserMistake(_in_order(problems))
    return [judges[judge] for judge in suite.judges]


def build_judges(project: Project, names: Sequence[str]) -> tuple[dict[str, Judge], list[Problem]]:
    """Build judges by name, and collect what is wrong with the others."""
    judges: dict[str, Judge] = {}
    problems: list[Problem] = []
    for name in names:
        judge = _attempt(partial(_build_judge, project, name), problems)
        if judge is not None:
            judges[name] = judge
    return judges, problems


def _build_judge(project: Project, name: str) -> Judge:
    root = project.policy_root
    spec, folder = load_judge_spec(root, name, project.environment)
    return build_judge(name, spec, folder, root, means_of(project))


def means_of(project: Project) -> Means:
    """What a project's judges use: its models, and prompts that MLflow makes in its own process."""

    def make_prompt(name: str, spec: GenaiMetricSpec) -> GradingPrompt:
        from evalgate.judge.make_genai_metric import make_grading_prompt
        from evalgate.pipeline.aside import Aside

        return Aside(project.environment).call(make_grading_prompt, name, spec)

    return Means(project.models, make_prompt)


class Found(NamedTuple):
    """Faults, and what is no fault but worth a word."""

    problems: list[Problem]
    warnings: list[Problem]
    surveys: dict[str, Survey]  # by suite; those whose evalset has no fault


def cross_check(
    project: Project, loaded: LoadedGates, judges: dict[str, Judge], roster: Roster
) -> Found:
    """Hold the files against each other, and read every case once."""
    problems: list[Problem] = []
    waivers = _attempt(lambda: load_placed_waivers(project.root, project.environment), problems)
    versions = _versions(project, problems)
    surveys: dict[str, Survey] = {}
    suites = tuple(loaded.gates.suites.values())
    problems += model_problems(project, roster, judges)
    for name, suite in loaded.gates.suites.items():
        evalset_name, _, version = suite.evalset.partition("@")
        if version not in versions.get(evalset_name, ()):
            continue  # told below, with its place in gates.yaml
        seen = _attempt(partial(survey, project, suite, roster, suites), problems)
        if seen is not None:
            surveys[name] = seen
            problems += seen.faults
        problems += short_of_trials(loaded, (name, suite), roster)
        asked = [each.identity.model for each in runs_of(project, (name, suite), roster)]
        problems += unpriced_rules(project, loaded, (name, suite), asked)
    # a judge that could not be built still has a name; its own fault is told beside
    scales = {
        name: judges[name].scale if name in judges else None for name in list_judges(project.root)
    }
    known = Known(
        scales=scales,
        versions=versions,
        candidates=list_candidates(project.root),
        case_ids={seen.ref: seen.case_ids for seen in surveys.values()},
        today=dt.datetime.now(dt.UTC).date(),
        suites=project.gates.gates.suites,
    )
    checked = check_gates(loaded, known, waivers)
    return Found([*checked.problems, *problems], list(checked.warnings), surveys)


def _versions(project: Project, problems: list[Problem]) -> dict[str, Collection[str]]:
    """The versions of every evalset; where its own file has faults, those that have cases."""
    evalsets = project.evalsets
    return {
        name: _attempt(partial(evalsets.versions, name), problems) or evalsets.drafted(name)
        for name in evalsets.names()
    }


def _in_order(problems: Sequence[Problem]) -> list[Problem]:
    """Each fault once, by file and line."""
    unique = list(dict.fromkeys(problems))
    return sorted(unique, key=lambda problem: (problem.path, problem.line, problem.column))
