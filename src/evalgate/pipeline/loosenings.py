"""Every place where a change's policy is softer than its base's, as far as files can tell."""

from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

from evalgate.config.judges import FOLDER as JUDGES
from evalgate.domain.loosening import Loosening, Softened
from evalgate.domain.names import FILE
from evalgate.domain.specs import Suite
from evalgate.evalset.difference import difference
from evalgate.evalset.store import Evalset
from evalgate.gate.loosening import loosened_gates, loosened_suite, loosened_waivers
from evalgate.judge.function import FunctionJudge
from evalgate.judge.protocol import Judge
from evalgate.pipeline.base_project import BaseProject
from evalgate.pipeline.filing import file_of
from evalgate.pipeline.project import Project
from evalgate.sources.digests import digest_of_file

MOST_CASES = 50
DIGITS = 19  # of a digest: enough to tell two apart


def of_project(base: BaseProject, head: Project) -> Iterator[Loosening]:
    """What is softer for all suites."""
    yield from loosened_gates(base.gates.gates, head.gates.gates)


def of_suite(
    base: BaseProject,
    head: Project,
    suite: tuple[str, Suite, Suite],
    judges: Mapping[str, Judge],
    evalsets: tuple[Evalset, Evalset],
) -> Iterator[Loosening]:
    """What is softer for one suite: `suite` is its name, the base's and the change's."""
    name, theirs, ours = suite
    yield from loosened_suite(name, theirs, ours)
    yield from loosened_waivers(name, base.waivers, head.waivers)
    for judge in theirs.judges:
        yield from _changed_judge(base.folder, head.root, judge, judges[judge])
    yield from _lost_cases(*evalsets)
    if FILE in (theirs.baseline, ours.baseline):
        yield from _changed_baseline(base.folder, head.root, file_of(name))


def _changed_judge(base: Path, head: Path, name: str, judge: Judge) -> Iterator[Loosening]:
    """A judge any file of which is another: nobody can see whether its rubric is softer."""
    files = _files(base, name) | _files(head, name) | _code(base, judge)
    changed = [file for file in sorted(files) if _digest(base / file) != _digest(head / file)]
    for file in changed:
        yield Loosening(
            kind=Softened.JUDGE_CHANGED,
            what=f"{name}: {file}",
            before=_shown(base / file),
            after=_shown(head / file),
        )


def _files(root: Path, name: str) -> set[str]:
    """Everything in a judge's folder: its prompt, its code, labels, canaries and certificate."""
    return {
        path.relative_to(root).as_posix()
        for path in (root / JUDGES / name).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def _code(base: Path, judge: Judge) -> set[str]:
    """The files that a Python judge read from elsewhere in the project; it is not loaded again."""
    if not isinstance(judge, FunctionJudge):
        return set()
    watched = {
        path.relative_to(base).as_posix()
        for glob in judge.spec.digest_of
        for path in base.glob(glob)
        if path.is_file()
    }
    inside = (path for path in judge.function.files if path.is_relative_to(base.resolve()))
    return watched | {path.relative_to(base.resolve()).as_posix() for path in inside}


def _lost_cases(before: Evalset, after: Evalset) -> Iterator[Loosening]:
    """Cases that are gone, or that ask, expect or belong to something else."""
    if before.digest == after.digest:
        return
    found = difference(before, after)
    refs = {"before": before.ref, "after": after.ref}
    changed = (*found.changed_inputs, *found.changed_expected, *found.changed_slices)
    for kind, cases in (
        (Softened.CASE_DELETED, found.removed),
        (Softened.CASE_CHANGED, tuple(dict.fromkeys(changed))),
    ):
        for case in islice(cases, MOST_CASES):
            yield Loosening(kind=kind, what=case, **refs)
        if len(cases) > MOST_CASES:
            yield Loosening(kind=kind, what=f"and {len(cases) - MOST_CASES} more", **refs)


def _changed_baseline(base: Path, head: Path, file: str) -> Iterator[Loosening]:
    before, after = _digest(base / file), _digest(head / file)
    if before and before != after:
        yield Loosening(
            kind=Softened.BASELINE_FILE,
            what=file,
            before=_shown(base / file),
            after=_shown(head / file),
        )


def _digest(path: Path) -> str:
    return digest_of_file(path) if path.is_file() else ""


def _shown(path: Path) -> str:
    return _digest(path)[:DIGITS] or "absent"
