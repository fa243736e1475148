"""Baseline files: written from a run for people to review, read back as one side of a decision."""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from evalgate.domain.baseline_file import BaselineFile, BaselineOrigin
from evalgate.domain.record import JsonValue
from evalgate.domain.run import Manifest
from evalgate.domain.scale import MEASURED_SCORES
from evalgate.domain.sheet import Absence, CaseFacts, CaseMark, Column, Scoresheet
from evalgate.errors import Problem, UserMistake
from evalgate.results.manifests import seal_of, write_whole
from evalgate.sources.places import Placed
from evalgate.sources.strict import load_json_record, read_record

ADAPTER: TypeAdapter[BaselineFile] = TypeAdapter(BaselineFile)
ANY_OBJECT: TypeAdapter[dict[str, JsonValue]] = TypeAdapter(dict[str, JsonValue])
BEGIN = "`evalgate run --baseline none`, then `evalgate baseline set latest`"
"""How a file is written where there is none, or none that fits: no run can be held against it."""

ANEW = f"a baseline is never edited; write it again: {BEGIN}"


@dataclass(frozen=True, slots=True)
class FiledRun:
    """A run of which only the scores are kept, in a baseline file."""

    manifest: Manifest
    scores: Scoresheet
    expected: Mapping[str, str]  # the fingerprint of what was expected, by case
    origin: BaselineOrigin

    def sheet(self, scores: Collection[str] | None = None) -> Scoresheet:
        """The run as the gate sees it; `scores` leaves out columns that nobody asks for."""
        kept = {
            name: column
            for name, column in self.scores.columns.items()
            if scores is None or name in scores
        }
        return Scoresheet(self.scores.cases, kept, "", self.manifest.run_id)


def write_baseline(path: Path, baseline: BaselineFile) -> BaselineFile:
    """Seal a baseline and write it, one case to a line, so that a review shows which changed."""
    sealed = baseline.model_copy(update={"seal": seal_of(baseline.model_dump(mode="json"))})
    write_whole(path, "".join(_lines(sealed.model_dump(mode="json"))))
    return sealed


def _lines(written: dict[str, JsonValue]) -> Iterator[str]:
    cases = written["cases"]
    assert isinstance(cases, list)
    yield "{\n"
    for name, value in written.items():
        end = "\n" if name == "seal" else ",\n"  # the last field
        if name == "cases":
            yield '  "cases": [\n    '
            yield ",\n    ".join(json.dumps(case, ensure_ascii=False) for case in cases)
            yield f"\n  ]{end}"
        else:
            yield f"  {json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}{end}"
    yield "}\n"


def load_baseline(path: Path, shown_as: str) -> BaselineFile:
    """Read a baseline file; one that was edited is a mistake."""
    written = load_json_record(ANY_OBJECT, path, shown_as)
    baseline = read_record(ADAPTER, Placed(shown_as, written))
    if baseline.seal != seal_of(written):
        raise UserMistake(Problem("was edited after it was written", shown_as, remedy=ANEW))
    return baseline


def filed_run(baseline: BaselineFile, shown_as: str, at: str = "") -> FiledRun:
    """A baseline file as a run; `at` is the commit that it was read from."""
    manifest = Manifest(
        run_id=baseline.run_id,
        status="finished",
        suite=baseline.suite,
        candidate=baseline.candidate,
        evalset=baseline.evalset,
        judges=baseline.judges,
        trials=baseline.trials,
        started=baseline.set_at,
        finished=baseline.set_at,
        judged=len(baseline.cases) * baseline.trials,
        judgements_digest=baseline.judgements_digest,
    )
    origin = BaselineOrigin(
        path=shown_as,
        at=at,
        seal=baseline.seal,
        set_by=baseline.set_by,
        set_on=baseline.set_at.date(),
        evalset=baseline.evalset.ref,
        commit=baseline.commit,
    )
    expected = {case.id: case.expected for case in baseline.cases}
    return FiledRun(manifest, _sheet(baseline), expected, origin)


def _sheet(baseline: BaselineFile) -> Scoresheet:
    scales = {name: judge.scale for name, judge in baseline.judges.items()} | MEASURED_SCORES
    return Scoresheet(
        cases={case.id: CaseFacts(case.inputs) for case in baseline.cases},
        columns={
            name: Column(scale, _marks(baseline, name), baseline.trials)
            for name, scale in scales.items()
        },
        run_id=baseline.run_id,
    )


def _marks(baseline: BaselineFile, score: str) -> dict[str, CaseMark]:
    """A mark for every case, one for each trial where there are several."""
    whole = (Absence.UNSCORED,) * baseline.trials
    missing: CaseMark = whole if baseline.trials > 1 else Absence.UNSCORED
    return {case.id: case.scores.get(score, missing) for case in baseline.cases}
