"""Which kinds of scores are simulated, under which rules, and which exceptions are known."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import verdict_rates_drawing as drawing
from evalgate.domain.rule import Rule
from evalgate.domain.scale import BINARY, Scale

CASES = (20, 50, 100, 200, 500, 1000)
FLIPS = (0.02, 0.1, 0.2)
CONFIDENCE_ERROR = 0.05
BEYOND = 1.02
"""A worse candidate is worse by this many margins."""
POLICIES = ("warn", "block", "estimate")
STARS = Scale(kind="ordinal", low=1, high=5)
SHARE = Scale(kind="continuous", low=0, high=1)


class Kind(NamedTuple):
    """A scale, rules on it, and how runs come about; `most` is above 5 % for known exceptions."""

    name: str
    scale: Scale
    draw: drawing.Draw
    margin: float = 0.05
    at_least: float | None = None  # held against this number instead of a baseline
    sliced: bool = False
    fewest: int | None = None  # cases of a slice that may block; what is not written is 30
    in_documents: bool = False
    trials: int = 1
    flips: tuple[float, ...] = FLIPS
    most: float = CONFIDENCE_ERROR

    @property
    def worse_by(self) -> float:
        """How much worse a worse candidate is: just beyond what is allowed."""
        return round(self.margin * BEYOND if self.at_least is None else 0.001, 4)

    def rules(self, policy: str = "warn") -> list[Rule]:
        """The suite's rules: one on all cases, and one on each slice."""
        bound = {"max_drop": self.margin} if self.at_least is None else {"at_least": self.at_least}
        where: list[dict[str, Any]] = [{}]
        where += [{"topic": str(topic)} for topic in range(drawing.SLICES)] if self.sliced else []
        common = {"score": "s", "on_undecided": policy, **bound}
        if self.fewest is not None:
            common["min_cases"] = self.fewest
        return [Rule.model_validate({**common, "slice": slice_}) for slice_ in where]

    def documents(self, cases: int) -> list[str | None]:
        """The cluster of each case."""
        if not self.in_documents:
            return [None] * cases
        return [str(document) for document in drawing.document_of(cases)]

    def topics(self, cases: int) -> list[dict[str, Any]]:
        """The slices of each case."""
        return [
            {"topic": str(place % drawing.SLICES)} if self.sliced else {} for place in range(cases)
        ]


KINDS = (
    Kind("binary", BINARY, drawing.binary),
    Kind("ordinal", STARS, drawing.stars, margin=0.2),
    Kind("continuous", SHARE, drawing.shares),
    Kind("clustered", BINARY, drawing.clustered, in_documents=True),
    Kind("3 trials", BINARY, drawing.three_trials, trials=drawing.TRIALS),
    Kind("missing scores", BINARY, drawing.with_gaps),
    Kind("10 slices", BINARY, drawing.one_slice, sliced=True, fewest=1),
    Kind("small slices", BINARY, drawing.one_slice, sliced=True, flips=(0.1,), most=1.0),
    Kind("skewed", SHARE, drawing.skewed, flips=(1.0,), most=0.077),
    Kind(
        "share of clusters",
        BINARY,
        drawing.alike_in_documents,
        at_least=0.8,
        in_documents=True,
        flips=(0.0,),
        most=0.093,
    ),
)


Key = tuple[str, str, float, int]


class Cell(NamedTuple):
    """A kind of scores, how many cases, how often they differ, and what is true."""

    kind: Kind
    flips: float
    cases: int
    worse: bool

    @property
    def truth(self) -> str:
        """Whether the candidate is as good as its baseline."""
        return "worse" if self.worse else "unchanged"

    @property
    def name(self) -> str:
        """What the seed is made of."""
        return f"{self.kind.name}, {self.truth}, {self.cases} cases, flips {self.flips}"

    @property
    def key(self) -> Key:
        """What tells it from the others."""
        return self.kind.name, self.truth, self.flips, self.cases


def cells() -> Iterator[Cell]:
    """The fixed cells, in the order of the table."""
    for kind in KINDS:
        for worse in (False, True):
            for flips in kind.flips:
                for cases in CASES:
                    yield Cell(kind, flips, cases, worse)
