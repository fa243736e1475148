"""Runs of one candidate on one commit are not rolled again until one of them is green."""

from collections.abc import Sequence

from evalgate.domain.decision import Decision
from evalgate.domain.run import Manifest
from evalgate.gate.standing import after_first, is_decided
from evalgate.pipeline.bench import Bench
from evalgate.pipeline.deciding import Sides, decide_runs, sealed
from evalgate.results.baseline_files import FiledRun
from evalgate.results.reading import StoredRun
from evalgate.results.store import is_same_candidate, is_same_judging


def decided_on(bench: Bench, sides: Sides) -> Decision:
    """Hold a run against its baseline by the bench's own rules and waivers."""
    project = bench.project
    own = decide_runs(
        (bench.name, bench.suite),
        sides,
        project.waivers,
        suites=tuple(project.gates.gates.suites),
    )
    return after_first_verdict(bench, own, sides)


def after_first_verdict(bench: Bench, own: Decision, sides: Sides) -> Decision:
    """A run's decision, or the first one on its candidate where that was worse.

    The first is decided by today's rules, on what was judged then and on the baseline of then: to
    roll the baseline again would be another way of rolling again.
    """
    run, base = sides.run, sides.baseline
    stored = [each for each in bench.project.runs.readable() if isinstance(each, StoredRun)]
    for earlier in _of_one_candidate(bench, run, stored):
        theirs = _baseline_of(bench, earlier, base, stored)
        if (name := _name(earlier)) == _name(theirs):
            continue  # the baseline itself, under another name
        if (name, _name(theirs)) == (_name(run), _name(base)):
            break  # there is none before this one
        first = decide_runs(
            (bench.name, bench.suite),
            Sides(earlier, theirs, own.first_run),
            bench.project.waivers,
            suites=own.suites,
        )
        if is_decided(first):
            held_to_it = after_first(own, first)
            return own if held_to_it is own else sealed(held_to_it)
    return own


def _name(run: StoredRun | FiledRun | None) -> str:
    return run.manifest.run_id if run else ""


def _of_one_candidate(
    bench: Bench, run: StoredRun, stored: Sequence[StoredRun]
) -> Sequence[StoredRun]:
    """The whole runs that this one may be a repetition of, the oldest first; the last is itself."""
    wanted = _as_asked(bench, run.manifest)
    fitting = (
        each
        for each in stored
        if is_same_candidate(each.manifest, wanted)
        and is_same_judging(each.manifest, wanted)
        and each.manifest.started <= wanted.started
        and not each.partial()
    )
    return sorted(fitting, key=lambda each: (each.manifest.started, each.manifest.run_id))


def _as_asked(bench: Bench, manifest: Manifest) -> Manifest:
    """A run with those judges alone that a rule asks about: one more makes no other question."""
    scores = {rule.score for rule in bench.suite.rules}
    judges = {name: judge for name, judge in manifest.judges.items() if name in scores}
    return manifest.model_copy(update={"judges": judges})


def _baseline_of(
    bench: Bench,
    earlier: StoredRun,
    base: StoredRun | FiledRun | None,
    stored: Sequence[StoredRun],
) -> StoredRun | FiledRun | None:
    """The baseline's run of then: its newest before the run ended, or else its first.

    Where both are of one candidate it is the baseline named, of which no run was held before.
    """
    if base is None or isinstance(base, FiledRun):
        return base  # a file is the same for all of them
    run = earlier.manifest
    if is_same_candidate(run, base.manifest, anywhere=True):
        return base if base.manifest.started < run.started else earlier
    wanted = _as_asked(bench, base.manifest)
    fitting = [
        each
        for each in stored
        if is_same_candidate(each.manifest, wanted, anywhere=True)
        and is_same_judging(each.manifest, wanted)
        and not each.partial()
    ]
    ended = run.finished or run.started
    fitting.sort(key=lambda each: each.manifest.finished or each.manifest.started)
    before = [each for each in fitting if (each.manifest.finished or ended) <= ended]
    return (before[-1:] or fitting[:1] or [base])[0]
