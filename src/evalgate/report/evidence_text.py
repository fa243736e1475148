"""Estimates, bounds and limits as text, all with the digits that tell them apart."""

from collections.abc import Sequence
from typing import NamedTuple, assert_never

from evalgate.domain.finding import Evidence, Finding, NoMethod
from evalgate.domain.limit import Limit
from evalgate.gate.extent import FEWEST_CLUSTERS
from evalgate.gate.means import FEWEST_DIFFERENT
from evalgate.gate.spread import FEWEST_CASES
from evalgate.report.numbers import (
    as_written,
    count,
    number,
    probability,
    shown_beside,
    shown_together,
    signed,
    signed_together,
)
from evalgate.report.said import on_screen

ABSENT = "-"


class Shown(NamedTuple):
    """The texts of one piece of evidence and of the number it is held against."""

    estimate: str
    lower: str
    upper: str
    needed: str

    @property
    def bounds(self) -> str:
        """`[L, U]`, or that there are none."""
        return "none" if self.lower == ABSENT else f"[{self.lower}, {self.upper}]"


def shown(finding: Finding, evidence: Evidence | None) -> Shown:
    """Write evidence beside the finding's limit; differences carry their sign."""
    numbers = [] if evidence is None else _numbers(evidence)
    if finding.limit is None:
        write = signed if finding.rule.needs_baseline else number
        texts, needed = [write(value) for value in numbers], ABSENT
    else:
        together = signed_together if finding.rule.needs_baseline else shown_together
        *texts, bound = together(numbers, finding.limit.value)
        needed = f"{sign_of(finding.limit)} {bound}"
    estimate, lower, upper = [*texts, ABSENT, ABSENT, ABSENT][:3]
    return Shown(estimate, lower, upper, needed)


def shown_difference(evidence: Evidence | None) -> Shown:
    """Write a paired difference that is held against nothing."""
    if evidence is None:
        return Shown(ABSENT, ABSENT, ABSENT, ABSENT)
    *texts, _ = signed_together(_numbers(evidence), 0.0)
    estimate, lower, upper = [*texts, ABSENT, ABSENT][:3]
    return Shown(estimate, lower, upper, ABSENT)


def adjusted_p(finding: Finding) -> str:
    """The p that a failure rests on among the suite's rules; `-` for a rule in no family."""
    if finding.p_adjusted is None:
        return ABSENT
    if 0 < finding.p_adjusted < 0.0001:
        return probability(finding.p_adjusted)
    return shown_beside(finding.p_adjusted, finding.rule.alpha)[0]


def sign_of(limit: Limit) -> str:
    """`>=` or `<=`."""
    return ">=" if limit.side == "at_least" else "<="


def no_method_words(why: NoMethod) -> str:
    """`no interval for fewer than 30 cases, on a scale without ends`."""
    match why:
        case NoMethod.FEW_CLUSTERS:
            return f"no interval for fewer than {FEWEST_CLUSTERS} clusters"
        case NoMethod.ENDLESS_FEW_CASES:
            few = f"for fewer than {FEWEST_CASES} cases"
        case NoMethod.ENDLESS_FEW_CLUSTERS:
            few = f"for fewer than {FEWEST_CASES} clusters"
        case NoMethod.ENDLESS_FEW_CASES_DIFFER:
            few = f"where fewer than {FEWEST_DIFFERENT} cases differ"
        case NoMethod.ENDLESS_FEW_CLUSTERS_DIFFER:
            few = f"where fewer than {FEWEST_DIFFERENT} clusters differ"
        case _:
            assert_never(why)
    return f"no interval {few}, on a scale without ends"


def method_words(evidence: Evidence) -> str:
    """Whose method made the bounds, and of how many clusters: `Tango on effective counts, 12 …`."""
    clusters = "" if evidence.clusters is None else f", {count(evidence.clusters, 'cluster')}"
    why = evidence.no_method
    return f"{on_screen(evidence.method) if why is None else no_method_words(why)}{clusters}"


def quantity_words(limit: Limit) -> str:
    """What the estimate is of: `mean`, `share above 3`, `difference from 0.8 x baseline`."""
    words = limit.quantity.replace("_", " ")
    if limit.beyond is not None:
        return f"{words} {as_written(limit.beyond)}"
    if limit.times_baseline is not None:
        return f"{words} from {as_written(limit.times_baseline)} x baseline"
    return words


def _numbers(evidence: Evidence) -> Sequence[float]:
    if evidence.lower is None or evidence.upper is None:
        return [evidence.estimate]
    return [evidence.estimate, evidence.lower, evidence.upper]
