"""Which committed baselines a good night would replace, and why."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from evalgate.domain.baseline_file import BaselineFile
from evalgate.domain.decision import Decision
from evalgate.domain.finding import Outcome, Verdict
from evalgate.domain.names import FILE as FROM_BASELINE_FILE
from evalgate.domain.names import baseline_file_of
from evalgate.domain.provider import is_simulated
from evalgate.errors import Problem, UserMistake
from evalgate.github.merged_reports import BASELINE
from evalgate.github.reports import (
    LARGEST_BYTES,
    SuiteReport,
    decisions_in,
    refuse_odd,
    shown_from,
)
from evalgate.github.watched import Ground
from evalgate.pipeline.project import Project
from evalgate.report.numbers import count
from evalgate.results.baseline_files import load_baseline
from evalgate.sources.git import run_git


class Proposed(NamedTuple):
    """A baseline of tonight, the one that is committed, and why tonight's is better."""

    path: str  # from the repository's top
    tonight: BaselineFile
    committed: BaselineFile | None
    why: tuple[str, ...]
    content: bytes
    blob: str | None  # git's name for what is committed


@dataclass(frozen=True, slots=True)
class Survey:
    """What is to be proposed, and what is said of the other suites.

    `is_whole`: every suite with a baseline file was looked at, so that the others need nothing.
    """

    proposed: tuple[Proposed, ...]
    said: tuple[str, ...]
    is_whole: bool


class Found(NamedTuple):
    """A baseline that a night left, and its file."""

    baseline: BaselineFile
    content: bytes


@dataclass(frozen=True, slots=True)
class Night:
    """What there is to look at: a project, its reports, and today."""

    project: Project
    ground: Ground
    reports: Sequence[SuiteReport]
    left: Mapping[str, Found]  # by suite
    today: dt.date
    older_than: int | None = None

    def survey(self) -> Survey:
        """Look at every suite whose baseline is its file."""
        proposed: list[Proposed] = []
        said: list[str] = []
        is_whole = True
        for name, suite in self.project.gates.gates.suites.items():
            if suite.baseline != FROM_BASELINE_FILE:
                continue
            found = self._found(name)
            if isinstance(found, str):
                said.append(f"{name}: {found}")
                is_whole = False
                continue
            one = self._held(name, found)
            if one.why:
                proposed.append(one)
            else:
                said.append(f"{name}: its baseline is of today's candidate, cases and judges")
        return Survey(tuple(proposed), tuple(said), is_whole)

    def _found(self, suite: str) -> Found | str:
        """Tonight's baseline, or why there is none."""
        decisions = [each for each in decisions_in(self.reports) if each.suite == suite]
        own = [each for each in decisions if each.since is None]
        if len(own) != 1:
            return "there is no report of it"
        if unfit := _unfit(own[0], decisions):
            return unfit
        if suite not in self.left:
            return "the night left no baseline of it"
        found = self.left[suite]
        if not _is_of(found.baseline, own[0]):
            fault = "is of another run than the decision beside it"
            raise UserMistake(Problem(fault, f"{suite}/{BASELINE}"))
        return found

    def _held(self, suite: str, found: Found) -> Proposed:
        path = baseline_file_of(suite)
        file = self.project.root / path
        if file.is_symlink():
            raise UserMistake(Problem("is not a plain file", path))
        committed = load_baseline(file, path) if file.exists() else None
        why = tuple(_reasons(committed, found.baseline, self.today, self.older_than))
        named = self.ground.named(path)
        blob = run_git(self.ground.top, "rev-parse", "--verify", "--quiet", f"HEAD:{named}")
        return Proposed(named, found.baseline, committed, why, found.content, blob)


def _unfit(own: Decision, decisions: Sequence[Decision]) -> str:
    """Why a suite's night is not good enough to be held against."""
    if (own.verdict, own.outcome) != (Verdict.PASSED, Outcome.GREEN):
        return "its night did not pass"
    if any(each.verdict is Verdict.FAILED for each in decisions):
        return "it became worse since an earlier night"
    if any(map(is_simulated, own.models)):
        return "no LLM was asked"
    return "only a part of it was run" if own.candidate.partial else ""


def _is_of(baseline: BaselineFile, decision: Decision) -> bool:
    sheet = decision.candidate
    return (
        baseline.run_id,
        baseline.judgements_digest,
        baseline.candidate.digest,
        baseline.evalset.ref,
    ) == (
        sheet.run_id,
        sheet.judgements_digest,
        sheet.candidate_digest,
        decision.evalset,
    )


def _reasons(
    old: BaselineFile | None, new: BaselineFile, today: dt.date, older_than: int | None
) -> Iterator[str]:
    """What of the committed file is not today's; nothing when it is."""
    if old is None:
        yield "there is no such file yet"
        return
    if old.candidate.digest != new.candidate.digest:
        again = "is another one now" if old.candidate.name == new.candidate.name else "was replaced"
        yield f"the candidate {old.candidate.name} {again}"
    if old.evalset.digest != new.evalset.digest:
        yield f"it is of {old.evalset.ref}, and the suite is on {new.evalset.ref}"
    for name in dict.fromkeys((*new.judges, *old.judges)):
        before, now = old.judges.get(name), new.judges.get(name)
        if before is None:
            yield f"the judge {name} is new"
        elif now is None:
            yield f"the judge {name} is gone"
        elif before.digest != now.digest:
            yield f"the judge {name} is another one now"
    age = (today - old.set_at.date()).days
    if older_than is not None and age > older_than:
        yield f"it is {count(age, 'day')} old"


def left_below(places: Sequence[Path]) -> dict[str, Found]:
    """The baselines in a night's report folders; raises UserMistake with every fault."""
    found: dict[str, Found] = {}
    problems: list[Problem] = []
    files = [(place, file) for place in places for file in sorted(place.glob(f"*/{BASELINE}"))]
    for place, file in files:
        shown_as = shown_from(place, file)
        try:
            refuse_odd(file, shown_as, LARGEST_BYTES)
            baseline = load_baseline(file, shown_as)
        except UserMistake as mistake:
            problems += mistake.problems
            continue
        if baseline.suite != file.parent.name or baseline.suite in found:
            problems.append(Problem(f"is of suite {baseline.suite}", shown_as))
        found[baseline.suite] = Found(baseline, file.read_bytes())
    if problems:
        raise UserMistake(problems)
    return found
