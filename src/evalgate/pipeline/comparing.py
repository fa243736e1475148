"""Versions side by side: how every score moved, and which cases got worse."""

import json
from collections.abc import Callable, Sequence

from evalgate.domain.comparison import Comparison, ObservedValue, ScoreLine
from evalgate.domain.decision import Decision
from evalgate.domain.sheet import Scoresheet
from evalgate.gate.contrast import change_of, level_of, worse_cases
from evalgate.pipeline.sealing import seal_of_comparison
from evalgate.pipeline.worsening import Fallen, Version, worsened_cases


def compare_runs(
    versions: Sequence[Version],
    decisions: Sequence[Decision],
    inputs_of: Callable[[frozenset[str]], dict[str, str]],
    most: int,
) -> Comparison:
    """Set runs beside the first of them; `most` worsened cases are shown in full.

    `inputs_of` gives the inputs of cases as text.
    """
    first, *later = versions
    sheets = [version.run.sheet() for version in versions]
    judges = [name for name in first.run.manifest.judges if _everywhere(name, versions)]
    measured = [name for name in sheets[0].columns if name not in first.run.manifest.judges]
    scores = judges + [name for name in measured if _is_measured(name, sheets)]
    fallen = [
        fall
        for number, sheet in enumerate(sheets[1:], 1)
        for fall in _fallen(judges, number, sheet, sheets[0])
    ]
    fallen.sort(key=lambda fall: (-fall.scores, -fall.drop, fall.version, fall.case_id))
    comparison = Comparison(
        suite=decisions[0].suite,  # a run that answers may be another suite's
        evalset=later[0].run.manifest.evalset.ref,
        versions=tuple(version.label for version in versions),
        scores=tuple(line_of(name, sheets) for name in scores),
        worsened=worsened_cases(fallen[:most], versions, sheets, judges, inputs_of),
        worsened_count=len(fallen),
        removed=tuple(case for case in sheets[0].cases if case not in sheets[1].cases),
        added=tuple(case for case in sheets[1].cases if case not in sheets[0].cases),
        decisions=tuple(decisions),
    )
    return comparison.model_copy(update={"seal": seal_of_comparison(comparison)})


def _everywhere(name: str, versions: Sequence[Version]) -> bool:
    return all(name in version.run.manifest.judges for version in versions)


def _is_measured(name: str, sheets: Sequence[Scoresheet]) -> bool:
    """Recorded answers often carry no latency, and `sim:/` costs nothing: leave such scores out."""
    levels = [level_of(name, sheet) for sheet in sheets]
    return all(level.scored for level in levels) and any(level.mean for level in levels)


def line_of(score: str, sheets: Sequence[Scoresheet]) -> ScoreLine:
    """One score of every version, the first of them the baseline."""
    levels = [level_of(score, sheet) for sheet in sheets]
    return ScoreLine(
        score=score,
        scale=sheets[0].columns[score].scale,
        values=tuple(
            ObservedValue(mean=level.mean, scored=level.scored, missing=level.missing)
            for level in levels
        ),
        changes=tuple(change_of(score, sheet, sheets[0]) for sheet in sheets[1:]),
    )


def _fallen(
    judges: Sequence[str], number: int, later: Scoresheet, first: Scoresheet
) -> list[Fallen]:
    return [
        Fallen(len(drops), sum(drops.values()), number, case)
        for case, drops in worse_cases(judges, later, first)
    ]


def shown_inputs(inputs: dict[str, object]) -> str:
    """A case's inputs as one text: the value itself when there is only one."""
    values = list(inputs.values())
    if len(values) == 1 and isinstance(values[0], str):
        return values[0]
    return json.dumps(inputs, ensure_ascii=False)
