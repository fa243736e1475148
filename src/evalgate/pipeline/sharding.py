"""One shard of a suite: the candidate and, where it is to be answered, the baseline."""

from collections.abc import Mapping
from typing import NamedTuple

from evalgate.domain.identity import CandidateIdentity
from evalgate.domain.rule import MIN_COVERAGE
from evalgate.domain.run import Manifest
from evalgate.domain.shard import Role
from evalgate.errors import Problem, UserMistake
from evalgate.evalset.reading import read_cases
from evalgate.pipeline.baselines import baseline_of
from evalgate.pipeline.bench import Bench, located
from evalgate.pipeline.catalogue import contender, default_candidate
from evalgate.pipeline.contenders import Asked
from evalgate.pipeline.producing import produce
from evalgate.pipeline.project import Project
from evalgate.pipeline.selecting import shard_of
from evalgate.results.reading import StoredRun


class Side(NamedTuple):
    """Who answers, and on which bench: whose cases, and by whose judges."""

    bench: Bench
    asked: Asked

    @property
    def identity(self) -> CandidateIdentity:
        """Who it is, and where it is asked."""
        return located(self.bench.project, self.asked.identity)

    def has_cases(self, part: tuple[int, int]) -> bool:
        """True when any of the bench's cases is in a shard."""
        ids = (case.id for case in read_cases(self.bench.evalset))
        return any(shard_of(name, part[1]) == part[0] for name in ids)


def sides_of(bench: Bench) -> Mapping[Role, Side]:
    """Whoever answers in every shard, the baseline first: if it cannot be had, nothing was paid.

    On a pull request the base's policy decides as well. Where it is about other cases or another
    baseline, these are answered too. A stored run cannot be divided among jobs.
    """
    name = default_candidate(bench.project, bench.name, bench.suite)
    own, base = _two_sides(bench, name)
    sides: dict[Role, Side] = {"baseline": Side(bench, base)} if base else {}
    sides["candidate"] = Side(bench, own)
    other = bench.base.bench if bench.base else None
    if other is None:
        return sides
    again, theirs = _two_sides(other, name)
    alike = other.evalset.digest == bench.evalset.digest
    if theirs is not None:
        # by both policies' judges where the cases are the same: one run then serves both
        side = Side(bench if alike else other, theirs)
        if not (alike and base and sides["baseline"].identity == side.identity):
            sides["baseline-at-base"] = side
    if not alike:
        sides["candidate-at-base"] = Side(other, again)
    return sides


def _two_sides(bench: Bench, name: str) -> tuple[Asked, Asked | None]:
    challenger = contender(bench.project, name, bench.errand.in_flight)
    if not isinstance(challenger, Asked):
        fault = f"{name} is a stored run: there is nothing to divide among jobs"
        raise UserMistake(Problem(fault, key=f"suites.{bench.name}.candidate"))
    base, _ = baseline_of(bench, bench.suite.baseline, challenger)
    return challenger, base if isinstance(base, Asked) else None


def is_asked(role: Role, side: Side, part: tuple[int, int]) -> bool:
    """False where the base's cases leave a shard empty; the plan has none without the change's."""
    return not role.endswith("-at-base") or side.has_cases(part)


def run_shard(bench: Bench) -> Mapping[Role, StoredRun]:
    """Answer and judge the bench's shard. Nothing is decided: a part decides nothing."""
    part = bench.errand.selection.shard
    assert part is not None, "somebody said which shard"
    return {
        role: produce(side.bench, side.asked, as_baseline=role.startswith("baseline"))
        for role, side in sides_of(bench).items()
        if is_asked(role, side, part)
    }


def lacks_much(manifest: Manifest) -> bool:
    """True when so little could be answered or judged that another try is worth it."""
    return max(manifest.unanswered, manifest.unjudged) > (1 - MIN_COVERAGE) * manifest.judged


def shards_for(project: Project, suite: str, wanted: int) -> int:
    """The most shards, no more than `wanted`, of which none is without a case."""
    _, found = project.suite(suite)
    ids = [case.id for case in read_cases(project.evalset_of(found))]
    for count in range(min(wanted, len(ids)), 1, -1):
        if len({shard_of(name, count) for name in ids}) == count:
            return count
    return 1
