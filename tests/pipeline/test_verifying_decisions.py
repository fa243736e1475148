"""A decision carries its evidence: who decides again from it comes to the same."""

import datetime as dt
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.domain.answer import NotProduced, Produced, Unanswered
from evalgate.domain.decision import Decision
from evalgate.domain.finding import Outcome, Verdict
from evalgate.domain.identity import CandidateIdentity, EvalsetIdentity, JudgeIdentity
from evalgate.domain.judgement import Judgement, Scored, Unscored
from evalgate.domain.rule import Rule
from evalgate.domain.run import JudgedCase, Manifest
from evalgate.domain.scale import BINARY
from evalgate.domain.specs import Suite, Waiver
from evalgate.errors import UserMistake
from evalgate.pipeline.deciding import Sides, decide_runs, sealed
from evalgate.pipeline.verifying import verify_decision
from evalgate.results.reading import StoredRun, open_run
from evalgate.results.writing import RunWriter, Took

NOW = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)
TODAY = dt.datetime.now(dt.UTC).date()
MARKS: dict[str, tuple[Produced | NotProduced | Unanswered, Judgement]] = {
    "1": (Produced(text="yes"), Scored(score=1.0)),
    "0": (Produced(text="no"), Scored(score=0.0)),
    "p": ((lost := NotProduced(cause="empty", detail="")), lost),
    "a": ((away := Unanswered(cause="timeout", detail="")), away),
    "s": (Produced(text="odd"), Unscored(cause="unparsable", detail="")),
}
PATTERNS = st.text("1111000pas", min_size=1, max_size=30)
RULES = (
    Rule(score="right", at_least=0.5),
    Rule(score="right", max_drop="10%", min_coverage=0.5),
    Rule(score="right", max_drop=0.1, slice={"half": "odd"}, severity="warn"),
    Rule(score="right", at_least=0.5, applies_to="new"),
)


def stored(folder: Path, name: str, pattern: str) -> StoredRun:
    """A run with these marks."""
    manifest = Manifest(
        run_id=name,
        status="running",
        suite="quiz",
        candidate=CandidateIdentity(name=name, kind="recorded", digest=pattern, complete=True),
        evalset=EvalsetIdentity(ref="quiz@v1", digest="e", cases=len(pattern), frozen=False),
        judges={"right": JudgeIdentity(digest="j", scale=BINARY)},
        started=NOW,
    )
    writer = RunWriter(folder / name, manifest)
    for number, mark in enumerate(pattern):
        answer, judgement = MARKS[mark]
        writer.append(
            JudgedCase(
                id=f"q{number}",
                inputs_digest="i",
                expected_digest="x",
                slices={"half": "odd" if number % 2 else "even"},
                answer=answer,
                judgements={"right": judgement},
            )
        )
    writer.close("finished", NOW, Took(1.0))
    return open_run(folder / name)


def decided(new: str, old: str | None, waivers: Sequence[Waiver] = ()) -> Decision:
    """What the rules say of these two runs."""
    suite = Suite(evalset="quiz@v1", judges=("right",), rules=RULES)
    with tempfile.TemporaryDirectory() as made:
        candidate = stored(Path(made), "new", new)
        baseline = None if old is None else stored(Path(made), "old", old)
        return decide_runs(("quiz", suite), Sides(candidate, baseline, old is None), waivers)


def reread(decision: Decision) -> Decision:
    """The decision as its file gives it back."""
    return Decision.model_validate_json(decision.model_dump_json(indent=2))


WAIVED = Waiver(
    suite="quiz", case="q0", owner="ann", reason="known",
    granted=TODAY, expires=TODAY + dt.timedelta(1),
)  # fmt: skip


@given(
    new=PATTERNS,
    old=st.none() | PATTERNS.map("1".__add__),
    waivers=st.sampled_from([(), (WAIVED,)]),
)
def test_every_decision_verifies(new: str, old: str | None, waivers: tuple[Waiver, ...]) -> None:
    """Whatever the answers were: the file alone gives the same verdict and the same exit code."""
    decision = decided(new, old, waivers)

    again = verify_decision(reread(decision), "decision.json")

    assert reread(decision) == decision
    assert again.exit_code == decision.exit_code
    assert (again.verdict, again.outcome) == (decision.verdict, decision.outcome)


@given(new=PATTERNS, at=st.integers(0, 29), mark=st.sampled_from([0.0, 1.0, 0.5]))
def test_no_mark_can_be_changed(new: str, at: int, mark: float) -> None:
    """A decision whose evidence was edited is refused, also where the verdict would be the same."""
    decision = decided(new, "1" * 30)
    column = decision.candidate.columns["right"]
    at %= len(new)
    if column.marks[at] == mark:
        return
    marks = (*column.marks[:at], mark, *column.marks[at + 1 :])
    columns = {"right": column.model_copy(update={"marks": marks})}
    sheet = decision.candidate.model_copy(update={"columns": columns})

    with pytest.raises(UserMistake, match="was edited"):
        verify_decision(decision.model_copy(update={"candidate": sheet}), "decision.json")


@given(
    new=PATTERNS,
    verdict=st.sampled_from(Verdict),
    outcome=st.sampled_from(Outcome),
    exit_code=st.sampled_from([0, 1, 3, 4]),
)
def test_no_verdict_can_be_changed_even_under_a_new_seal(
    new: str, verdict: Verdict, outcome: Outcome, exit_code: int
) -> None:
    """The seal is no secret: it is the evidence that a false verdict is held against."""
    decision = decided(new, "1" * 30)
    claimed = {"verdict": verdict, "outcome": outcome, "exit_code": exit_code}
    if claimed == {name: getattr(decision, name) for name in claimed}:
        return

    with pytest.raises(UserMistake, match="evidence says"):
        verify_decision(sealed(decision.model_copy(update=claimed)), "decision.json")


@given(new=PATTERNS, verdict=st.sampled_from(Verdict))
def test_no_finding_can_be_changed_even_under_a_new_seal(new: str, verdict: Verdict) -> None:
    """The same holds for each rule's own verdict."""
    decision = decided(new, "1" * 30)
    first, *others = decision.rulings
    if first.finding.verdict is verdict:
        return
    finding = first.finding.model_copy(update={"verdict": verdict})
    rulings = (first.model_copy(update={"finding": finding}), *others)

    with pytest.raises(UserMistake, match="its evidence says"):
        verify_decision(sealed(decision.model_copy(update={"rulings": rulings})), "decision.json")
