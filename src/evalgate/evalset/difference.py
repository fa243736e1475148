"""What changed between two versions of an evalset."""

from dataclasses import dataclass

from evalgate.domain.case import Case
from evalgate.evalset.reading import case_digests, read_cases, short_digest, verify_cases
from evalgate.evalset.store import Evalsets


@dataclass(frozen=True, slots=True)
class EvalsetDifference:
    """Case ids by what became of them; a case may have changed in several ways."""

    old: str
    new: str
    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed_inputs: tuple[str, ...]
    changed_expected: tuple[str, ...]
    changed_slices: tuple[str, ...]  # slices or cluster
    unchanged: int

    @property
    def is_empty(self) -> bool:
        """True when both versions hold the same cases, in whatever order."""
        return not (
            self.added
            or self.removed
            or self.changed_inputs
            or self.changed_expected
            or self.changed_slices
        )


def diff(evalsets: Evalsets, name: str, old: str, new: str) -> EvalsetDifference:
    """Compare two versions case by case; holds ids and digests, never the cases."""
    before, after = evalsets.open(f"{name}@{old}"), evalsets.open(f"{name}@{new}")
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
        before.ref, after.ref, tuple(added), tuple(was), inputs, expected, slices, unchanged
    )


def _parts(case: Case) -> tuple[str, str, str]:
    inputs, expected = case_digests(case)
    return inputs, expected, short_digest([dict(case.slices), case.cluster])
