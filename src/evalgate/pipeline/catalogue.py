"""Names made into objects: what a version stands for, and which suite it belongs to."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

from evalgate.candidate.recorded import RecordedCandidate
from evalgate.config.candidates import FOLDER, list_candidates, load_candidate
from evalgate.domain.names import FROM_FILE, GATES, GIT, NOT_YET, RUN
from evalgate.domain.specs import CandidateSpec, Suite
from evalgate.errors import Problem, UserMistake
from evalgate.pipeline.contenders import Asked, Contender, Filed, Stored
from evalgate.pipeline.filing import filed_by_path
from evalgate.pipeline.project import Project
from evalgate.pipeline.roster import Elsewhere, built_candidate
from evalgate.sources.git import resolve_ref, submodule_with
from evalgate.sources.nearest import did_you_mean


def contender(project: Project, text: str, in_flight: int, fallback: str = "") -> Contender:
    """What `text` stands for: a candidate, a run, a git ref, a file of answers or a baseline file.

    `fallback` is the candidate that a git ref means when it names none.
    """
    if text.startswith(NOT_YET):
        raise UserMistake(Problem(f"{text}: MLflow's registry is not read yet"))
    if text.startswith(RUN):
        return Stored(text, project.runs.open(text.removeprefix(RUN)))
    if text.startswith(FROM_FILE):
        return Filed(text, filed_by_path(text))
    if text.startswith(GIT):
        return _of_commit(project, text, in_flight, fallback)
    if text in list_candidates(project.root):
        spec = load_candidate(project.root, text, project.environment)
        return Asked(text, built_candidate(project, text, spec, in_flight))
    path = Path(text)
    if path.suffix == ".jsonl" and path.is_file():
        answers = RecordedCandidate(text, path, shown_as=text, origin=text)
        return Asked(text, answers)
    if text in project.runs.names():
        return Stored(text, project.runs.open(text))
    known = [*list_candidates(project.root), *project.runs.names()[-5:]]
    raise UserMistake(
        Problem(
            f"{text!r} is no candidate, run, git ref or file of answers",
            remedy=did_you_mean(text, known),
        )
    )


def spec_of(project: Project, text: str) -> CandidateSpec | None:
    """The spec of a candidate of the working tree; None for anything else."""
    if text not in list_candidates(project.root):
        return None
    return load_candidate(project.root, text, project.environment)


def suite_for(project: Project, name: str | None, versions: list[str]) -> tuple[str, Suite]:
    """The suite that fits: the one named, or the only one whose evalset the versions answer."""
    suites = project.gates.gates.suites
    if name is not None or len(suites) == 1:
        return project.suite(name)
    fitting = {
        suite_name: suite
        for suite_name, suite in suites.items()
        if all(_answers(project, text, suite) for text in versions)
    }
    if len(fitting) == 1:
        return next(iter(fitting.items()))
    fault = "no suite fits these versions" if not fitting else "several suites fit these versions"
    names = ", ".join(sorted(fitting or suites))
    raise UserMistake(Problem(fault, GATES, remedy=f"name one with --suite: {names}"))


def _answers(project: Project, text: str, suite: Suite) -> bool:
    """True when a version says, or does not deny, that it answers the suite's evalset."""
    if text.startswith(RUN) or text in project.runs.names():
        run = project.runs.open(text.removeprefix(RUN))
        return run.manifest.evalset.ref.split("@")[0] == suite.evalset.split("@")[0]
    if text.startswith(FROM_FILE):
        filed = filed_by_path(text).manifest
        return filed.evalset.ref.split("@")[0] == suite.evalset.split("@")[0]
    spec = spec_of(project, text)
    return spec is None or spec.evalset in (None, suite.evalset.split("@")[0])


def default_candidate(project: Project, name: str, suite: Suite) -> str:
    """What `evalgate run` evaluates when nobody says: the suite's, or the only one that fits."""
    if suite.candidate is not None:
        return suite.candidate
    fitting = [
        candidate
        for candidate in list_candidates(project.root)
        if candidate != suite.baseline and _answers(project, candidate, suite)
    ]
    if len(fitting) == 1:
        return fitting[0]
    raise UserMistake(
        Problem(
            "which candidate is not said",
            GATES,
            key=f"suites.{name}.candidate",
            remedy=f"write it, or use --candidate: {', '.join(fitting) or 'there is none'}",
        )
    )


def _of_commit(project: Project, text: str, in_flight: int, fallback: str) -> Asked:
    """The candidate as its files were at a commit, laid out in a worktree of its own."""
    ref, _, named = text.removeprefix(GIT).partition(":")
    name = named or fallback
    if not name:
        raise UserMistake(
            Problem(f"{text} names no candidate", remedy=f"write {GIT}{ref}:CANDIDATE")
        )
    commit = resolve_ref(project.root, ref)
    top, root = project.worktrees.at(commit)
    known = list_candidates(root)
    if name not in known:
        _refuse_not_laid_out(project, text, commit, (top, root / FOLDER / f"{name}.yaml"))
        absent = Problem(
            f"{ref} ({commit[:12]}) has no candidate {name!r}", remedy=did_you_mean(name, known)
        )
        raise UserMistake(absent) if named else NotThereYet(absent)
    try:
        spec = load_candidate(root, name, project.environment)
        there = Elsewhere(root, f"git:{commit}")
        candidate = built_candidate(project, name, spec, in_flight, there)
        _refuse_moved(project, root, candidate.identity.model)
        return Asked(text, candidate)
    except UserMistake as mistake:
        raise UserMistake(
            [
                replace(problem, path=f"{GIT}{ref}:{problem.path}") if problem.path else problem
                for problem in mistake.problems
            ]
        ) from None


def _refuse_moved(project: Project, root: Path, model: str) -> None:
    """Raise UserMistake when a commit's `gates.yaml` asks a model at another address than today's.

    Today's address would be asked for both, and nothing could ever be worse.
    """
    if not model or not (root / GATES).is_file():
        return
    theirs = Project(root, project.environment).models
    then, today = theirs.address_of(model), project.models.address_of(model)
    if then and then != today:
        fault = f"asks {model} at {then}; today it is asked at {today}"
        remedy = f"hold the change against a stored run: {RUN}ID"
        raise UserMistake(Problem(fault, GATES, key="providers", remedy=remedy))


def _refuse_not_laid_out(project: Project, text: str, commit: str, at: tuple[Path, Path]) -> None:
    """Raise UserMistake when a candidate may be there but is in a submodule: nobody can tell.

    `at` is the folder that the commit was laid out in, and the candidate's file in it.
    """
    into, file = at
    # a link may lead into a submodule; resolving follows it although nothing is there
    found = file.resolve()
    within = found.relative_to(into.resolve()) if found.is_relative_to(into.resolve()) else None
    submodule = submodule_with(project.root, commit, within) if within else ""
    leads_nowhere = any(path.is_symlink() and not path.exists() for path in (file, file.parent))
    if not submodule and not leads_nowhere:
        return
    why = f"in the submodule {submodule!r}" if submodule else "behind a link that leads nowhere"
    raise UserMistake(
        Problem(
            f"{text}: at {commit[:12]} {FOLDER}/{file.name} would be {why}: it is not laid out",
            remedy=f"name a stored run instead: {RUN}ID",
        )
    )


class NotThereYet(UserMistake):
    """The commit exists but has no such candidate: its first run, when it is a baseline."""


@cache
def versions_in_use() -> Mapping[str, str]:
    """The versions that a run's figures depend on, read without importing anything heavy."""
    import platform
    from importlib.metadata import version

    return {
        "python": platform.python_version(),
        **{name: version(name) for name in ("evalgate", "mlflow", "rapidfuzz")},
    }
