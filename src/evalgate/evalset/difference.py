"""What changed between two versions of an evalset."""

from evalgate.domain.case import Case
from evalgate.domain.listings import EvalsetDifference
from evalgate.evalset.reading import case_digests, read_cases, short_digest, verify_cases
from evalgate.evalset.store import Evalset, Evalsets


def diff(evalsets: Evalsets, name: str, old: str, new: str) -> EvalsetDifference:
    """Compare two versions of a project case by case; holds ids and digests, never the cases."""
    before, after = evalsets.open(f"{name}@{old}"), evalsets.open(f"{name}@{new}")
    return difference(before, after)


def difference(before: Evalset, after: Evalset) -> EvalsetDifference:
    """Compare two evalsets case by case, wherever each lies."""
    verify_cases(before)
    verify_cases(after)
    was = {case.id: _parts(case) for case in read_cases(before)}
    added: list[str] = []
    changed: tuple[list[str], ...] = ([], [], [])
    unchanged = 0
    for case in read_cases(after):
        parts = was.pop(case.id, None)
        if parts is None:
            added.append(case.id)
            continue
        now = _parts(case)
        unchanged += parts == now
        for ids, left, right in zip(changed, parts, now, strict=True):
            if left != right:
                ids.append(case.id)
    inputs, expected, slices = map(tuple, changed)
    return EvalsetDifference(
        old=before.ref,
        new=after.ref,
        added=tuple(added),
        removed=tuple(was),
        changed_inputs=inputs,
        changed_expected=expected,
        changed_slices=slices,
        unchanged=unchanged,
    )


def _parts(case: Case) -> tuple[str, str, str]:
    inputs, expected = case_digests(case)
    return inputs, expected, short_digest([dict(case.slices), case.cluster])
