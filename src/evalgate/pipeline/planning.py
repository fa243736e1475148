"""What a run would do: `--dry-run`."""

from collections.abc import Iterator

from evalgate.pipeline.baselines import baseline_of, twin_of
from evalgate.pipeline.bench import Bench
from evalgate.pipeline.catalogue import contender, default_candidate
from evalgate.pipeline.contenders import Contender, Stored
from evalgate.pipeline.producing import answered_before, how_many, stored_run


def plan_of(bench: Bench, candidate: str | None, baseline: str | None) -> Iterator[str]:
    """Say step by step what would be asked, and what a stored run answers already."""
    name = candidate or default_candidate(bench.project, bench.name, bench.suite)
    challenger = contender(bench.project, name, bench.errand.in_flight)
    base, first_run = baseline_of(bench, baseline or bench.suite.baseline, twin_of(challenger))
    selection = str(bench.errand.selection)
    yield f"suite {bench.name}: {how_many(bench)} cases of {bench.evalset.ref}" + (
        f" ({selection})" if selection else ""
    )
    yield f"judges: {', '.join(judge.name for judge in bench.judges)}"
    if base is not None:
        yield _step("baseline", bench, base)
    else:
        yield "baseline: none yet (first run)" if first_run else "baseline: none"
    yield _step("candidate", bench, challenger)
    yield f"rules: {len(bench.suite.rules)}"
    yield "nothing was run"


def _step(role: str, bench: Bench, entry: Contender) -> str:
    if isinstance(entry, Stored):
        return f"{role}: {entry.label} is stored"
    stored = stored_run(bench, entry)
    if stored is not None:
        return f"{role}: {entry.label}, {stored.manifest.run_id} answers for it"
    before = answered_before(bench, entry)
    if before is not None:
        return f"{role}: {entry.label}, {before.manifest.run_id} would be judged again"
    return f"{role}: {entry.label} would be asked {how_many(bench)} times"
