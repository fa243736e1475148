"""A night among the nights: what they say of it, and what it leaves for the next one."""

import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from evalgate.domain.baseline_file import BaselineFile
from evalgate.domain.decision import Ruling
from evalgate.domain.night import LONGEST, MOST_RULES, MOST_SAID, PastNight, RuleAtNight, Since
from evalgate.domain.particulars import Particulars
from evalgate.domain.shard import ShardPlan
from evalgate.errors import UserMistake
from evalgate.github.merged_reports import BASELINE, Writing, write_report
from evalgate.github.nights.file import FILE, with_tonight, write_nights
from evalgate.github.nights.kept import KeptNights, load_kept, write_kept
from evalgate.github.nights.suite_tonight import Held, Kind, SuiteTonight, suite_tonight
from evalgate.github.reports import SuiteReport
from evalgate.github.secrets import without_secrets
from evalgate.pipeline.bench import Bench
from evalgate.pipeline.drifting import reported_since
from evalgate.pipeline.filing import baseline_from
from evalgate.pipeline.gatekeeping import Judged
from evalgate.pipeline.merging import Merged
from evalgate.quoting import writable
from evalgate.results.baseline_files import write_baseline

FOLDERS: Mapping[Kind, str] = {
    "good": "since-last-good",
    "first": "since-first-good",
    "set": "since-set",
}


@dataclass(frozen=True, slots=True)
class Tonight:
    """What a night says beside its suites' own decisions."""

    kept: KeptNights
    suites: tuple[SuiteTonight, ...]
    reported: tuple[tuple[Kind, Merged], ...]


def hold_night(folder: Path, plan: ShardPlan, decided: Iterable[tuple[Bench, Judged]]) -> Tonight:
    """Hold every suite's run against what the nights before left in `folder`."""
    kept = load_kept(folder, plan.last_night, [each.suite for each in plan.suites])
    suites = [suite_tonight(bench, each.run, each.decision, kept) for bench, each in decided]
    return Tonight(kept, tuple(suites), tuple(_reported(suites)))


def _reported(suites: Iterable[SuiteTonight]) -> Iterator[tuple[Kind, Merged]]:
    for suite in suites:
        for kind, held in suite.reported:
            yield kind, reported_since(suite.bench, suite.run, held.night, held.decision)


def forget_reports(out: Path) -> None:
    """Take away what an earlier merge said of other nights: whoever reads would take it."""
    for name in FOLDERS.values():
        shutil.rmtree(out / name, ignore_errors=True)
    for file in out.glob(f"*/{BASELINE}"):
        file.unlink()


def write_night(
    writing: Writing, folder: Path, tonight: Tonight
) -> tuple[list[SuiteReport], tuple[PastNight, ...]]:
    """Write the reports, and the nights for people and for the next one; give both.

    Where the nights before are not known, nothing is left for the next one: it finds them still.
    """
    reports = [
        write_report(replace(writing, out=writing.out / FOLDERS[kind]), merged, Particulars())
        for kind, merged in tonight.reported
    ]
    lines: list[PastNight] = []
    good, first = dict(tonight.kept.good), dict(tonight.kept.first)
    for suite in tonight.suites:
        name, said = suite.bench.name, list(suite.said)
        if renewed := _renewed(suite, writing.plan, said):
            good[name] = without_secrets(renewed, writing.secrets)
            if not tonight.kept.doubtful:  # or what fell unseen would be proposed
                write_baseline(writing.out / name / BASELINE, good[name])
            first[name] = _oldest(suite.first, good[name])
        line = _line(suite, writing.plan, said, is_good=renewed is not None)
        line = line.model_copy(update={"doubtful": tonight.kept.doubtful})
        lines.append(without_secrets(line, writing.secrets))
    nights = with_tonight(tonight.kept.lines, lines)
    write_nights(writing.out / FILE, nights)
    if not tonight.kept.unknown:
        write_kept(folder, KeptNights(nights, good, first))
    return reports, nights


def _renewed(suite: SuiteTonight, plan: ShardPlan, said: list[str]) -> BaselineFile | None:
    """The night as the last good one; None where it is not good, or may be no baseline."""
    if not suite.is_good:
        return None
    manifest = suite.run.manifest
    whose = f"the night of workflow run {plan.workflow_run}" if plan.workflow_run else "a night"
    try:
        return baseline_from(suite.run, whose, manifest.finished or manifest.started)
    except UserMistake as mistake:
        said += [f"not kept as a good night: {each.fault}" for each in mistake.problems]
        return None


def _oldest(first: BaselineFile | None, tonight: BaselineFile) -> BaselineFile:
    """The oldest good night of the same candidate, cases and judges: this one, or one before."""
    if first is None:
        return tonight
    same = (
        tonight.candidate.is_same(first.candidate)
        and tonight.evalset.digest == first.evalset.digest
        and tonight.judges == first.judges
    )
    return first if same else tonight


def _line(suite: SuiteTonight, plan: ShardPlan, said: Sequence[str], *, is_good: bool) -> PastNight:
    own, manifest = suite.own, suite.run.manifest
    since = {kind: _since(held) for kind, held in suite.held.items()}
    return PastNight(
        suite=suite.bench.name,
        date=own.decided_on,
        commit=plan.commit,
        workflow_run=plan.workflow_run,
        run_id=manifest.run_id,
        candidate=manifest.candidate.name[:LONGEST],
        candidate_digest=manifest.candidate.digest,
        evalset=manifest.evalset.ref,
        evalset_digest=manifest.evalset.digest,
        judges={name: judge.digest for name, judge in manifest.judges.items()},
        verdict=own.verdict,
        outcome=own.outcome,
        exit_code=own.exit_code,
        rules=_rules(own.rulings),
        cost_usd=manifest.cost_usd,
        good=is_good,
        since_good=since.get("good"),
        since_first=since.get("first"),
        since_set=since.get("set"),
        said=tuple(_text(each) for each in said[:MOST_SAID]),
    )


def _text(said: str) -> str:
    """What a file can hold: the name of another one need not be text."""
    return writable(said)[:LONGEST]


def _since(held: Held) -> Since:
    baseline, decision = held.baseline, held.decision
    return Since(
        date=baseline.set_at.date(),
        set_by=baseline.set_by[:LONGEST],
        verdict=decision.verdict,
        outcome=decision.outcome,
        rules=_rules(decision.rulings),
    )


def _rules(rulings: Sequence[Ruling]) -> tuple[RuleAtNight, ...]:
    return tuple(map(_rule, rulings[:MOST_RULES]))


def _rule(ruling: Ruling) -> RuleAtNight:
    finding, seen = ruling.finding, ruling.finding.observed
    return RuleAtNight(
        rule=finding.rule.id[:LONGEST],
        verdict=finding.verdict,
        outcome=ruling.outcome,
        estimate=seen.estimate if seen else None,
        lower=seen.lower if seen else None,
        upper=seen.upper if seen else None,
        compares=finding.rule.needs_baseline,
    )
