"""MLflow is asked about every finding: it must accept what passed, and nothing else."""

import math
from collections.abc import Sequence
from types import ModuleType, SimpleNamespace
from typing import NamedTuple

from evalgate.domain.finding import Cause, Finding, Verdict
from evalgate.errors import Disagreement
from evalgate.tracking.quiet import quiet_mlflow

BOUNDS_STILL_COUNT = frozenset({None, Cause.NOISE, Cause.MISSING_SCORES})
"""With any other cause a finding is undecided whatever its bounds say."""


class Claim(NamedTuple):
    """One metric and its threshold, in MLflow's words; a value of None is an absent metric."""

    metric: str
    value: float | None
    threshold: float
    greater_is_better: bool


class Reply(NamedTuple):
    """What MLflow said."""

    accepted: bool
    words: str = ""


PROBES: tuple[tuple[Claim, bool], ...] = (
    (Claim("probe that holds, at least", 1.0, 0.5, greater_is_better=True), True),
    (Claim("probe that misses, at least", 0.0, 0.5, greater_is_better=True), False),
    (Claim("probe that holds, at most", 0.0, 0.5, greater_is_better=False), True),
    (Claim("probe that misses, at most", 1.0, 0.5, greater_is_better=False), False),
    (Claim("probe that is absent", None, 0.5, greater_is_better=True), False),
)
"""Claims whose truth is known, as a judge has canaries."""


def ask_mlflow(findings: Sequence[Finding]) -> None:
    """Have MLflow's validator confirm every verdict; a Disagreement says which one it does not.

    The probes come first: a validator that always says the same is noticed even when the
    findings happen to agree with it.
    """
    with quiet_mlflow() as mlflow:
        for probe, expected in PROBES:
            reply = _ask(mlflow, probe)
            if reply.accepted is not expected:
                raise Disagreement(f"MLflow's validator cannot be relied on: {_said(probe, reply)}")
        for finding in findings:
            claim = compile_finding(finding)
            reply = _ask(mlflow, claim)
            if reply.accepted is not (finding.verdict is Verdict.PASSED):
                raise Disagreement(
                    f"{finding.rule.id} is {finding.verdict} here, but {_said(claim, reply)}"
                )


def compile_finding(finding: Finding) -> Claim:
    """Write a finding as MLflow's threshold over the bound that its verdict rests on."""
    limit, evidence = finding.limit, finding.at_worst
    at_least = limit is None or limit.side == "at_least"
    bound = None
    if evidence is not None and _is_usable(finding):
        bound = evidence.lower if at_least else evidence.upper
    if bound is not None and not math.isfinite(bound):
        bound = None  # MLflow passes or crashes on NaN
    threshold = 0.0 if limit is None else float(limit.value)
    return Claim(finding.rule.id, None if bound is None else float(bound), threshold, at_least)


def _is_usable(finding: Finding) -> bool:
    """True when the bounds may decide."""
    return finding.limit is not None and finding.cause in BOUNDS_STILL_COUNT


def _ask(mlflow: ModuleType, claim: Claim) -> Reply:
    """Put one claim to it; whatever MLflow raises beside its refusal is a Disagreement."""
    from mlflow.models.evaluation.validation import ModelValidationFailedException

    metrics = {} if claim.value is None else {claim.metric: claim.value}
    try:
        mlflow.validate_evaluation_results(
            validation_thresholds={
                claim.metric: mlflow.models.MetricThreshold(
                    threshold=claim.threshold, greater_is_better=claim.greater_is_better
                )
            },
            candidate_result=SimpleNamespace(metrics=metrics),
        )
    except ModelValidationFailedException as refusal:
        return Reply(accepted=False, words=str(refusal))
    except Exception as error:
        what = f"{claim.metric}: MLflow's validator broke: {type(error).__name__}: {error}"
        raise Disagreement(what) from error
    return Reply(accepted=True)


def _said(claim: Claim, reply: Reply) -> str:
    value = "nothing" if claim.value is None else repr(claim.value)
    sign = ">=" if claim.greater_is_better else "<="
    words = f" ({reply.words})" if reply.words else ""
    answer = "accepted" if reply.accepted else "rejected"
    return f"MLflow {answer} {claim.metric}: {value} {sign} {claim.threshold!r}{words}"
