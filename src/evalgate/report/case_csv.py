"""A run's cases as CSV, one line per case, streamed."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import assert_never

from evalgate.domain.answer import Answer, NotProduced, Produced, Unanswered
from evalgate.domain.judgement import Judgement, Scored, Unscored
from evalgate.domain.run import JudgedCase
from evalgate.report.said import in_cell

CASE_COLUMNS = ("version", "models", "case", "slices", "cluster", "answer_kind", "answer")


def case_csv(
    versions: Iterable[tuple[str, str, Iterable[JudgedCase]]],
    scores: Sequence[str],
    *,
    trials: bool = False,
) -> Iterator[str]:
    """Yield the heading and one line per version, case and trial; a score may be absent.

    A version is its name, the models that were asked, and its cases. `trials` says which trial each
    line is of, where some case has several.
    """
    heading = [*CASE_COLUMNS, *(["trial"] if trials else [])]
    for score in scores:
        heading += [score, f"{score}.kind", f"{score}.reason"]
    yield _line([in_cell(title) for title in heading])
    for version, models, cases in versions:
        for case in cases:
            yield _line([in_cell(version), in_cell(models), *_cells(case, scores, trials)])


def _cells(case: JudgedCase, scores: Sequence[str], trials: bool) -> list[str | float]:
    slices = "; ".join(f"{key}={value}" for key, value in sorted(case.slices.items()))
    kind, text = _answer(case.answer)
    cells: list[str | float] = [
        in_cell(case.id),
        in_cell(slices),
        in_cell(case.cluster or ""),
        kind,
        in_cell(text),
        *([case.trial] if trials else []),
    ]
    for score in scores:
        cells += _judgement(case.judgements.get(score))
    return cells


def _answer(answer: Answer) -> tuple[str, str]:
    match answer:
        case Produced():
            return answer.kind, answer.text
        case NotProduced() | Unanswered():
            return f"{answer.kind} ({answer.cause})", answer.detail
        case _:
            assert_never(answer)


def _judgement(judgement: Judgement | None) -> tuple[str | float, str, str]:
    match judgement:
        case None:
            return "", "", ""
        case Scored():
            return judgement.score, judgement.kind, in_cell(judgement.reason)
        case NotProduced() | Unanswered() | Unscored():
            return "", f"{judgement.kind} ({judgement.cause})", in_cell(judgement.detail)
        case _:
            assert_never(judgement)


def _line(cells: Sequence[str | float]) -> str:
    """Quote every text, so that no other separator than the comma can open a cell."""
    line = io.StringIO()
    csv.writer(line, quoting=csv.QUOTE_NONNUMERIC).writerow(cells)
    return line.getvalue()
