"""One score of a whole run in a few numbers, as MLflow shows them."""

import math

from evalgate.domain.finding import Counts
from evalgate.domain.record import Finite, Record
from evalgate.domain.rule import Margin, Rule
from evalgate.domain.sheet import Scoresheet
from evalgate.gate.quantities import quantities_of


class ScoreSummary(Record):
    """A score's mean over what was observed, and what became of the cases."""

    mean: Finite | None
    counts: Counts


def summaries_of(sheet: Scoresheet) -> dict[str, ScoreSummary]:
    """Summarise every score of a run by the gate's own reading of the marks.

    An answer that was not produced counts as the worst score, as it does in a verdict.
    """
    cases = list(sheet.cases)
    summaries = {}
    for name, column in sheet.columns.items():
        # the margin is not used: it makes a rule, and so the mean is the one of the findings
        rule = Rule(score=name, max_drop=Margin(value=0.0))
        read = quantities_of(rule, cases, column, None)
        observed = [number.observed for number in read.numbers if number.observed is not None]
        mean = math.fsum(observed) / len(observed) if observed else None
        summaries[name] = ScoreSummary(mean=mean, counts=read.counts)
    return summaries
