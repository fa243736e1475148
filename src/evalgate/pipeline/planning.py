"""What a run would do: `--dry-run`."""

from evalgate.domain.plan import Plan, PlannedRun
from evalgate.pipeline.baselines import baseline_of
from evalgate.pipeline.bench import Bench
from evalgate.pipeline.catalogue import contender, default_candidate
from evalgate.pipeline.contenders import Contender, Filed, Stored, StoredAnswers
from evalgate.pipeline.producing import how_many
from evalgate.pipeline.purse import price_of_run
from evalgate.pipeline.reusing import answered_before, stored_run


def plan_of(bench: Bench, candidate: str | None, baseline: str | None) -> Plan:
    """What would be asked, and what a stored run answers already."""
    name = candidate or default_candidate(bench.project, bench.name, bench.suite)
    challenger = contender(bench.project, name, bench.errand.in_flight)
    base, first_run = baseline_of(bench, baseline or bench.suite.baseline, challenger)
    return Plan(
        suite=bench.name,
        evalset=bench.evalset.ref,
        cases=how_many(bench),
        trials=bench.trials,
        selection=str(bench.errand.selection),
        judges=tuple(judge.name for judge in bench.judges),
        baseline=planned_run(bench, base) if base else None,
        first_run=first_run,
        candidate=planned_run(bench, challenger),
        rules=len(bench.suite.rules),
    )


def planned_run(bench: Bench, entry: Contender) -> PlannedRun:
    """Where a run would come from, and what it would cost."""
    if isinstance(entry, Filed):
        return PlannedRun(name=entry.run.origin.path, how="stored", run_id="")
    if isinstance(entry, Stored):
        return PlannedRun(name=entry.label, how="stored", run_id=entry.run.manifest.run_id)
    if stored := stored_run(bench, entry):
        return PlannedRun(name=entry.label, how="answers", run_id=stored.manifest.run_id)
    if before := answered_before(bench, entry):
        return PlannedRun(
            name=entry.label,
            how="judged_again",
            run_id=before.manifest.run_id,
            price=price_of_run(bench, StoredAnswers(before)),
        )
    return PlannedRun(name=entry.label, how="asked", price=price_of_run(bench, entry.candidate))
