"""MLflow has to agree with every verdict; a validator that cannot tell is noticed."""

import math
import os
from collections.abc import Callable
from typing import Any

import mlflow
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mlflow.models.evaluation.validation import ModelValidationFailedException

from evalgate.domain.finding import Cause, Counts, Evidence, Finding, Verdict
from evalgate.domain.limit import Limit
from evalgate.domain.rule import Rule
from evalgate.errors import Disagreement
from evalgate.tracking.validation import ask_mlflow, compile_finding

refusal: Callable[[str], Exception] = ModelValidationFailedException
PASSED, FAILED, UNDECIDED = Verdict.PASSED, Verdict.FAILED, Verdict.UNDECIDED


def evidence(lower: float | None, upper: float | None) -> Evidence:
    known = [bound for bound in (lower, upper) if bound is not None]
    estimate = sum(known) / len(known) if known else 0.0
    return Evidence(estimate=estimate, lower=lower, upper=upper, method="by hand", cases=100)


def finding(
    verdict: Verdict,
    lower: float | None,
    upper: float | None,
    *,
    at_least: float | None = None,
    at_most: float | None = None,
    cause: Cause | None = None,
    score: str = "correctness",
    not_produced: int = 0,
) -> Finding:
    """One finding with its bounds at worst, against one threshold."""
    value = at_least if at_least is not None else at_most
    assert value is not None
    return Finding(
        rule=Rule(score=score, at_least=at_least, at_most=at_most),
        verdict=verdict,
        cause=cause,
        counts=Counts(cases=100, scored=100 - not_produced, not_produced=not_produced),
        limit=Limit(
            quantity="mean", side="at_most" if at_least is None else "at_least", value=value
        ),
        at_worst=evidence(lower, upper),
    )


AGREED = {
    "passed, well above": finding(PASSED, 0.8, 0.9, at_least=0.7),
    "passed, exactly at the threshold": finding(PASSED, 0.7, 0.9, at_least=0.7),
    "failed": finding(FAILED, 0.5, 0.6, at_least=0.7),
    "undecided by noise": finding(UNDECIDED, 0.6, 0.8, at_least=0.7, cause=Cause.NOISE),
    "passed, at most": finding(PASSED, 1.0, 2.0, at_most=2.0),
    "failed, at most": finding(FAILED, 2.5, 3.0, at_most=2.0),
    "undecided, at most": finding(UNDECIDED, 1.5, 2.5, at_most=2.0, cause=Cause.MISSING_SCORES),
    "a drop within its margin": finding(PASSED, -0.04, 0.02, at_least=-0.05),
    "undecided for saving by crashing": finding(
        UNDECIDED,
        0.0,
        0.1,
        at_most=1.0,
        cause=Cause.NOT_PRODUCED,
        score="cost_usd",
        not_produced=50,
    ),
    "nothing known at all": Finding(
        rule=Rule(score="correctness", max_drop=0.05),
        verdict=UNDECIDED,
        cause=Cause.NO_BASELINE,
        counts=Counts(cases=100),
    ),
    "no interval for this kind of score": finding(
        UNDECIDED, None, None, at_least=0.7, cause=Cause.NO_INTERVAL
    ),
} | {
    f"undecided by {cause}, whatever the bounds say": finding(
        UNDECIDED, 0.8, 0.9, at_least=0.7, cause=cause
    )
    for cause in Cause
    if cause not in (Cause.NOISE, Cause.MISSING_SCORES)
}

DISPUTED = {
    "passed, with a bound below": finding(PASSED, 0.6999, 0.9, at_least=0.7),
    "passed, with a bound above": finding(PASSED, 1.0, 2.01, at_most=2.0),
    "passed, without a bound": finding(PASSED, None, 0.9, at_least=0.7),
    "passed, on too few cases": finding(PASSED, 0.8, 0.9, at_least=0.7, cause=Cause.TOO_FEW_CASES),
    "passed, saved by crashing": finding(
        PASSED, 0.0, 0.1, at_most=1.0, cause=Cause.NOT_PRODUCED, score="cost_usd", not_produced=50
    ),
    "failed, though the bound holds": finding(FAILED, 0.8, 0.9, at_least=0.7),
    "undecided by noise, though the bound holds": finding(
        UNDECIDED, 0.7, 0.9, at_least=0.7, cause=Cause.NOISE
    ),
}


@pytest.mark.parametrize("found", AGREED.values(), ids=AGREED)
def test_mlflow_accepts_exactly_what_passed(found: Finding) -> None:
    """Equality passes; what is undecided or failed is rejected, and so nothing is raised."""
    ask_mlflow([found])


@pytest.mark.parametrize("found", DISPUTED.values(), ids=DISPUTED)
def test_a_verdict_that_mlflow_does_not_share_stops_the_run(found: Finding) -> None:
    """The message names the rule, our verdict, and what MLflow said."""
    said = "rejected" if found.verdict is PASSED else "accepted"

    with pytest.raises(Disagreement, match=f"{found.verdict} here, but MLflow {said}") as raised:
        ask_mlflow([AGREED["failed"], found])

    assert found.rule.id in str(raised.value)


def test_nan_never_reaches_mlflow() -> None:
    """MLflow passes or crashes on NaN, so that NaN is compiled to an absent metric."""
    found = finding(PASSED, 0.8, 0.9, at_least=0.7)
    assert found.at_worst is not None
    nan = found.at_worst.model_copy(update={"lower": math.nan})  # a copy is not checked

    assert compile_finding(found.model_copy(update={"at_worst": nan})).value is None


def accept_all(**_: Any) -> None:
    """Reject nothing."""


def reject_all(**_: Any) -> None:
    """Reject everything."""
    raise refusal("no")


def reject_what_is_absent(validation_thresholds: dict[str, Any], candidate_result: Any) -> None:
    """Look at names only."""
    if set(validation_thresholds) - set(candidate_result.metrics):
        raise refusal("missing")


def break_down(**_: Any) -> None:
    """Fail in a way of its own."""
    raise KeyError("correctness")


@pytest.mark.parametrize("broken", [accept_all, reject_all, reject_what_is_absent, break_down])
@pytest.mark.parametrize(
    "findings",
    [[], [AGREED["passed, well above"]] * 2, [AGREED["failed"]] * 2],
    ids=["no findings", "all passed", "all failed"],
)
def test_a_broken_validator_is_noticed_even_when_all_findings_agree_with_it(
    monkeypatch: pytest.MonkeyPatch, broken: Callable[..., None], findings: list[Finding]
) -> None:
    """The probes have answers that are known beforehand."""
    monkeypatch.setattr(mlflow, "validate_evaluation_results", broken)

    with pytest.raises(Disagreement, match="probe"):
        ask_mlflow(findings)


def test_what_breaks_in_mlflow_is_kept_as_the_cause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Our bug report then holds MLflow's traceback."""
    monkeypatch.setattr(mlflow, "validate_evaluation_results", break_down)

    with pytest.raises(Disagreement) as raised:
        ask_mlflow([])

    assert isinstance(raised.value.__cause__, KeyError)


def test_the_process_is_left_as_it_was() -> None:
    """A notebook keeps its environment, its log levels and its warning filters."""
    import logging
    import warnings

    def state() -> tuple[dict[str, str], int, list[Any]]:
        return dict(os.environ), logging.getLogger("mlflow").level, list(warnings.filters)

    before = state()
    ask_mlflow([])

    assert state() == before


numbers = st.floats(-1e6, 1e6) | st.integers(-3, 3).map(float)


@st.composite
def consistent_findings(draw: st.DrawFn) -> Finding:
    """A finding whose verdict follows from its bounds."""
    lower, upper = sorted((draw(numbers), draw(numbers)))
    value = draw(numbers | st.sampled_from([lower, upper]))
    at_least = draw(st.booleans())
    passed = lower >= value if at_least else upper <= value
    failed = upper < value if at_least else lower > value
    verdict = PASSED if passed else FAILED if failed else UNDECIDED
    return finding(
        verdict,
        lower,
        upper,
        at_least=value if at_least else None,
        at_most=None if at_least else value,
        cause=Cause.NOISE if verdict is UNDECIDED else None,
    )


@settings(max_examples=60, deadline=None)
@given(consistent_findings())
def test_mlflow_and_the_gate_read_the_same_bounds_alike(found: Finding) -> None:
    """Whatever the numbers are, the verdict is confirmed and its opposite is not."""
    ask_mlflow([found])

    flipped = FAILED if found.verdict is PASSED else PASSED
    with pytest.raises(Disagreement):
        ask_mlflow([found.model_copy(update={"verdict": flipped, "cause": None})])
