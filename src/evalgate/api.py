"""The same from Python: evaluate, compare, decide, load_judge; a notebook's loop may run."""

import os
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evalgate.candidate.function import FunctionCandidate
from evalgate.config.judges import load_judge_spec
from evalgate.domain.comparison import Comparison
from evalgate.domain.decision import Decision
from evalgate.domain.judgement import Scored
from evalgate.domain.record import JsonValue
from evalgate.domain.run import JudgedCase, Manifest
from evalgate.judge.building import build_judge
from evalgate.judge.protocol import Judge
from evalgate.pipeline.baselines import refuse_stale
from evalgate.pipeline.bench import Errand
from evalgate.pipeline.catalogue import contender, suite_for
from evalgate.pipeline.comparing import text_of
from evalgate.pipeline.contenders import Asked
from evalgate.pipeline.deciding import all_findings, decide_runs
from evalgate.pipeline.gatekeeping import compare_versions, keep, open_bench
from evalgate.pipeline.producing import produce
from evalgate.pipeline.project import Project, find_project
from evalgate.results.reading import StoredRun
from evalgate.tracking.destination import Destination, destination_for
from evalgate.tracking.validation import ask_mlflow

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Run", "compare", "decide", "evaluate", "load_judge"]

Function = Callable[[dict[str, JsonValue]], Any]


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
        """One line per case: the answer, and every judge's score or why there is none."""
        import pandas as pd

        return pd.DataFrame([_line(case) for case in self.cases()]).set_index("id")


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


def evaluate(
    candidate: str | Function,
    suite: str | None = None,
    *,
    root: Path | str = ".",
    in_flight: int = 8,
    name: str = "",
) -> Run:
    """Answer and judge a suite's cases; `candidate` is a name, a git ref, a file or a function."""
    project = _project(root)
    if isinstance(candidate, str):
        entry = contender(project, candidate, in_flight)
        chosen = suite_for(project, suite, [candidate])
    else:
        label = name or getattr(candidate, "__name__", "function")
        asked = FunctionCandidate(label, candidate, max_in_flight=in_flight)
        entry, chosen = Asked(label, asked), project.suite(suite)
    run = produce(open_bench(project, chosen, Errand(in_flight=in_flight)), entry)
    _warn(keep(_destination(project), run, None))
    return Run(run)


def compare(
    *versions: str, suite: str | None = None, root: Path | str = ".", in_flight: int = 8
) -> ComparedVersions:
    """Set versions side by side, the first is the baseline; the decisions are in the result."""
    project = _project(root)
    bench = open_bench(
        project, suite_for(project, suite, list(versions)), Errand(in_flight=in_flight)
    )
    compared = compare_versions(bench, versions, _destination(project))
    _warn(compared.complaints)
    return ComparedVersions(**dict(compared.comparison))


def decide(
    run: Run, baseline: Run | None = None, *, suite: str | None = None, root: Path | str = "."
) -> DecidedRun:
    """Hold a run, and the one it is compared with, against today's rules."""
    project = _project(root)
    named = project.suite(suite or run.manifest.suite)
    bench = open_bench(project, named, Errand())
    refuse_stale(bench, run.stored)
    if baseline is not None:
        refuse_stale(bench, baseline.stored)
    decision = decide_runs(
        named, run.stored, baseline.stored if baseline else None, project.waivers
    )
    ask_mlflow(all_findings([decision]))
    _warn(keep(_destination(project), run.stored, decision))
    return DecidedRun(**dict(decision))


def load_judge(name: str, *, root: Path | str = ".") -> Judge:
    """Build a judge of the project by its name."""
    project = _project(root)
    spec, folder = load_judge_spec(project.root, name, project.environment)
    return build_judge(name, spec, folder, project.root)


def _project(root: Path | str) -> Project:
    return find_project(Path(root).resolve(), os.environ)


def _destination(project: Project) -> Destination:
    return destination_for(
        project.root,
        os.environ.get("MLFLOW_TRACKING_URI", ""),
        os.environ.get("MLFLOW_EXPERIMENT_NAME", ""),
    )


def _warn(complaints: Sequence[str]) -> None:
    """Say what could not be done beside the verdict, as Python says such things."""
    for complaint in complaints:
        warnings.warn(complaint, RuntimeWarning, stacklevel=3)


def _line(case: JudgedCase) -> Mapping[str, object]:
    line: dict[str, object] = {
        "id": case.id,
        **{f"slice.{key}": value for key, value in case.slices.items()},
        "answer_kind": case.answer.kind,
        "answer": text_of(case.answer),
    }
    for name, judgement in case.judgements.items():
        line[name] = judgement.score if isinstance(judgement, Scored) else None
        line[f"{name}.kind"] = judgement.kind
    return line
