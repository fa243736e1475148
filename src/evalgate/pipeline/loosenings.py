"""Every place where a change's policy is softer than its base's, as far as files can tell."""

import os
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

from evalgate.config.judges import FOLDER as JUDGES
from evalgate.config.judges import load_judge_spec, named_files
from evalgate.domain.loosening import Loosening, Softened
from evalgate.domain.names import FILE, baseline_file_of
from evalgate.domain.provider import Price, ProviderSpec
from evalgate.domain.specs import JudgeSpec, PythonJudgeSpec, Suite
from evalgate.evalset.difference import difference
from evalgate.evalset.store import Evalset
from evalgate.gate.loosening import loosened_gates, loosened_suite, loosened_waivers
from evalgate.judge.function import FunctionJudge
from evalgate.judge.protocol import Judge
from evalgate.judge.shadowing import shadowing
from evalgate.model.prices import price_of
from evalgate.pipeline.base_project import BaseProject
from evalgate.pipeline.project import Project
from evalgate.sources.digests import digest_of_file

COST = "cost_usd"
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
        yield from _changed_judge(base, head, judges[judge])
    yield from _lost_cases(*evalsets)
    if any(rule.score == COST for rule in theirs.rules):
        yield from _lower_prices(base.gates.gates.providers, head.gates.gates.providers)
    if FILE in (theirs.baseline, ours.baseline):
        yield from _changed_baseline(base.folder, head.root, baseline_file_of(name))


def _changed_judge(base: BaseProject, head: Project, judge: Judge) -> Iterator[Loosening]:
    """A judge any file of which is another: nobody can see whether its rubric is softer."""
    spec, name = load_judge_spec(base.folder, judge.name, base.environment).spec, judge.name
    files = _code(base.folder, judge) | _shadowing(base.folder, head.root, judge)
    for root in (base.folder, head.root):  # a file that only the change has counts as well
        files |= _files(root, name) | _named(root, name, spec)
    changed = [
        file for file in sorted(files) if _digest(base.folder / file) != _digest(head.root / file)
    ]
    for file in changed:
        yield Loosening(
            kind=Softened.JUDGE_CHANGED,
            what=f"{name}: {file}",
            before=_shown(base.folder / file),
            after=_shown(head.root / file),
        )


def _files(root: Path, name: str) -> set[str]:
    """Everything in a judge's folder: its prompt, its code, labels, canaries and certificate."""
    return {
        path.relative_to(root).as_posix()
        for path in (root / JUDGES / name).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def _named(root: Path, name: str, spec: JudgeSpec) -> set[str]:
    """What a judge's file names, wherever that lies: its prompt, its replies, its `digest_of`."""
    if isinstance(spec, PythonJudgeSpec):
        found = (path for glob in spec.digest_of for path in root.glob(glob))
        return {path.relative_to(root).as_posix() for path in found if path.is_file()}
    return {os.path.normpath(f"{JUDGES}/{name}/{file}") for file in named_files(spec)}


def _code(base: Path, judge: Judge) -> set[str]:
    """The modules that a Python judge read from the project; the change's is not loaded."""
    if not isinstance(judge, FunctionJudge):
        return set()
    inside = (path for path in judge.function.files if path.is_relative_to(base.resolve()))
    return {path.relative_to(base.resolve()).as_posix() for path in inside}


def _shadowing(base: Path, head: Path, judge: Judge) -> set[str]:
    """Modules that the change lays before installed ones: the next base's judge imports them."""
    if not isinstance(judge, FunctionJudge) or judge.function.base != base.resolve():
        return set()  # its own folder comes first, and all of that is looked at
    return shadowing(head) - shadowing(base)


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


def _lower_prices(
    base: Mapping[str, ProviderSpec], head: Mapping[str, ProviderSpec]
) -> Iterator[Loosening]:
    """Models that would cost less: what answers cost is reckoned by the change's prices."""
    for name in dict.fromkeys((*base, *head)):
        then, today = (specs.get(name, ProviderSpec()) for specs in (base, head))
        for model in dict.fromkeys((*then.prices, *today.prices)):
            before, after = price_of(name, model, then), price_of(name, model, today)
            if before and after and _is_lower(after, before):
                yield Loosening(
                    kind=Softened.PRICE,
                    what=f"{name}:/{model}",
                    before=" and ".join(f"{each:.10g}" for each in _dollars(before)),
                    after=" and ".join(f"{each:.10g}" for each in _dollars(after)),
                )


def _is_lower(after: Price, before: Price) -> bool:
    """True when either side of a call costs less, whatever became of the other."""
    return any(now < then for now, then in zip(_dollars(after), _dollars(before), strict=True))


def _dollars(price: Price) -> tuple[float, float]:
    return price.input_per_million, price.output_per_million


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
