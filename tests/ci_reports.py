"""Reports that hold: decided by the gate, sealed, and written to a folder as a job would."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from evalgate.domain.comparison import Comparison, ScoreChange, WorsenedCase
from evalgate.domain.decision import Decision, WrittenColumn, WrittenSheet
from evalgate.domain.rule import Rule
from evalgate.domain.scale import BINARY
from evalgate.domain.sheet import Absence
from evalgate.domain.specs import Waiver
from evalgate.gate.ruling import Sheets, rule_on
from evalgate.pipeline.comparing import line_of
from evalgate.pipeline.deciding import sealed
from evalgate.pipeline.sealing import seal_of_comparison

DIGEST = "sha256:" + "ab" * 32
DAY = dt.date(2026, 11, 21)
RULES = (
    Rule(score="correctness", at_least=0.5),
    Rule.model_validate({"score": "correctness", "max_drop": 0.1}),
)
GOOD = [True] * 40
FEWER = [True] * 12 + [False] * 28  # surely worse than all of them
CLOSE = [True] * 37 + [False] * 3  # nobody can tell


def sheet_of(
    name: str, right: Sequence[bool | Absence], score: str = "correctness"
) -> WrittenSheet:
    """A run of cases q1, q2, ... that are right where it says so."""
    count = len(right)
    return WrittenSheet(
        run_id=f"run-{name}",
        candidate=name,
        candidate_digest=DIGEST,
        judgements_digest=DIGEST,
        ids=tuple(f"q{number}" for number in range(1, count + 1)),
        inputs_digests=tuple(f"{number:016x}" for number in range(count)),
        slices=({},) * count,
        clusters=(None,) * count,
        columns={
            score: WrittenColumn(
                scale=BINARY,
                marks=tuple(one if isinstance(one, Absence) else float(one) for one in right),
            )
        },
    )


def decided(
    candidate: WrittenSheet,
    baseline: WrittenSheet | None,
    rules: Sequence[Rule] = RULES,
    *,
    suite: str = "open-qa",
    suites: Sequence[str] = (),
    waivers: Sequence[Waiver] = (),
    evalset: str = "open-qa@v1",
) -> Decision:
    """What the gate says of two runs."""
    sheets = Sheets(candidate.sheet(), baseline.sheet() if baseline else None)
    verdicts = rule_on(rules, sheets, waivers, DAY)
    return sealed(
        Decision(
            suite=suite,
            suites=tuple(suites) or (suite,),
            evalset=evalset,
            verdict=verdicts.verdict,
            outcome=verdicts.outcome,
            exit_code=int(verdicts.exit_code),
            rulings=verdicts.rulings,
            warnings=verdicts.warnings,
            rules=tuple(rules),
            waivers=tuple(waivers),
            decided_on=DAY,
            candidate=candidate,
            baseline=baseline,
        )
    )


def decision_on(right: Sequence[bool | Absence], **facts: str) -> Decision:
    """A candidate against a baseline that is right everywhere."""
    candidate = sheet_of(facts.get("candidate", "new"), right)
    suite = facts.get("suite", "open-qa")
    return decided(candidate, sheet_of("old", GOOD), suite=suite)


def compared(decision: Decision, *worsened: WorsenedCase) -> Comparison:
    """The same as two versions side by side."""
    assert decision.baseline is not None
    sheets = (decision.baseline.sheet(), decision.candidate.sheet())
    made = Comparison(
        suite=decision.suite,
        evalset=decision.evalset,
        versions=(decision.baseline.candidate, decision.candidate.candidate),
        scores=tuple(line_of(name, sheets) for name in sheets[0].columns),
        worsened=worsened,
        worsened_count=len(worsened),
        decisions=(decision,),
    )
    return made.model_copy(update={"seal": seal_of_comparison(made)})


def worse(case: str, before: str, after: str, reason: str = "no") -> WorsenedCase:
    """A case that was right and is wrong."""
    change = ScoreChange(score="correctness", before=1.0, after=0.0, reason=reason)
    return WorsenedCase(
        case_id=case, version="new", inputs="who?", before=before, after=after, changes=(change,)
    )


def written(
    folder: Path, document: Decision | Comparison, particulars: Mapping[str, object] | None = None
) -> Path:
    """Write a report into a folder of its own; give the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "decision.json").write_text(document.model_dump_json(indent=2), encoding="utf-8")
    if particulars is not None:
        text = json.dumps({"schema_version": 1, **particulars})
        (folder / "particulars.json").write_text(text, encoding="utf-8")
    return folder
