"""The project's side: baselines that people set, what is kept out of git, what gates.yaml says."""

from collections.abc import Iterator
from dataclasses import replace

from evalgate.config.candidates import list_candidates
from evalgate.domain.names import FILE, OWN_FOLDER, baseline_file_of
from evalgate.domain.specs import Suite
from evalgate.errors import Problem, UserMistake
from evalgate.github.doctor.diagnosis import Symptom
from evalgate.github.doctor.simulation import simulated_suites
from evalgate.github.team.checks import key_faults, own_version_hints, policy_hint
from evalgate.github.watched import Ground
from evalgate.pipeline.baseline_checks import baseline_words
from evalgate.pipeline.checking import build_judges
from evalgate.pipeline.own_judge import KEEP_OUT, own_files_under_git
from evalgate.pipeline.project import Project
from evalgate.results.baseline_files import BEGIN, load_baseline
from evalgate.sources.git import run_git

NO_GLOBALS = ("-c", "core.excludesFile=/dev/null")  # another clone has not this machine's own
ANEW = f"from a run of today: {BEGIN}"


def project_symptoms(project: Project, ground: Ground, *, in_git: bool) -> Iterator[Symptom]:
    """What is wrong with the project's files, named from the repository's top."""
    for each in _symptoms(project, in_git=in_git):
        path = ground.named(each.problem.path) if each.problem.path else ""
        yield each._replace(problem=replace(each.problem, path=path))


def _symptoms(project: Project, *, in_git: bool) -> Iterator[Symptom]:
    if in_git:
        yield from _kept_out(project)
    try:
        suites = project.gates.gates.suites
    except UserMistake as mistake:
        yield from (_fault(problem) for problem in mistake.problems)
        return
    yield from _of_gates(project)
    for name, suite in suites.items():
        if suite.baseline == FILE:
            yield from _baseline(project, name, suite)
            if in_git:
                yield from _uncommitted(project, baseline_file_of(name))


def _fault(problem: Problem) -> Symptom:
    return Symptom(problem, is_fault=True)


def _of_gates(project: Project) -> Iterator[Symptom]:
    """Whether a merge queue can be stricter than a pull request, and a loosening is stopped."""
    gates = project.gates
    yield from (_fault(problem) for problem in key_faults(gates))
    line, column = gates.placed.place_of(("on_undecided",))
    for problem in policy_hint(project.root, gates, project.environment):
        yield Symptom(replace(problem, line=line, column=column), is_fault=False)
    for problem in own_version_hints(project.root, gates, project.environment):
        yield Symptom(problem, is_fault=False)
    yield from simulated_suites(project)
    if gates.gates.policy_change == "warn":
        fault = "a change that loosens its own gate is only yellow"
        yield Symptom(gates.problem(("policy_change",), fault, "write block"), is_fault=False)


def _baseline(project: Project, name: str, suite: Suite) -> Iterator[Symptom]:
    compared = {rule.score for rule in suite.rules if rule.needs_baseline}
    judges, problems = build_judges(project, [each for each in suite.judges if each in compared])
    try:
        _, unfit = baseline_words(project, (name, suite), list(judges.values()))
    except UserMistake as mistake:
        yield from (_fault(problem) for problem in (*problems, *mistake.problems))
        return
    yield from (_fault(problem) for problem in (*problems, *unfit))
    path = baseline_file_of(name)
    stale = list(_stale(project, name, suite))
    yield from (Symptom(Problem(each, path, remedy=ANEW), is_fault=False) for each in stale)


def _stale(project: Project, name: str, suite: Suite) -> Iterator[str]:
    """What makes a file that can still be compared older than it should be."""
    path = baseline_file_of(name)
    filed = load_baseline(project.root / path, path)
    candidate = filed.candidate
    if filed.evalset.ref != suite.evalset:
        older = f"is of {filed.evalset.ref}, the suite is on {suite.evalset}"
        yield f"{older}: new cases have no baseline"
    if filed.suite != name:
        yield f"was set for the suite {filed.suite}"
    if not candidate.origin and candidate.name not in list_candidates(project.root):
        yield f"is of the candidate {candidate.name}, which is not there any longer"
    if filed.dirty:
        yield "is of files that were not committed: nobody can make that run again"


def _uncommitted(project: Project, path: str) -> Iterator[Symptom]:
    listing = ("status", "--porcelain", "--ignored", "--untracked-files=all", "--", path)
    state = run_git(project.root, *listing)
    remedy = "commit it: a pull request is held against the base commit's own"
    if not state:
        return
    if state.startswith("!!"):
        yield _fault(Problem("is git-ignored, so that no other clone has it", path, remedy=remedy))
    elif state.startswith("??"):
        yield _fault(
            Problem("is not under git, so that no other clone has it", path, remedy=remedy)
        )
    else:
        yield _fault(Problem("has changes that are not committed", path, remedy=remedy))


def _kept_out(project: Project) -> Iterator[Symptom]:
    """Recordings and runs are read back: whoever commits them answers in a model's place."""
    if own_files_under_git(project.root):
        fault = "is under git: a change can bring recorded answers and verdicts along"
        yield _fault(Problem(fault, OWN_FOLDER, remedy=KEEP_OUT))
    elif run_git(project.root, *NO_GLOBALS, "check-ignore", "--quiet", f"{OWN_FOLDER}/x") is None:
        fault = f"does not name {OWN_FOLDER}/: recordings and runs would be committed"
        yield _fault(Problem(fault, ".gitignore", remedy=f"write `{OWN_FOLDER}/` into it"))
