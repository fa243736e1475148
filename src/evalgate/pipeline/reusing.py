"""Which stored run answers for a contender: whole, by its answers, or by going on with it."""

from evalgate.domain.run import Manifest
from evalgate.errors import Problem, UserMistake
from evalgate.pipeline.bench import Bench, located, manifest_for
from evalgate.pipeline.contenders import Asked, Contender
from evalgate.results.reading import StoredRun
from evalgate.results.store import has_answers, is_reusable, is_same_work, may_be_answered
from evalgate.results.writing import is_being_written


def stored_run(bench: Bench, contender: Asked) -> StoredRun | None:
    """A finished run that answers for a candidate, if its digest covers all that matters."""
    if bench.errand.resume or bench.project.asking.fresh:
        return None
    wanted = manifest_for(bench, contender.candidate.identity)
    fitting = bench.project.runs.like(wanted) if wanted.candidate.complete else ()
    return next((run for run in fitting if is_reusable(run.manifest, wanted)), None)


def answered_before(bench: Bench, contender: Asked) -> StoredRun | None:
    """A finished run whose answers stand, although other judges scored them then.

    To read recorded answers again costs nothing, so that they are simply asked for again.
    """
    identity = contender.candidate.identity
    anew = bench.errand.resume or bench.project.asking.fresh
    if anew or not identity.complete or identity.kind == "recorded":
        return None
    wanted = manifest_for(bench, identity)
    fitting = [run for run in bench.project.runs.like(wanted) if has_answers(run.manifest, wanted)]
    commit = wanted.provenance.commit
    # the first of this commit: whoever rolled again does not get the later answers judged
    ours = [run for run in fitting if run.manifest.provenance.commit == commit]
    return next(iter([*ours[-1:], *fitting]), None)


def resumes(bench: Bench, contender: Contender | None) -> bool:
    """True when the run to go on with is this contender's."""
    if not bench.errand.resume or not isinstance(contender, Asked):
        return False
    resumed = bench.project.runs.open(bench.errand.resume).manifest
    return resumed.candidate == located(bench.project, contender.candidate.identity)


def resumed(bench: Bench, wanted: Manifest) -> Manifest | None:
    """The unfinished run that this one goes on with."""
    runs = bench.project.runs
    if bench.errand.resume:
        found = runs.open(bench.errand.resume).manifest
        if not is_same_work(found, wanted) or found.judges != wanted.judges:
            raise UserMistake(
                Problem(
                    f"{found.run_id} was made with another candidate, evalset, judge or selection",
                    key="--resume",
                    remedy="run it anew, without --resume",
                )
            )
    elif wanted.candidate.complete and not bench.project.asking.fresh:
        found = next(
            (
                run.manifest
                for run in runs.like(wanted)
                if run.manifest.status != "finished"
                and run.manifest.judges == wanted.judges
                and not may_be_answered(run.manifest)  # what was answered there is recorded
                and not is_being_written(run.folder)
            ),
            wanted,
        )
    else:
        return None
    return found.model_copy(update={"status": "running", "finished": None})
