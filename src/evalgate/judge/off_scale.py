"""A number that somebody else computed, held against the judge's scale."""

import math

from evalgate.domain.judgement import Scored, Unscored
from evalgate.domain.scale import Scale
from evalgate.quoting import writable


def score_on(scale: Scale, number: float, reason: str = "") -> Scored | Unscored:
    """Return the score, or Unscored when the scale cannot hold it; NaN is on no scale."""
    if math.isfinite(number) and scale.holds(number):
        return Scored(score=number, reason=writable(reason))
    return Unscored(cause="off_scale", detail=f"the score {number:g} is not on the scale: {scale}")
