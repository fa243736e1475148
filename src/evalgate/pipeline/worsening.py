"""Cases that got worse, side by side: what was answered before and after, and what judges said."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, assert_never

from evalgate.domain.answer import Answer, NotProduced, Produced, Unanswered
from evalgate.domain.comparison import ScoreChange, WorsenedCase
from evalgate.domain.judgement import Judgement, Scored, Unscored
from evalgate.domain.run import JudgedCase
from evalgate.domain.scale import Scale
from evalgate.domain.sheet import Absence, Scoresheet
from evalgate.gate.contrast import mark_of_case
from evalgate.results.baseline_files import FiledRun
from evalgate.results.marking import mark_of
from evalgate.results.reading import StoredRun


class Version(NamedTuple):
    """One run under the name it was asked for by."""

    label: str
    run: StoredRun | FiledRun


class Fallen(NamedTuple):
    """A case that got worse in one version: in how many scores, and by how much in all."""

    scores: int
    drop: float
    version: int
    case_id: str


def worsened_cases(
    fallen: Sequence[Fallen],
    versions: Sequence[Version],
    sheets: Sequence[Scoresheet],
    judges: Sequence[str],
    inputs_of: Callable[[frozenset[str]], dict[str, str]],
) -> tuple[WorsenedCase, ...]:
    """Fetch both answers of the cases that are shown; the others stay on disk."""
    wanted = frozenset(fall.case_id for fall in fallen)
    if not wanted:
        return ()
    inputs = inputs_of(wanted)
    kept = [_answers(version.run, wanted) for version in versions]
    return tuple(
        _side_by_side(
            (versions[fall.version].label, inputs.get(fall.case_id, "")),
            (kept[0].get(fall.case_id, []), kept[fall.version][fall.case_id]),
            (sheets[0], sheets[fall.version]),
            judges,
        )
        for fall in fallen
    )


def _answers(run: StoredRun | FiledRun, wanted: frozenset[str]) -> dict[str, list[JudgedCase]]:
    """The answers of some cases, trial by trial; a baseline file has none."""
    if isinstance(run, FiledRun):
        return {}
    trials: dict[str, list[JudgedCase]] = {}
    for judged in run.cases():
        if judged.id in wanted:
            trials.setdefault(judged.id, []).append(judged)
    for answers in trials.values():
        answers.sort(key=lambda judged: judged.trial)
    return trials


def _side_by_side(
    named: tuple[str, str],
    answers: tuple[Sequence[JudgedCase], Sequence[JudgedCase]],
    sheets: tuple[Scoresheet, Scoresheet],
    judges: Sequence[str],
) -> WorsenedCase:
    """Of several trials the best answer before and the worst one after are shown."""
    first, later = sheets
    scales = {name: later.columns[name].scale for name in judges}
    before = max(answers[0], key=lambda judged: _goodness(judged, scales), default=None)
    after = min(answers[1], key=lambda judged: _goodness(judged, scales))
    changes = []
    for name in judges:
        was = mark_of_case(first.columns[name], after.id)
        now = mark_of_case(later.columns[name], after.id)
        if was != now:
            said = said_of(after.judgements[name])
            changes.append(ScoreChange(score=name, before=was, after=now, reason=said))
    return WorsenedCase(
        case_id=after.id,
        version=named[0],
        inputs=named[1],
        before="" if before is None else text_of(before.answer),
        before_kept=before is not None,
        after=text_of(after.answer),
        changes=tuple(changes),
    )


def _goodness(judged: JudgedCase, scales: Mapping[str, Scale]) -> tuple[float, ...]:
    """An answer's scores, judge by judge, so that the better answer is the greater."""
    found = []
    for name, scale in scales.items():
        mark = mark_of(judged.judgements[name])
        sign = 1.0 if scale.better == "higher" else -1.0
        found.append(-math.inf if isinstance(mark, Absence) else sign * mark)
    return tuple(found)


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
