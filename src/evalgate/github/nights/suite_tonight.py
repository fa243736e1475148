"""One suite in one night: its run held against the nights before."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Literal

from evalgate.domain.baseline_file import BaselineFile
from evalgate.domain.decision import Decision
from evalgate.domain.finding import Outcome, Verdict
from evalgate.domain.names import FILE, baseline_file_of
from evalgate.errors import UserMistake
from evalgate.github.nights.kept import FIRST_GOOD, LAST_GOOD, KeptNights, shown_as
from evalgate.pipeline.bench import Bench
from evalgate.pipeline.drifting import (
    comparable,
    decided_since,
    drift_rules,
    held_against,
    slow_rules,
)
from evalgate.pipeline.fitting import fitted
from evalgate.results.baseline_files import FiledRun, filed_run, load_baseline
from evalgate.results.reading import StoredRun

Kind = Literal["good", "first", "set"]
"""The last good night, the oldest one that is kept, and the baseline that a person set."""

NO_RULE = "no rule has max_drop or max_rise: this suite is held against no other night"
NONE_GOOD = "there is no earlier good night"


@dataclass(frozen=True, slots=True)
class Held:
    """A run held against an earlier one."""

    baseline: BaselineFile
    night: FiledRun  # as much of it as fits today's cases
    decision: Decision


@dataclass(frozen=True, slots=True)
class SuiteTonight:
    """A suite's run and its own decision, what it is held against, and what could not be."""

    bench: Bench
    run: StoredRun
    own: Decision
    held: Mapping[Kind, Held]
    said: tuple[str, ...] = ()
    level: Kind = "good"  # what nothing may be worse than: a newer one that a person set wins
    first: BaselineFile | None = None

    @property
    def is_good(self) -> bool:
        """True when the next nights may be held against this one.

        Its own verdict is green, and nothing became worse since the last good night. Undecided by
        noise is good enough: to keep the luckiest night would make every later one look worse.
        """
        own = (self.own.verdict, self.own.outcome) == (Verdict.PASSED, Outcome.GREEN)
        since = self.held.get(self.level)
        is_worse = since is not None and (
            since.decision.outcome is Outcome.RED or since.decision.verdict is Verdict.FAILED
        )
        return own and not is_worse

    @property
    def reported(self) -> Iterator[tuple[Kind, Held]]:
        """What is reported beside the suite's own decision; of a slow change its failure alone."""
        for kind, held in self.held.items():
            if kind == self.level or (kind == "first" and held.decision.verdict is Verdict.FAILED):
                yield kind, held


def suite_tonight(bench: Bench, run: StoredRun, own: Decision, kept: KeptNights) -> SuiteTonight:
    """Hold a suite's run against the last good night, the oldest, and what a person set."""
    said = list(kept.said)
    person = _set_by_a_person(bench, said)
    good, first = kept.good.get(bench.name), kept.first.get(bench.name)
    level: Kind = "good"
    if person and good and _is_accepted(person, good, run, said):
        # only a person moves a baseline, and this is how
        day = person.set_at.date()
        said.append(f"{person.set_by} set a baseline on {day}: the nights before do not count")
        # where the suite's own rules are held against that file, they have decided
        good, first, level = None, None, "good" if bench.suite.baseline == FILE else "set"
    elif good is None and not said:
        said.append(NONE_GOOD)
    wanted: list[tuple[Kind, BaselineFile | None]] = [("good", good), ("set", person)]
    if good and first and first.run_id != good.run_id:
        wanted.insert(1, ("first", first))
    held: dict[Kind, Held] = {}
    if drift_rules(bench.suite.rules):
        for kind, baseline in wanted:
            is_level = kind == level
            found = _held(bench, run, kind, baseline, is_level=is_level) if baseline else ()
            if isinstance(found, Held):
                held[kind] = found
            said += found if isinstance(found, tuple) else ()
    else:
        said.append(NO_RULE)
    return SuiteTonight(bench, run, own, held, tuple(dict.fromkeys(said)), level, first)


def _is_accepted(person: BaselineFile, good: BaselineFile, run: StoredRun, said: list[str]) -> bool:
    """True when a person set the level since the last good night, for the same candidate."""
    if person.set_at <= good.set_at or not run.manifest.candidate.is_same(person.candidate):
        return False
    if person.set_at <= run.manifest.started:
        return True
    # or no night would ever count, and each could be worse than the one before
    said.append(f"{person.set_by} set a baseline on {person.set_at.date()}, which is yet to come")
    return False


def _held(
    bench: Bench, run: StoredRun, kind: Kind, baseline: BaselineFile, *, is_level: bool
) -> Held | tuple[str, ...]:
    """Decide once more, or say why the two are not comparable."""
    path = baseline_file_of(bench.name)
    if kind != "set":
        path = shown_as(LAST_GOOD if kind == "good" else FIRST_GOOD, bench.name)
    filed, rules = filed_run(baseline, path), bench.suite.rules
    try:
        # a person's baseline is one whoever answers, as it would be for the suite's own rules
        night = fitted(bench, filed) if kind == "set" else comparable(bench, run, filed)
        hold = partial(held_against, bench, run, night)
        found = decided_since(rules, hold) if is_level else hold(slow_rules(rules))
        return Held(baseline, night, found)
    except UserMistake as mistake:
        day = baseline.set_at.date()
        return tuple(f"not comparable with {day}: {each.fault}" for each in mistake.problems)


def _set_by_a_person(bench: Bench, said: list[str]) -> BaselineFile | None:
    path = baseline_file_of(bench.name)
    if not (bench.project.root / path).exists():
        return None
    try:
        return load_baseline(bench.project.root / path, path)
    except UserMistake as mistake:
        said.append(f"not used: {mistake}")
        return None
