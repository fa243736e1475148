"""On what scale a score lives, and which end of it is good."""

import math
from typing import Literal, Self

from pydantic import model_validator

from evalgate.domain.record import Finite, Record

Better = Literal["higher", "lower"]


class Scale(Record):
    """A declared range; binary is declared, never guessed from the values seen."""

    kind: Literal["binary", "ordinal", "continuous"]
    low: Finite | None = 0.0
    high: Finite | None = 1.0
    better: Better = "higher"

    @model_validator(mode="after")
    def _range_makes_sense(self) -> Self:
        if self.kind == "binary" and (self.low, self.high) != (0.0, 1.0):
            msg = "a binary scale is 0 or 1; leave out low and high"
            raise ValueError(msg)
        if self.kind == "ordinal" and (self.low is None or self.high is None):
            msg = "an ordinal scale needs low and high"
            raise ValueError(msg)
        if self.low is not None and self.high is not None and self.low >= self.high:
            msg = f"low {self.low:g} is not below high {self.high:g}"
            raise ValueError(msg)
        return self

    @property
    def worst(self) -> float | None:
        """The worst score, or None where the scale has no end on that side."""
        return self.low if self.better == "higher" else self.high

    @property
    def best(self) -> float | None:
        """The best score, or None where the scale has no end on that side."""
        return self.high if self.better == "higher" else self.low

    def holds(self, score: float) -> bool:
        """True when `score` is a value this scale can take."""
        if not math.isfinite(score):
            return False
        if self.kind == "binary":
            return score in (0.0, 1.0)
        if self.kind == "ordinal" and score != int(score):
            return False
        return (self.low is None or score >= self.low) and (self.high is None or score <= self.high)

    def __str__(self) -> str:
        """`binary, higher is better` or `ordinal 1 to 5, lower is better`."""
        if self.kind == "binary":
            return f"binary, {self.better} is better"
        low = "any" if self.low is None else f"{self.low:g}"
        high = "any" if self.high is None else f"{self.high:g}"
        return f"{self.kind} {low} to {high}, {self.better} is better"


BINARY = Scale(kind="binary")
MEASURED = Scale(kind="continuous", low=0.0, high=None, better="lower")

MEASURED_SCORES: dict[str, Scale] = {
    "latency_s": MEASURED,
    "cost_usd": MEASURED,
    "input_tokens": MEASURED,
    "output_tokens": MEASURED,
}
"""Scores that every run has without a judge."""

SPENDING_SCORES = frozenset({"cost_usd", "input_tokens", "output_tokens"})
"""Scores that a candidate could improve by crashing."""
