"""What keeps a shard from being joined: it is of something else, or not all of it is there."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from evalgate.domain.answer import Produced
from evalgate.domain.case import SliceValue
from evalgate.domain.judgement import Scored, Unscored
from evalgate.domain.run import JudgedCase, Manifest, Selection
from evalgate.domain.shard import Shard, ShardPlan
from evalgate.errors import Problem, ServiceFailed, UserMistake
from evalgate.evalset.reading import case_digests, read_cases
from evalgate.pipeline.bench import Bench
from evalgate.pipeline.selecting import shard_of
from evalgate.results.reading import StoredRun
from evalgate.results.shards import FILE, StoredShard

AGAIN = "run its job again"


def sorted_out(
    plan: ShardPlan, shards: Sequence[StoredShard]
) -> Mapping[str, Sequence[StoredShard]]:
    """Every planned suite with its shards in order.

    Raises UserMistake for a shard that the plan does not have or that is there twice, and
    ServiceFailed when all there is is right and some are missing: a job did not finish.
    """
    problems: list[Problem] = []
    seen: dict[tuple[str, int], StoredShard] = {}
    for each in shards:
        place, facts = f"{each.shown_as}/{FILE}", each.facts
        faults = [Problem(fault, place, remedy=AGAIN) for fault in _unplanned(plan, facts)]
        twin = seen.setdefault((facts.suite, facts.shard), each)
        if not faults and twin is not each:
            remedy = "keep one of them"
            faults = [Problem(f"is {facts}, and so is {twin.shown_as}", place, remedy=remedy)]
        problems += faults
    absent = [
        f"shard {number}/{suite.of} of {suite.suite}"
        for suite in plan.suites
        for number in range(1, suite.of + 1)
        if (suite.suite, number) not in seen
    ]
    if problems:
        raise UserMistake([*problems, *(Problem(f"{name} is missing") for name in absent)])
    if absent:
        are = "is" if len(absent) == 1 else "are"
        raise ServiceFailed(f"{', '.join(absent)} {are} missing: run what did not finish again")
    return {
        suite.suite: [seen[suite.suite, number] for number in range(1, suite.of + 1)]
        for suite in plan.suites
    }


def _unplanned(plan: ShardPlan, facts: Shard) -> Iterator[str]:
    planned = {suite.suite: suite.of for suite in plan.suites}
    if facts.suite not in planned:
        yield f"is of suite {facts.suite}, which the plan does not have"
    elif facts.of != planned[facts.suite]:
        yield f"is {facts}, and the plan has {planned[facts.suite]} of it"
    elif facts.shard > facts.of:
        yield f"is {facts}: there is no such shard"
    if facts.commit != plan.commit:
        yield f"is of commit {_short(facts.commit)}, the plan is of {_short(plan.commit)}"
    if facts.policy != plan.policy:
        yield f"is held against base {_short(facts.policy)}, the plan against {_short(plan.policy)}"
    if facts.workflow_run != plan.workflow_run:
        yield f"is of workflow run {facts.workflow_run}, the plan is of {plan.workflow_run}"


def _short(commit: str) -> str:
    return commit[:12] or "none"


def mixed_up(
    found: Manifest, wanted: Manifest, part: tuple[int, int], shown_as: str
) -> Iterator[Problem]:
    """What a shard's run is of that today's candidate, evalset and judges are not."""
    theirs, ours = _facts(found, wanted), _facts(wanted, wanted)
    ours["selection"] = str(Selection(shard=part))
    ours["status"] = "finished"
    for key, value in ours.items():
        there = theirs.get(key)
        if there != value:
            fault = f"is {_shown(there)}, and here it is {_shown(value)}"
            yield Problem(fault, shown_as, key=key, remedy=AGAIN)


def _shown(value: object) -> str:
    return "nothing" if value in (None, "") else str(value)


def _facts(manifest: Manifest, wanted: Manifest) -> dict[str, object]:
    facts: dict[str, object] = {
        "status": manifest.status,
        "selection": str(manifest.selection),
        "trials": manifest.trials,
    }
    facts |= {f"candidate.{key}": value for key, value in manifest.candidate}
    facts |= {f"evalset.{key}": value for key, value in manifest.evalset}
    if wanted.candidate.complete:
        del facts["candidate.origin"]  # its digest covers all that matters, wherever it was
    else:
        facts["provenance.commit"] = manifest.provenance.commit
        facts["provenance.dirty"] = manifest.provenance.dirty
    judges = {name: manifest.judges[name] for name in wanted.judges if name in manifest.judges}
    return facts | {
        f"judges.{name}.{key}": value for name, judge in judges.items() for key, value in judge
    }


class Wanted(NamedTuple):
    """What a judged case must have of the evalset's."""

    digests: tuple[str, str]
    slices: Mapping[str, SliceValue]
    cluster: str | None


def misplaced(
    bench: Bench, run: StoredRun, part: tuple[int, int], shown_as: str
) -> Iterator[Problem]:
    """Cases of a run that are not those of its shard, or not all of them."""
    wanted = {
        case.id: Wanted(case_digests(case), case.slices, case.cluster)
        for case in read_cases(bench.evalset)
        if shard_of(case.id, part[1]) == part[0]
    }
    trials, seen = bench.trials, set[tuple[str, int]]()
    for judged in run.cases():
        if fault := _fault_of(judged, wanted, trials, seen):
            yield Problem(f"judges {judged.id!r}, {fault}", shown_as, remedy=AGAIN)
            return
        seen.add((judged.id, judged.trial))
    if len(seen) != len(wanted) * trials:
        of = f"{len(wanted) * trials} {'cases' if trials == 1 else 'answers'}"
        yield Problem(f"has {len(seen)} of {of}", shown_as, remedy=AGAIN)


def _is_judged_as_answered(judged: JudgedCase) -> bool:
    """True when what was produced was judged, and what was not has no score."""
    if isinstance(judged.answer, Produced):
        return all(isinstance(each, Scored | Unscored) for each in judged.judgements.values())
    return all(each == judged.answer for each in judged.judgements.values())


def _fault_of(
    judged: JudgedCase,
    wanted: Mapping[str, Wanted],
    trials: int,
    seen: set[tuple[str, int]],
) -> str:
    if judged.id not in wanted:
        return "which is no case of this shard"
    case = wanted[judged.id]
    if case.digests != (judged.inputs_digest, judged.expected_digest):
        return "which is another case in the evalset"
    if (case.slices, case.cluster) != (judged.slices, judged.cluster):
        return "which is in another slice or cluster in the evalset"
    if not _is_judged_as_answered(judged):
        return "whose judgements are not of the answer that it has"
    if judged.trial >= trials:
        return f"trial {judged.trial}, and there are {trials}"
    return "twice" if (judged.id, judged.trial) in seen else ""
