"""A change may not be its own judge: a suite of a pull request is made ready with its base."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from evalgate.config.judges import list_judges
from evalgate.domain.loosening import Loosening, Softened
from evalgate.domain.names import FILE, GATES
from evalgate.domain.specs import Suite
from evalgate.errors import Problem, UserMistake
from evalgate.judge.protocol import Judge, model_of
from evalgate.pipeline.base_project import SHORT, BaseProject, base_project, told_of
from evalgate.pipeline.bench import Base, Bench, Errand
from evalgate.pipeline.checking import build_judges, checked_judges
from evalgate.pipeline.loosenings import of_project, of_suite
from evalgate.pipeline.models import Models
from evalgate.pipeline.own_judge import deciding_on_itself, not_in_base
from evalgate.pipeline.project import Project
from evalgate.sources.digests import digest_of_file
from evalgate.sources.git import prefix_of, run_git, top_of


def open_bench(project: Project, named: tuple[str, Suite], errand: Errand) -> Bench:
    """Make a suite ready: its evalset is opened and its judges are built.

    On a pull request the base's judges are taken where the base has them, and the code of no other
    is run; what the base has beside them is made ready as well.
    """
    name, suite = named
    if not errand.base:
        judges = checked_judges(project, named)
        return Bench(project, name, suite, project.evalset_of(suite), judges, errand)
    base = base_project(project, errand.base)
    if problems := list(deciding_on_itself(base)):
        raise UserMistake(problems)
    if not base.has_gates:
        judges = checked_judges(project, named)
        evalset = project.evalset_of(suite)
        new = Base(base.at, base.folder, loosenings=tuple(_gone(project, base.at)))
        return Bench(project, name, suite, evalset, judges, errand, new)
    return _beside(base, project, named, errand)


def _beside(base: BaseProject, project: Project, named: tuple[str, Suite], errand: Errand) -> Bench:
    name, suite = named
    theirs = base.gates.gates.suites.get(name)
    suites = [suite, *([theirs] if theirs else [])]
    built = _base_judges(base, suites)
    if problems := list(not_in_base(base, theirs.judges if theirs else (), built)):
        raise UserMistake(problems)
    judges = checked_judges(project, named, built)
    evalset = project.evalset_of(suite)
    problems = [*_thawed(base, project, suites), *_asked_elsewhere(base, project, built)]
    if problems:
        raise UserMistake(problems)
    made = Base(
        base.at,
        base.folder,
        says=base.gates.gates.policy_change,
        loosenings=(*of_project(base, project), *_gone(project, base.at)),
    )
    if theirs is None:
        return Bench(project, name, suite, evalset, judges, errand, made)
    # as often as the more careful of the two says
    errand = replace(errand, trials=errand.trials or max(suite.trials, theirs.trials))
    with told_of(base.at):
        before = base.evalset_of(theirs)
    if before.digest == evalset.digest:  # one run serves both
        judges += [built[judge] for judge in theirs.judges if judge not in suite.judges]
    softer = of_suite(base, project, (name, theirs, suite), built, (before, evalset))
    names_file = theirs.baseline == FILE
    own = [built[judge] for judge in theirs.judges]
    plain = replace(made, names_file=names_file)  # its own base, so that its baseline is found
    anew = replace(errand, resume="")
    bench = Bench(base, name, theirs, before, own, anew, plain)
    made = replace(plain, bench=bench, loosenings=(*made.loosenings, *softer))
    return Bench(project, name, suite, evalset, judges, errand, made)


def _base_judges(base: BaseProject, suites: list[Suite]) -> dict[str, Judge]:
    """The judges of these suites that the base has, from its files."""
    known = list_judges(base.folder)
    wanted = dict.fromkeys(name for suite in suites for name in suite.judges if name in known)
    with told_of(base.at):
        built, problems = build_judges(base, list(wanted))
        if problems:
            raise UserMistake(problems)
    return built


def _thawed(base: BaseProject, head: Project, suites: list[Suite]) -> Iterator[Problem]:
    """Frozen versions of the base that are others in the change: a frozen one never changes."""
    for ref in dict.fromkeys(suite.evalset for suite in suites):
        name, _, version = ref.partition("@")
        if name not in base.evalsets.names():
            continue
        with told_of(base.at):
            line = base.evalsets.spec(name).frozen(version)
        file = base.evalsets.folder / name / f"{version}.jsonl"
        shown_as = file.relative_to(base.folder).as_posix()
        now = head.root / shown_as
        if line is None or not now.is_file() or (digest := digest_of_file(now)) == line.digest:
            continue
        fault = f"is frozen as {line.digest} in {base.at[:SHORT]} and is now {digest}"
        remedy = "a frozen version never changes: keep the change as a new version"
        yield Problem(fault, shown_as, remedy=remedy)


def _asked_elsewhere(
    base: BaseProject, head: Project, judges: Mapping[str, Judge]
) -> Iterator[Problem]:
    """Judges whose models the change would ask at another address: who answers there decides."""
    models = Models(base.folder, base.environment, base.asking, lambda: base.gates.gates)
    for name, judge in judges.items():
        model = model_of(judge)
        then, today = (
            (each.address_of(model) for each in (models, head.models)) if model else ("", "")
        )
        if then != today:
            fault = f"{name} asks {model} at {then or 'no address'} in the base, here at {today}"
            remedy = "a judge's provider is changed apart from what it judges"
            yield Problem(fault, GATES, key="providers", remedy=remedy)


def _gone(project: Project, commit: str) -> Iterator[Loosening]:
    """Gates of the base that the change has nowhere, or that new ones of its own hide.

    Their suites are not asked any longer.
    """
    listed = run_git(project.root, "ls-tree", "-r", "-z", "--name-only", "--full-tree", commit)
    top, here = top_of(project.root) or Path(), prefix_of(project.root)
    theirs = [path for path in map(Path, (listed or "").split("\0")) if path.name == GATES]
    for path in theirs:
        # whoever stands here and looks upwards finds the new ones first
        is_hidden = here / GATES not in theirs and here.is_relative_to(path.parent)
        if is_hidden or not (top / path).is_file():
            yield Loosening(kind=Softened.SUITE_REMOVED, what=path.as_posix())
