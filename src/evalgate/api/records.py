"""What the calls give: a run, a comparison, a decision, each also as a table."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalgate.domain.comparison import Comparison
from evalgate.domain.decision import Decision
from evalgate.domain.judgement import Scored
from evalgate.domain.run import JudgedCase, Manifest
from evalgate.pipeline.worsening import text_of
from evalgate.results.reading import StoredRun

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Run:
    """A candidate's run over a suite's evalset, as it is kept on disk."""

    stored: StoredRun

    @property
    def manifest(self) -> Manifest:
        """Who answered what, who judged, from where it comes."""
        return self.stored.manifest

    @property
    def id(self) -> str:
        """The run's name, as `evalgate show` takes it."""
        return self.stored.manifest.run_id

    def cases(self) -> Iterator[JudgedCase]:
        """Every judged case, one at a time."""
        return self.stored.cases()

    def to_pandas(self) -> "pd.DataFrame":
        """One line per answer: the answer, and every judge's score or why there is none."""
        import pandas as pd

        table = pd.DataFrame([_line(case) for case in self.cases()])
        if self.manifest.trials == 1:
            return table.drop(columns="trial").set_index("id")
        return table.set_index(["id", "trial"]).sort_index()


class ComparedVersions(Comparison):
    """Versions side by side, the first of them the baseline."""

    def to_pandas(self) -> "pd.DataFrame":
        """One line per score and version: mean, counts, and the difference to the first."""
        import pandas as pd

        rows = [
            {
                "score": line.score,
                "version": version,
                "mean": value.mean,
                "scored": value.scored,
                "missing": value.missing,
                "difference": change.estimate if change else None,
                "lower": change.lower if change else None,
                "upper": change.upper if change else None,
                "wins": change.wins if change else None,
                "losses": change.losses if change else None,
                "ties": change.ties if change else None,
            }
            for line in self.scores
            for version, value, change in zip(
                self.versions, line.values, (None, *line.changes), strict=True
            )
        ]
        return pd.DataFrame(rows).set_index(["score", "version"])


class DecidedRun(Decision):
    """The verdict of a suite on a run, with all that it rests on."""

    def to_pandas(self) -> "pd.DataFrame":
        """One line per rule: verdict, cause, outcome, estimate and bounds."""
        import pandas as pd

        rows = [
            {
                "rule": ruling.finding.rule.id,
                "verdict": ruling.finding.verdict.value,
                "cause": ruling.finding.cause.value if ruling.finding.cause else None,
                "outcome": ruling.outcome.value,
                "estimate": seen.estimate if (seen := ruling.finding.observed) else None,
                "lower": seen.lower if seen else None,
                "upper": seen.upper if seen else None,
                "cases": ruling.finding.counts.cases,
            }
            for ruling in self.rulings
        ]
        return pd.DataFrame(rows).set_index("rule")


def _line(case: JudgedCase) -> Mapping[str, object]:
    line: dict[str, object] = {
        "id": case.id,
        "trial": case.trial,
        **{f"slice.{key}": value for key, value in case.slices.items()},
        "answer_kind": case.answer.kind,
        "answer": text_of(case.answer),
    }
    for name, judgement in case.judgements.items():
        line[name] = judgement.score if isinstance(judgement, Scored) else None
        line[f"{name}.kind"] = judgement.kind
    return line
