"""Which run a stored run is held against, and which runs cannot be held against anything."""

from evalgate.domain.run import CandidateIdentity, JudgeIdentity
from evalgate.errors import Problem, UserMistake
from evalgate.pipeline.bench import Bench
from evalgate.pipeline.catalogue import GIT, NotThereYet, contender
from evalgate.pipeline.contenders import Contender, Stored
from evalgate.results.reading import StoredRun
from evalgate.results.store import is_same_judging


def baseline_of(bench: Bench, text: str | None, fallback: str) -> tuple[Contender | None, bool]:
    """What the candidate is held against; True when the base has no such candidate yet."""
    if text is None or text == "none":
        return None, False
    try:
        return contender(bench.project, text, bench.errand.in_flight, fallback), False
    except NotThereYet:
        return None, True
    except UserMistake as mistake:
        raise UserMistake([_placed(bench, text, found) for found in mistake.problems]) from None


def _placed(bench: Bench, text: str, problem: Problem) -> Problem:
    """Say where the baseline is named: in gates.yaml, unless a flag names another."""
    if problem.path:
        return problem
    if text != bench.suite.baseline:
        return Problem(problem.fault, key="--baseline", remedy=problem.remedy)
    gates = bench.project.gates
    return gates.problem(("suites", bench.name, "baseline"), problem.fault, problem.remedy)


def twin_of(challenger: Contender) -> str:
    """The name that a candidate has in another commit; empty for a file of answers."""
    identity = (
        challenger.run.manifest.candidate
        if isinstance(challenger, Stored)
        else challenger.candidate.identity
    )
    is_of_project = not identity.origin or identity.origin.startswith(GIT)
    return identity.name if is_of_project else ""


def stored_baseline(
    bench: Bench, run: StoredRun, text: str | None
) -> tuple[StoredRun | None, bool]:
    """A stored run of the baseline: the one named, or the newest whole one that fits.

    The run itself is a mistake: held against itself, nothing can ever be worse.
    """
    found, first_run = _stored_baseline(bench, run, text)
    if found is not None and found.manifest.run_id == run.manifest.run_id:
        fault = f"{run.manifest.run_id} is the baseline itself"
        raise UserMistake(Problem(fault, remedy="name another run; `evalgate runs` lists them"))
    return found, first_run


def _stored_baseline(
    bench: Bench, run: StoredRun, text: str | None
) -> tuple[StoredRun | None, bool]:
    wanted = text or bench.suite.baseline
    if wanted is None or wanted == "none":
        return None, False
    base, first_run = baseline_of(bench, wanted, twin_of(Stored(run.manifest.run_id, run)))
    if base is None:
        return None, first_run
    if isinstance(base, Stored):
        again = judged_again(bench, base.run)
        if again is None:
            refuse_stale(bench, base.run)
        return again or base.run, False
    identity = base.candidate.identity
    for stored in bench.project.runs.readable():
        if (
            isinstance(stored, StoredRun)
            and _is_same_candidate(stored.manifest.candidate, identity)
            and stored.manifest.evalset.digest == run.manifest.evalset.digest
            and is_same_judging(stored.manifest, run.manifest)
            and not stored.partial()
        ):
            return stored, False
    absent = Problem(
        f"there is no stored run of the baseline {wanted!r} with these judges and cases",
        remedy=f"`evalgate run {bench.name}` makes one",
    )
    raise UserMistake(_placed(bench, wanted, absent))


def judged_again(bench: Bench, run: StoredRun) -> StoredRun | None:
    """The run in which today's judges scored a stored run's answers on today's cases."""
    for other in bench.project.runs.readable():
        if (
            isinstance(other, StoredRun)
            and other.manifest.rejudged_from == run.manifest.run_id
            and other.manifest.status == "finished"
            and other.manifest.evalset.digest == bench.evalset.digest
            and all(
                other.manifest.judges.get(judge.name)
                == JudgeIdentity(digest=judge.digest, scale=judge.scale)
                for judge in bench.judges
            )
        ):
            return other
    return None


def _is_same_candidate(stored: CandidateIdentity, wanted: CandidateIdentity) -> bool:
    """Where the digest does not cover the code, only a run at the same commit will do."""
    if (stored.name, stored.digest) != (wanted.name, wanted.digest):
        return False
    return wanted.complete or stored.origin == wanted.origin


def refuse_stale(bench: Bench, run: StoredRun) -> None:
    """A run whose evalset or judges are not today's cannot be held against today's rules."""
    manifest = run.manifest
    problems = []
    if manifest.evalset.digest != bench.evalset.digest:
        fault = f"{manifest.run_id} is a run of {manifest.evalset.ref}, not of {bench.evalset.ref}"
        problems.append(Problem(f"{fault} as it is today", remedy="run it again"))
    for judge in bench.judges:
        theirs = manifest.judges.get(judge.name)
        if theirs is None:
            problems.append(Problem(f"{manifest.run_id} was not judged by {judge.name}"))
        elif theirs.digest != judge.digest:
            fault = f"{judge.name} is not the judge it was when {manifest.run_id} was made"
            problems.append(Problem(fault, remedy="compare judges its answers again"))
    if problems:
        raise UserMistake(problems)
