"""Versions side by side: how every score moved, and which cases got worse."""

import json
from collections.abc import Callable, Sequence
from typing import NamedTuple, assert_never

from evalgate.domain.answer import Answer, NotProduced, Produced, Unanswered
from evalgate.domain.comparison import (
    Comparison,
    ObservedValue,
    ScoreChange,
    ScoreLine,
    WorsenedCase,
)
from evalgate.domain.decision import Decision
from evalgate.domain.judgement import Judgement, Scored, Unscored
from evalgate.domain.run import JudgedCase
from evalgate.domain.sheet import Scoresheet
from evalgate.gate.contrast import change_of, drop_of, level_of
from evalgate.pipeline.sealing import seal_of_comparison
from evalgate.results.reading import StoredRun, mark_of


class Version(NamedTuple):
    """One run under the name it was asked for by."""

    label: str
    run: StoredRun


class Fallen(NamedTuple):
    """A case that got worse in one version: in how many scores, and by how much in all."""

    scores: int
    drop: float
    version: int
    case_id: str


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
        worsened=_worsened(fallen[:most], versions, judges, inputs_of),
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
    found = []
    for case, facts in later.cases.items():
        twin = first.cases.get(case)
        if twin is None or twin.inputs_digest != facts.inputs_digest:
            continue
        drops = [drop for name in judges if (drop := drop_of(name, case, later, first)) > 0]
        if drops:
            found.append(Fallen(len(drops), sum(drops), number, case))
    return found


def _worsened(
    fallen: Sequence[Fallen],
    versions: Sequence[Version],
    judges: Sequence[str],
    inputs_of: Callable[[frozenset[str]], dict[str, str]],
) -> tuple[WorsenedCase, ...]:
    """Fetch both answers of the cases that are shown; the others stay on disk."""
    wanted = frozenset(fall.case_id for fall in fallen)
    if not wanted:
        return ()
    inputs = inputs_of(wanted)
    kept = [
        {judged.id: judged for judged in version.run.cases() if judged.id in wanted}
        for version in versions
    ]
    return tuple(
        _side_by_side(
            versions[fall.version].label,
            inputs.get(fall.case_id, ""),
            (kept[0][fall.case_id], kept[fall.version][fall.case_id]),
            judges,
        )
        for fall in fallen
    )


def _side_by_side(
    label: str, inputs: str, pair: tuple[JudgedCase, JudgedCase], judges: Sequence[str]
) -> WorsenedCase:
    before, after = pair
    return WorsenedCase(
        case_id=after.id,
        version=label,
        inputs=inputs,
        before=text_of(before.answer),
        after=text_of(after.answer),
        changes=tuple(
            ScoreChange(
                score=name,
                before=mark_of(before.judgements[name]),
                after=mark_of(after.judgements[name]),
                reason=said_of(after.judgements[name]),
            )
            for name in judges
            if mark_of(before.judgements[name]) != mark_of(after.judgements[name])
        ),
    )


def text_of(answer: Answer) -> str:
    """An answer's text, or why there is none."""
    match answer:
        case Produced():
            return answer.text
        case NotProduced():
            return f"(not produced: {answer.cause}: {answer.detail})"
        case Unanswered():
            return f"(unanswered: {answer.cause}: {answer.detail})"
        case _:
            assert_never(answer)


def said_of(judgement: Judgement) -> str:
    """What the judge said."""
    match judgement:
        case Scored():
            return judgement.reason
        case Unscored() | NotProduced() | Unanswered():
            return judgement.detail
        case _:
            assert_never(judgement)


def shown_inputs(inputs: dict[str, object]) -> str:
    """A case's inputs as one text: the value itself when there is only one."""
    values = list(inputs.values())
    if len(values) == 1 and isinstance(values[0], str):
        return values[0]
    return json.dumps(inputs, ensure_ascii=False)
