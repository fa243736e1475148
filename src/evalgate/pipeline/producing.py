"""From a contender to a run: a stored one where it answers, one that is resumed, or a new one."""

from collections.abc import Iterator
from typing import assert_never

from evalgate.candidate.protocol import Candidate, Slotted
from evalgate.config.candidates import FOLDER
from evalgate.domain.case import Case
from evalgate.domain.run import Manifest
from evalgate.errors import Problem, UserMistake
from evalgate.evalset.reading import case_digests, checked_cases, read_cases, verify_cases
from evalgate.pipeline.baselines import judged_again
from evalgate.pipeline.bench import Bench, manifest_for
from evalgate.pipeline.contenders import Asked, Contender, Filed, Stored, StoredAnswers
from evalgate.pipeline.evaluating import Work, evaluate
from evalgate.pipeline.loop import run_now
from evalgate.pipeline.model_checks import SlotCheck
from evalgate.pipeline.purse import beyond_budget, unpriced_rules
from evalgate.pipeline.reusing import answered_before, resumed, stored_run
from evalgate.pipeline.selecting import count_selected
from evalgate.pipeline.surveying import refuse_missing_trials
from evalgate.results.baseline_files import FiledRun
from evalgate.results.reading import StoredRun, open_run
from evalgate.results.store import is_same_judging


def produce_baseline(bench: Bench, contender: Contender) -> StoredRun | FiledRun:
    """What is held against: a run judged by today's judges, or a baseline file as it is."""
    if isinstance(contender, Filed):
        return contender.run
    return produce(bench, contender, as_baseline=True)


def produce(bench: Bench, contender: Contender, *, as_baseline: bool = False) -> StoredRun:
    """The contender's run, judged by today's judges."""
    match contender:
        case Filed():
            raise UserMistake(contender.refusal)
        case Stored():
            return _judged_today(bench, contender, as_baseline=as_baseline)
        case Asked():
            return _asked(bench, contender)
        case _:
            assert_never(contender)


def _asked(bench: Bench, contender: Asked) -> StoredRun:
    stored = stored_run(bench, contender)
    if stored is not None:
        run_now(contender.candidate.aclose())
        return stored
    candidate = contender.candidate
    wanted = manifest_for(bench, candidate.identity)
    before = answered_before(bench, contender)
    if before is not None:
        run_now(candidate.aclose())
        candidate = StoredAnswers(before)
        wanted = wanted.model_copy(update={"rejudged_from": before.manifest.run_id})
    total = _looked_through(bench, candidate)
    refuse_missing_trials(candidate, bench.trials)
    manifest = resumed(bench, wanted) or wanted
    return _evaluate(bench, candidate, manifest, bench.cases(manifest.provenance.seed), total)


def _looked_through(bench: Bench, candidate: Candidate) -> int:
    """Count the cases; raise UserMistake when one has no input for one of the prompt's slots."""
    if not isinstance(candidate, Slotted):
        return how_many(bench)
    check = SlotCheck({f"{FOLDER}/{candidate.identity.name}.yaml": candidate.slots})
    cases = checked_cases(bench.evalset)
    if str(bench.errand.selection):
        how_many(bench)  # a selection that keeps nothing is refused
        cases = bench.cases()
    for case in cases:
        check.look_at(case)
    if problems := list(check.faults(bench.evalset.ref)):
        raise UserMistake(problems)
    return check.cases


def how_many(bench: Bench) -> int:
    """How many cases the bench's selection has; every one of them is read."""
    count = verify_cases(bench.evalset)
    if not str(bench.errand.selection):
        return count
    return count_selected(read_cases(bench.evalset), bench.errand.selection, bench.evalset.ref)


def _judged_today(bench: Bench, contender: Stored, *, as_baseline: bool) -> StoredRun:
    """A stored run as it is, or its answers judged again when judges or the evalset moved on."""
    run, evalset = contender.run, bench.evalset
    theirs = run.manifest.evalset
    if theirs.ref.split("@")[0] != evalset.name:
        raise UserMistake(
            Problem(
                f"{run.manifest.run_id} is a run of {theirs.ref}, the suite is on {evalset.ref}",
                remedy="compare runs of one evalset",
            )
        )
    if theirs.digest != evalset.digest and not as_baseline:
        raise UserMistake(
            Problem(
                f"{run.manifest.run_id} is a run of {theirs.ref}, not of today's {evalset.ref}",
                remedy=f"run {run.manifest.candidate.name} again",
            )
        )
    wanted = manifest_for(bench, run.manifest.candidate).model_copy(
        update={
            "selection": run.manifest.selection,
            "trials": run.manifest.trials,
            "rejudged_from": run.manifest.run_id,
        }
    )
    if theirs.digest == evalset.digest and is_same_judging(run.manifest, wanted):
        return run
    return judged_again(bench, run) or _judge_again(bench, run, wanted)


def _judge_again(bench: Bench, run: StoredRun, wanted: Manifest) -> StoredRun:
    """Have today's judges score a run's stored answers; a case whose inputs changed is left out."""
    if run.manifest.status != "finished":
        # judged again it would look whole, and its missing cases would count as new ones
        raise UserMistake(
            Problem(
                f"{run.manifest.run_id} was not finished, and its judges or cases have changed",
                remedy=f"run {run.manifest.candidate.name} again",
            )
        )
    stored = StoredAnswers(run)

    def common() -> Iterator[Case]:
        for case in read_cases(bench.evalset):
            if stored.answered(case.id, case_digests(case)[0]):
                yield case

    total = sum(1 for _ in common())
    if not total:
        raise UserMistake(
            Problem(f"{run.manifest.run_id} has no case in common with {bench.evalset.ref}")
        )
    return _evaluate(bench, stored, wanted, common(), total)


def _refuse_unready(bench: Bench, manifest: Manifest) -> None:
    project, named = bench.project, (bench.name, bench.suite)
    problems = list(project.models.problems_of(manifest.models, keys=True))
    problems = problems or list(beyond_budget(project.models, manifest.models))
    asked = [manifest.candidate.model]
    problems += unpriced_rules(project, project.gates, named, asked)
    if problems:
        raise UserMistake(problems)


def _evaluate(
    bench: Bench, candidate: Candidate, manifest: Manifest, cases: Iterator[Case], total: int
) -> StoredRun:
    errand, models = bench.errand, bench.project.models
    _refuse_unready(bench, manifest)  # before a run is begun that could not go on
    writer = bench.project.runs.write(manifest)
    answers = total * manifest.trials
    work = Work(candidate, bench.judges, cases, answers, errand.in_flight, errand.progress, models)
    run_now(evaluate(work, writer))
    return open_run(writer.folder)
