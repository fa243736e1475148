"""What there is: every evalset with its versions, one version, and whether all are sound."""

from evalgate.domain.case import Case
from evalgate.domain.listings import (
    EvalsetList,
    ListedEvalset,
    ListedVersion,
    ShownVersion,
    VerifiedVersion,
    VerifiedVersions,
)
from evalgate.errors import Problem, UserMistake
from evalgate.evalset.reading import checked_cases, verify_cases
from evalgate.evalset.store import FOLDER, Evalsets


def list_evalsets(evalsets: Evalsets) -> EvalsetList:
    """Every evalset with its versions."""
    return EvalsetList(
        evalsets=tuple(
            ListedEvalset(name=name, versions=_versions(evalsets, name))
            for name in evalsets.names()
        )
    )


def _versions(evalsets: Evalsets, name: str) -> tuple[ListedVersion, ...]:
    spec = evalsets.spec(name)
    return tuple(
        ListedVersion(version=version, frozen=spec.frozen(version) is not None)
        for version in evalsets.versions(name)
    )


def show_version(evalsets: Evalsets, ref: str, limit: int) -> ShownVersion:
    """One version with its first `limit` cases; it has to be without a fault."""
    evalset = evalsets.open(ref)
    slices: dict[str, dict[str, int]] = {}
    first: list[Case] = []
    cases = 0
    for case in checked_cases(evalset):
        cases += 1
        for key, value in case.slices.items():
            counts = slices.setdefault(key, {})
            counts[str(value)] = counts.get(str(value), 0) + 1
        if len(first) < limit:
            first.append(case)
    return ShownVersion(
        ref=ref,
        frozen=evalset.frozen,
        digest=evalset.digest,
        cases=cases,
        slices=slices,
        first_cases=tuple(first),
    )


def verify_versions(evalsets: Evalsets, ref: str | None) -> VerifiedVersions:
    """Read every line of one version, or of all of them."""
    refs = [ref] if ref else _every(evalsets)
    if not refs:
        raise UserMistake(Problem("there is no evalset", FOLDER, remedy="import one"))
    sound: list[VerifiedVersion] = []
    faults: list[Problem] = []
    for one in refs:
        try:
            sound.append(VerifiedVersion(ref=one, cases=verify_cases(evalsets.open(one))))
        except UserMistake as mistake:
            faults += mistake.problems
    return VerifiedVersions(versions=tuple(sound), faults=tuple(faults))


def _every(evalsets: Evalsets) -> list[str]:
    return [f"{name}@{version}" for name in evalsets.names() for version in evalsets.versions(name)]
