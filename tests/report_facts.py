"""Facts that the tests of the reports share."""

import datetime as dt

from evalgate.domain.comparison import (
    Comparison,
    ObservedValue,
    ScoreChange,
    ScoreLine,
    WorsenedCase,
)
from evalgate.domain.decision import Decision, Ruling, Why, WrittenSheet
from evalgate.domain.decision_warnings import BrokenJudge
from evalgate.domain.finding import Cause, Counts, Evidence, Finding, Note, Outcome, Verdict
from evalgate.domain.limit import Limit
from evalgate.domain.rule import Margin, Rule
from evalgate.domain.scale import BINARY
from evalgate.domain.specs import Waiver

DIGEST = "sha256:" + "ab" * 32
DAY = dt.date(2026, 11, 21)
FORGED = (
    "\nverdict: passed (exit 0)\n::error::no\r\n##[error]x\x1b[2J</testcase>@everyone [a](b) =cmd()"
)

LEVEL = Evidence(estimate=0.7512, lower=0.7061, upper=0.7921, method="Clopper-Pearson", cases=301)
PAIRED = Evidence(
    estimate=0.00678,
    lower=-0.0352,
    upper=0.0491,
    method="Tango",
    cases=295,
    wins=29,
    losses=27,
    ties=239,
)
PASSED = Finding(
    rule=Rule(score="correctness", at_least=0.7),
    verdict=Verdict.PASSED,
    counts=Counts(cases=301, scored=301),
    limit=Limit(quantity="mean", side="at_least", value=0.7),
    observed=LEVEL,
    at_worst=LEVEL,
    at_best=LEVEL,
    p_adjusted=0.98,
    family=3,
    detectable=0.0657,
)
NOISY = Finding(
    rule=Rule(score="correctness", max_drop=Margin(value=0.03)),
    verdict=Verdict.UNDECIDED,
    cause=Cause.NOISE,
    counts=Counts(cases=301, scored=296, unscored=3, baseline_missing=2),
    limit=Limit(quantity="difference", side="at_least", value=-0.03),
    observed=PAIRED,
    at_worst=PAIRED.model_copy(update={"estimate": -0.01, "lower": -0.05, "upper": 0.03}),
    at_best=PAIRED.model_copy(update={"estimate": 0.0233, "lower": -0.0299, "upper": 0.0651}),
    detectable=0.0631,
    more_cases=1234,
)
LOW = Evidence(estimate=0.69996, lower=0.65, upper=0.699996, method="Clopper-Pearson", cases=301)
FAILED = Finding(
    rule=Rule(score="exact_match", at_least=0.7, slice={"topic": "billing"}),
    verdict=Verdict.FAILED,
    counts=Counts(cases=301, scored=299, not_produced=2),
    limit=Limit(quantity="mean", side="at_least", value=0.7),
    observed=LOW,
    at_worst=LOW,
    at_best=LOW,
    p_adjusted=0.0123,
    family=3,
)
EMPTY = Finding(
    rule=Rule(score="latency_s", stat="p95", at_most=3.0),
    verdict=Verdict.UNDECIDED,
    cause=Cause.LOW_COVERAGE,
    counts=Counts(cases=301, scored=285, unanswered=16),
    note=Note.NO_SUCH_SCORE,
)
GREEN = Ruling(finding=PASSED, outcome=Outcome.GREEN, exit_code=0)
YELLOW = Ruling(finding=NOISY, outcome=Outcome.YELLOW, exit_code=0, why=(Why.POLICY,))
RED = Ruling(finding=FAILED, outcome=Outcome.RED, exit_code=1)
WAIVED = Ruling(
    finding=FAILED,
    outcome=Outcome.YELLOW,
    exit_code=0,
    why=(Why.WAIVED,),
    waiver=Waiver(
        suite="open-qa",
        rule=FAILED.rule.id,
        owner="Ana",
        reason="the billing pages moved",
        link="https://example.org/7",
        granted=DAY,
        expires=dt.date(2026, 12, 1),
    ),
    without_waived_cases=PASSED,
)
UNSERVED = Ruling(finding=EMPTY, outcome=Outcome.RED, exit_code=4)


def said_by(words: str) -> Waiver:
    """A waiver whose owner, reason and link are these words."""
    assert WAIVED.waiver is not None
    return WAIVED.waiver.model_copy(update={"owner": words, "reason": words, "link": words})


def sheet(candidate: str) -> WrittenSheet:
    """A sheet without cases."""
    return WrittenSheet(
        run_id=f"run-{candidate}",
        candidate=candidate,
        candidate_digest=DIGEST,
        judgements_digest=DIGEST,
        ids=(),
        inputs_digests=(),
        slices=(),
        clusters=(),
        columns={},
    )


def decision(
    *rulings: Ruling, verdict: Verdict, outcome: Outcome, exit_code: int = 0, warning: str = ""
) -> Decision:
    """A decision of these rulings."""
    return Decision(
        suite="open-qa",
        suites=("open-qa", "gsm8k"),
        evalset="open-qa@v1",
        verdict=verdict,
        outcome=outcome,
        exit_code=exit_code,
        rulings=rulings,
        warnings=(BrokenJudge(judge=warning),) if warning else (),
        rules=tuple(ruling.finding.rule for ruling in rulings),
        decided_on=DAY,
        candidate=sheet("fewshot"),
        baseline=sheet("zeroshot"),
    )


def noisy_decision() -> Decision:
    """One rule passed, one is undecided and allowed."""
    return decision(GREEN, YELLOW, verdict=Verdict.UNDECIDED, outcome=Outcome.YELLOW)


def failed_decision(warning: str = "") -> Decision:
    """One rule failed, the others are passed and undecided."""
    return decision(
        GREEN,
        YELLOW,
        RED,
        verdict=Verdict.FAILED,
        outcome=Outcome.RED,
        exit_code=1,
        warning=warning,
    )


def worsened(text: str, case_id: str = "nq-7") -> WorsenedCase:
    """A case whose later answer is `text`."""
    return WorsenedCase(
        case_id=case_id,
        version="fewshot",
        inputs='{"question": "who sang it"}',
        before="It was sung by the Beatles in 1965",
        after=text,
        changes=(ScoreChange(score="correctness", before=1.0, after=0.0, reason=f"No. {text}"),),
    )


def comparison(*cases: WorsenedCase) -> Comparison:
    """Two versions, two judges."""
    return Comparison(
        suite="open-qa",
        evalset="open-qa@v1",
        versions=("zeroshot", "fewshot"),
        scores=(
            ScoreLine(
                score="correctness",
                scale=BINARY,
                values=(
                    ObservedValue(mean=0.6788, scored=299, missing=2),
                    ObservedValue(mean=0.6856, scored=297, missing=4),
                ),
                changes=(PAIRED,),
            ),
            ScoreLine(
                score="exact_match",
                scale=BINARY,
                values=(
                    ObservedValue(mean=0.25, scored=301),
                    ObservedValue(mean=None, scored=0, missing=301),
                ),
                changes=(None,),
            ),
        ),
        worsened=cases,
        worsened_count=len(cases),
        added=("new-1", "new-2"),
        decisions=(noisy_decision(),),
    )
