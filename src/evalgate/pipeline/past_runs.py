"""The newest runs of a suite: which can be held against what today, and which are left out."""

from collections.abc import Sequence
from typing import NamedTuple

from evalgate.domain.backtest import LeftOut, PastVerdict
from evalgate.domain.names import NONE
from evalgate.domain.run import Manifest
from evalgate.errors import UserMistake
from evalgate.pipeline.baselines import refuse_stale
from evalgate.pipeline.bench import Bench
from evalgate.pipeline.contenders import refuse_simulated
from evalgate.results.past_verdicts import first_verdict
from evalgate.results.reading import StoredRun


class Held(NamedTuple):
    """A stored run, what it is held against, and what was said of it when it was made."""

    run: StoredRun
    baseline: StoredRun | None
    then: PastVerdict | None


class PastRuns:
    """The newest runs of a suite, sorted out; `stored` are all of the project."""

    def __init__(
        self, bench: Bench, stored: Sequence[StoredRun], newest: Sequence[StoredRun]
    ) -> None:
        self._bench = bench
        self._stored = {run.manifest.run_id: run for run in stored}
        self.left_out: list[LeftOut] = []
        self.usable = [run for run in newest if self._keep(run)]  # the newest first
        self.held = self._held()

    def leave_out(self, run: StoredRun, why: str) -> None:
        """Say that a run is not held against today's rules."""
        self.left_out.append(LeftOut(run=run.manifest.run_id, why=why))

    def by_candidate(self) -> list[list[StoredRun]]:
        """The usable runs of every candidate, asked anew in each of them."""
        groups: list[list[StoredRun]] = []
        for run in self.usable:
            if run.manifest.rejudged_from:
                continue  # its answers are those of another run
            fitting = (g for g in groups if _is_surely_one(g[0].manifest, run.manifest))
            group = next(fitting, None)
            if group is None:
                groups.append([run])
            else:
                group.append(run)
        return groups

    def _keep(self, run: StoredRun) -> bool:
        why = self._unusable(run)
        if why:
            self.leave_out(run, why)
        return not why

    def _unusable(self, run: StoredRun) -> str:
        """Why today's rules cannot hold a run; empty when they can."""
        if part := run.partial():
            return f"only a part of the evalset: {part}"
        try:
            refuse_stale(self._bench, run)
            run.refuse_edited()
        except UserMistake as mistake:
            return "; ".join(problem.fault for problem in mistake.problems)
        return ""

    def _held(self) -> list[Held]:
        """Each usable run with its baseline of then, or the run before it."""
        suite = self._bench.name
        said = {run.manifest.run_id: first_verdict(run.folder, suite) for run in self.usable}
        baselines = {then.baseline for then in said.values() if then}
        baseline = self._bench.suite.baseline
        held = []
        for place, run in enumerate(self.usable):
            then = said[run.manifest.run_id]
            manifest = run.manifest
            if then is None and (
                manifest.run_id in baselines or manifest.candidate.name == baseline
            ):
                self.leave_out(run, "a run of the baseline, on which nothing was decided")
                continue
            found = self._against(run, then, self.usable[place + 1 :])
            if isinstance(found, Held):
                held.append(found)
            else:
                self.leave_out(run, found)
        return held

    def _against(
        self, run: StoredRun, then: PastVerdict | None, before: Sequence[StoredRun]
    ) -> Held | str:
        """What a run is held against, or why it cannot be."""
        if self._bench.suite.baseline in (None, NONE):
            return Held(run, None, then)
        if then is None or not then.baseline:
            base, named = (before[0] if before else None), "there is no run before it"
        else:
            base = self._stored.get(then.baseline)
            named = f"its baseline {then.baseline} is not stored any longer"
        if base is None:
            return named
        if why := self._unusable(base):
            return f"its baseline {base.manifest.run_id}: {why}"
        try:
            refuse_simulated(base.manifest.candidate, run.manifest.candidate)
        except UserMistake as mistake:
            return mistake.problems[0].fault
        return Held(run, base, then)


def _is_surely_one(one: Manifest, other: Manifest) -> bool:
    """True when nothing can have changed between two runs of one name.

    The digests say so, or, where they do not cover all, a commit without changes beside it.
    """
    ours, theirs = one.candidate, other.candidate
    if (ours.name, ours.digest, ours.endpoint) != (theirs.name, theirs.digest, theirs.endpoint):
        return False
    made, before = one.provenance, other.provenance
    one_commit = made.commit == before.commit != "" and not (made.dirty or before.dirty)
    return ours.complete or one_commit
