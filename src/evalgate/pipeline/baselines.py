"""Which run a stored run is held against, and which runs cannot be held against anything."""

from evalgate.config.candidates import list_candidates
from evalgate.domain.identity import CandidateIdentity
from evalgate.domain.names import FILE, GIT, NONE, baseline_file_of
from evalgate.errors import Problem, UserMistake
from evalgate.pipeline.bench import Bench, identity_of, located
from evalgate.pipeline.catalogue import NotThereYet, contender
from evalgate.pipeline.contenders import Contender, Filed, Stored, refuse_simulated
from evalgate.pipeline.filing import open_filed
from evalgate.pipeline.fitting import fitted
from evalgate.results.baseline_files import FiledRun
from evalgate.results.reading import StoredRun
from evalgate.results.store import is_same_judging

ANOTHER = "name another, or `--baseline none` for what holds without one"


def baseline_of(
    bench: Bench, text: str | None, challenger: Contender
) -> tuple[Contender | None, bool]:
    """What the candidate is held against; True when the base has no such candidate yet.

    A candidate that is the named baseline itself is a mistake: nothing can ever be worse. One
    that has not changed since a commit is none.
    """
    if text is None or text == NONE:
        return None, False
    try:
        base = named_baseline(bench, text, challenger)
        refuse_simulated(base.identity, challenger.identity)  # before anybody is asked
    except NotThereYet:
        return None, True
    except UserMistake as mistake:
        raise UserMistake([_placed(bench, text, found) for found in mistake.problems]) from None
    of_a_commit = text.startswith(GIT) or challenger.label.startswith(GIT)
    if not of_a_commit and _is_itself(challenger, base):
        raise UserMistake(Problem(f"{challenger.label} is the baseline itself", remedy=ANOTHER))
    return base, False


def named_baseline(bench: Bench, text: str, challenger: Contender | None = None) -> Contender:
    """What a baseline's name stands for; a baseline file with what of it fits the bench."""
    if text == FILE:
        return Filed(text, fitted(bench, _own_file(bench)))
    twin = twin_of(challenger) if challenger else ""
    base = bench.base
    if base and text in list_candidates(base.root):
        text = f"{GIT}{base.commit}:{text}"  # a change may not make its baseline worse either
    found = contender(bench.project, text, bench.errand.in_flight, twin)
    if isinstance(found, Filed):
        return Filed(found.label, fitted(bench, found.run))
    return found


def _own_file(bench: Bench) -> FiledRun:
    """The suite's baseline file; on a pull request the base's, where there may be none yet."""
    path, base = baseline_file_of(bench.name), bench.base
    if base is None:
        return open_filed(bench.project.root / path, path)
    if not (base.root / path).is_file() and not base.names_file:
        raise NotThereYet(Problem("there is no such baseline file yet", path))
    return open_filed(base.root / path, path, base.commit)


def _is_itself(challenger: Contender, base: Contender) -> bool:
    """True for one run, and for one candidate whether it is asked or was stored."""
    if isinstance(base, Filed):
        return False  # a file never changes by itself: it says how its candidate was once
    if isinstance(base, Stored):
        return isinstance(challenger, Stored) and _run_id(challenger) == _run_id(base)
    return _is_same_candidate(challenger.identity, base.candidate.identity)


def _run_id(stored: Stored) -> str:
    return stored.run.manifest.run_id


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
    identity = challenger.identity
    is_of_project = not identity.origin or identity.origin.startswith(GIT)
    return identity.name if is_of_project else ""


def stored_baseline(
    bench: Bench, run: StoredRun, text: str | None
) -> tuple[StoredRun | FiledRun | None, bool]:
    """A stored run of the baseline: the one named, or the newest whole one that fits."""
    wanted = text or bench.suite.baseline
    if wanted is None or wanted == NONE:
        return None, False
    base, first_run = baseline_of(bench, wanted, Stored(run.manifest.run_id, run))
    if base is None:
        return None, first_run
    if isinstance(base, Filed):
        return base.run, False
    if isinstance(base, Stored):
        again = judged_again(bench, base.run)
        if again is None:
            refuse_stale(bench, base.run)
        return again or base.run, False
    identity = located(bench.project, base.candidate.identity)
    for stored in (run, *bench.project.runs.readable()):  # itself first: nothing changed
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


def stored_elsewhere(bench: Bench, run: StoredRun) -> StoredRun | None:
    """The newest whole run of the same candidate on this bench's cases and by its judges."""
    wanted = run.manifest
    for stored in bench.project.runs.readable():
        if not isinstance(stored, StoredRun) or stored.partial():
            continue
        ours = stored.manifest
        one_commit = ours.provenance.commit == wanted.provenance.commit
        judged = all(
            ours.judges.get(judge.name) == identity_of(bench.project, judge)
            for judge in bench.judges
        )
        if (
            _is_same_candidate(ours.candidate, wanted.candidate)
            and ours.evalset.digest == bench.evalset.digest
            and (wanted.candidate.complete or one_commit)
            and judged
        ):
            return stored
    return None


def judged_again(bench: Bench, run: StoredRun) -> StoredRun | None:
    """The run in which today's judges scored a stored run's answers on today's cases."""
    for other in bench.project.runs.readable():
        if (
            isinstance(other, StoredRun)
            and other.manifest.rejudged_from == run.manifest.run_id
            and other.manifest.status == "finished"
            and other.manifest.evalset.digest == bench.evalset.digest
            and all(
                other.manifest.judges.get(judge.name) == identity_of(bench.project, judge)
                for judge in bench.judges
            )
        ):
            return other
    return None


def _is_same_candidate(stored: CandidateIdentity, wanted: CandidateIdentity) -> bool:
    """Where the digest does not cover the code, only a run at the same commit will do."""
    if (stored.name, stored.digest, stored.endpoint) != (
        wanted.name,
        wanted.digest,
        wanted.endpoint,
    ):
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
        elif theirs != (today := identity_of(bench.project, judge)):
            fault = f"{judge.name} was asked at {theirs.endpoint}, today it is {today.endpoint}"
            problems.append(Problem(fault, remedy="compare judges its answers again"))
    if problems:
        raise UserMistake(problems)
