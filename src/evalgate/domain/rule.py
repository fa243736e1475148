"""One condition on one score."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema, model_validator

from evalgate.domain.case import SliceValue
from evalgate.domain.record import Finite, Number, Record
from evalgate.domain.scale import Better, Scale

Stat = Literal["mean", "rate", "p50", "p90", "p95", "p99", "min", "max", "total"]
BoundKind = Literal["at_least", "at_most", "max_drop", "max_rise", "min_gain"]

BOUND_KINDS: tuple[BoundKind, ...] = ("at_least", "at_most", "max_drop", "max_rise", "min_gain")
QUANTILES: dict[str, float] = {"p50": 0.50, "p90": 0.90, "p95": 0.95, "p99": 0.99}
FACTS = frozenset({"min", "max", "total"})  # facts of this run, without an interval


class Margin(Record):
    """How far from the baseline: in the score's own units, or in percent of the baseline."""

    value: Finite = Field(ge=0)
    percent: bool = False

    def __str__(self) -> str:
        """As people write it: `0.05` or `20%`."""
        return f"{self.value * 100:.10g}%" if self.percent else f"{self.value:.10g}"


def parse_margin(written: object) -> object:
    """Read `0.05` or `"20%"`; anything else is left for the type to refuse."""
    if isinstance(written, str) and written.strip().endswith("%"):
        try:
            # through the decimal text, so that 20% is 0.2 and not 20/100 in floats
            return Margin(value=float(f"{written.strip()[:-1].strip()}e-2"), percent=True)
        except ValueError:
            return written
    if isinstance(written, int | float) and not isinstance(written, bool):
        return {"value": written}
    return written


def write_margin(margin: Margin) -> float | str:
    """The form that `parse_margin` reads back."""
    if not margin.percent:
        return margin.value
    # every digit: a decision that is read again must rest on the same number
    return f"{Decimal(repr(margin.value)).scaleb(2):f}%"


Written = Annotated[
    Margin,
    BeforeValidator(parse_margin),
    PlainSerializer(write_margin),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number", "minimum": 0},
                {"type": "string", "pattern": r"^[0-9.]+\s*%$"},
            ]
        }
    ),
]


OnUndecided = Literal["warn", "block", "estimate"]

SMALL_SLICE = 30
"""A slice with fewer cases blocks only where the rule's own `min_cases` says so."""

SUREST = 0.999999
"""The most that a rule may ask: 1 minus it has to stay a number that arithmetic can use."""

MIN_COVERAGE = 0.95
"""The share of cases that must have a score, where a rule does not say."""


class Rule(Record):
    """A score, a statistic of it, exactly one bound, and how strictly it is held."""

    score: str
    stat: Stat = "mean"
    pass_at: Number | None = None
    at_least: Number | None = None
    at_most: Number | None = None
    max_drop: Written | None = None
    max_rise: Written | None = None
    min_gain: Written | None = None
    slice: dict[str, SliceValue] = Field(default_factory=dict)
    applies_to: Literal["all", "new", "existing"] = "all"
    confidence: Number | None = Field(default=None, gt=0.5, le=SUREST)
    min_cases: int | None = Field(default=None, ge=1)
    min_coverage: Number = Field(default=MIN_COVERAGE, gt=0, le=1)
    on_undecided: OnUndecided = "warn"
    severity: Literal["block", "warn"] = "block"
    fail: Literal["significant", "strict"] = "significant"

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        bounds = [kind for kind in BOUND_KINDS if getattr(self, kind) is not None]
        if len(bounds) != 1:
            found = " and ".join(bounds) or "none"
            msg = f"a rule has exactly one of {', '.join(BOUND_KINDS)}; this one has {found}"
            raise ValueError(msg)
        for wrong, fault in self._contradictions():
            if wrong:
                raise ValueError(fault)
        return self

    def _contradictions(self) -> Iterator[tuple[bool, str]]:
        margin = self.margin
        yield (
            (self.stat == "rate") != (self.pass_at is not None),
            "stat: rate and pass_at belong together (the share of scores that reach pass_at)",
        )
        yield (
            self.needs_baseline and (self.stat in QUANTILES or self.stat in ("min", "max")),
            f"{self.stat} cannot be held against a baseline (hold it against at_most or at_least)",
        )
        yield (
            self.stat in ("min", "max") and self.confidence is not None,
            f"{self.stat} is a fact of this run and has no confidence (leave it out, or use p99)",
        )
        yield (
            self.needs_baseline and self.applies_to == "new",
            "new cases have no baseline (hold them against at_least or at_most)",
        )
        yield (
            self.max_drop is not None and self.max_drop.percent and self.max_drop.value > 1,
            f"{margin} of the baseline is more than all of it",
        )

    @property
    def bound(self) -> BoundKind:
        """Which of the five bounds this rule has."""
        return next(kind for kind in BOUND_KINDS if getattr(self, kind) is not None)

    @property
    def threshold(self) -> float | None:
        """The number of a threshold rule; None for a baseline rule."""
        return self.at_least if self.at_least is not None else self.at_most

    @property
    def margin(self) -> Margin | None:
        """The margin of a baseline rule; None for a threshold rule."""
        return self.max_drop or self.max_rise or self.min_gain

    @property
    def needs_baseline(self) -> bool:
        """True when the rule is about the difference from a baseline."""
        return self.threshold is None

    @property
    def compares(self) -> bool:
        """True when the rule must know the baseline, if only to tell new cases from old ones."""
        return self.needs_baseline or self.applies_to != "all"

    @property
    def fewest_cases(self) -> int:
        """With fewer there is no verdict; where nothing is written, one case is enough."""
        return 1 if self.min_cases is None else self.min_cases

    def cannot_block(self, cases: int) -> bool:
        """True for a slice of so few cases, unless `min_cases` is written; a fact is certain."""
        by_itself = bool(self.slice) and self.min_cases is None and self.stat not in FACTS
        return by_itself and 0 < cases < SMALL_SLICE  # without any, the slice is a mistake

    @property
    def alpha(self) -> float:
        """The error that each one-sided bound may have."""
        return round(1.0 - (0.95 if self.confidence is None else self.confidence), 12)

    @property
    def id(self) -> str:
        """A name that stays the same while its number changes: `correctness[topic=x].at_least`."""
        stat = "" if self.stat == "mean" else f".{self.stat}"
        where = ",".join(f"{key}={value}" for key, value in sorted(self.slice.items()))
        scope = "" if self.applies_to == "all" else f".{self.applies_to}"
        return f"{self.score}{stat}{f'[{where}]' if where else ''}{scope}.{self.bound}"

    def better(self, scale: Scale) -> Better:
        """Which way is good for this rule's statistic: a rate of passing is always good."""
        return "higher" if self.stat == "rate" else scale.better

    def __str__(self) -> str:
        """As people write it: `mean of correctness at least 0.7`."""
        what = (
            f"rate of {self.score} at {self.pass_at:g}"
            if self.pass_at is not None
            else (f"{self.stat} of {self.score}")
        )
        where = ", ".join(f"{key}={value}" for key, value in sorted(self.slice.items()))
        number = str(self.margin) if self.needs_baseline else f"{self.threshold:.10g}"
        return (
            f"{what}{f' where {where}' if where else ''}"
            f"{'' if self.applies_to == 'all' else f' on {self.applies_to} cases'}"
            f" {self.bound.replace('_', ' ')} {number}"
        )
