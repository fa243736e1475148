"""What a judge's function returned, as JSON that its own process can send."""

import numbers
from collections.abc import Mapping

from evalgate.judge.excerpt import excerpt

LONGEST_DETAIL = 500
LONGEST_REASON = 1_000_000

Reply = dict[str, float | str | bool]
"""`score` with `reason`, or `fault`, or `off_scale`: why there is no score."""


def read_returned(returned: object) -> Reply:
    """Read a number, (score, reason) or {"score": ..., "reason": ...}; nothing else."""
    try:
        return _read(returned)
    except Exception as error:  # noqa: BLE001 - an object of the user's may raise when it is looked at
        return failed(error)


def failed(error: BaseException) -> Reply:
    """Say what the user's code raised."""
    return {"fault": excerpt(f"{type(error).__name__}: {error}", LONGEST_DETAIL)}


def _read(returned: object) -> Reply:
    score, reason = returned, None
    if isinstance(score, tuple) and len(score) == 2:
        score, reason = score
    elif isinstance(score, Mapping) and "score" in score and score.keys() <= {"score", "reason"}:
        score, reason = score["score"], score.get("reason")
    if not isinstance(score, numbers.Real) or not isinstance(reason, str | None):
        kind = type(returned).__name__
        return {"fault": f"the function returned {kind}, not a score or a score with a reason"}
    try:
        return {"score": float(score), "reason": excerpt(reason or "", LONGEST_REASON)}
    except OverflowError:
        return {"off_scale": "the score is too large for the scale"}
