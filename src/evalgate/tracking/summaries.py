"""One score of a whole run in a few numbers, as MLflow shows them."""

from evalgate.domain.finding import Counts
from evalgate.domain.record import Finite, Record
from evalgate.domain.sheet import Scoresheet


class ScoreSummary(Record):
    """A score's mean over what was observed, and what became of the cases."""

    mean: Finite | None
    counts: Counts


def summaries_of(sheet: Scoresheet) -> dict[str, ScoreSummary]:
    """Summarise every score of a run by the gate's own reading of the marks."""
    from evalgate.gate.contrast import level_of  # MLflow's interpreter never needs the gate

    levels = {name: level_of(name, sheet) for name in sheet.columns}
    return {
        name: ScoreSummary(mean=level.mean, counts=level.counts) for name, level in levels.items()
    }
