"""A stored run as the gate sees it."""

from pathlib import Path
from typing import Any

import pytest

from evalgate.domain.answer import Answer, NotProduced, Produced, Unanswered, Usage
from evalgate.domain.identity import CandidateIdentity
from evalgate.domain.judgement import Judgement, Scored, Unscored
from evalgate.domain.run import Selection
from evalgate.domain.scale import BINARY, MEASURED
from evalgate.domain.sheet import Absence, Mark
from evalgate.results.marking import mark_of, measured_mark
from evalgate.results.reading import open_run
from evalgate.results.writing import RunWriter, Took, letting_go
from run_files import NOW, judged, manifest, write_run


@pytest.mark.parametrize(
    ("judgement", "mark"),
    [
        (Scored(score=0.5), 0.5),
        (NotProduced(cause="empty", detail=""), Absence.NOT_PRODUCED),
        (Unanswered(cause="timeout", detail=""), Absence.UNANSWERED),
        (Unscored(cause="unparsable", detail=""), Absence.UNSCORED),
        (None, Absence.UNSCORED),
    ],
)
def test_a_judgement_as_a_mark(judgement: Judgement | None, mark: Mark) -> None:
    assert mark_of(judgement) == mark


FULL = Produced(
    text="x", latency_s=0.5, cost_usd=0.25, usage=Usage(input_tokens=7, output_tokens=9)
)
CRASHED = NotProduced(cause="own_error", detail="")


@pytest.mark.parametrize(
    ("answer", "timeout_s", "marks"),
    [
        (FULL, None, (0.5, 0.25, 7.0, 9.0)),
        (Produced(text="x"), 3.0, (Absence.UNSCORED,) * 4),
        (Produced(text="x", latency_s=0, cost_usd=0), None, (0.0, 0.0) + (Absence.UNSCORED,) * 2),
        (CRASHED, None, (Absence.NOT_PRODUCED,) * 4),
        (CRASHED, 3.0, (3.0,) + (Absence.NOT_PRODUCED,) * 3),
        (Unanswered(cause="refused", detail=""), 3.0, (Absence.UNANSWERED,) * 4),
    ],
    ids=["all reported", "not reported", "free and at once", "crashed", "crashed, with a timeout",
         "unanswered"],
)  # fmt: skip
def test_measured_scores_of_an_answer(
    answer: Answer, timeout_s: float | None, marks: tuple[Mark, ...]
) -> None:
    """What a candidate does not report is not zero; a crash takes as long as its timeout."""
    case = judged("c0", answer)
    scores = ("latency_s", "cost_usd", "input_tokens", "output_tokens")

    assert tuple(measured_mark(case, score, timeout_s) for score in scores) == marks


def test_a_run_becomes_a_sheet(tmp_path: Path) -> None:
    sheet = write_run(tmp_path / "r1").sheet()

    assert list(sheet.cases) == ["c0", "c1", "c2"]
    assert sheet.cases["c0"] == ("inputs of c0", {"topic": "x"}, None)
    assert sheet.columns["s"].scale == BINARY
    assert sheet.columns["s"].marks == {"c0": 1.0, "c1": 1.0, "c2": 1.0}
    assert sheet.columns["cost_usd"].scale == MEASURED
    assert sheet.partial == ""


def test_columns_that_nobody_asks_for_are_left_out(tmp_path: Path) -> None:
    sheet = write_run(tmp_path / "r1").sheet({"s", "latency_s"})

    assert set(sheet.columns) == {"s", "latency_s"}


def test_a_timeout_is_the_candidates_own(tmp_path: Path) -> None:
    candidate = CandidateIdentity(name="c", kind="python", digest="d", complete=True, timeout_s=8)
    with letting_go(RunWriter(tmp_path / "r1", manifest(candidate=candidate))) as writer:
        writer.append(judged("c0", CRASHED))
        writer.close("finished", NOW, Took(1.0))

    assert open_run(tmp_path / "r1").sheet().columns["latency_s"].marks == {"c0": 8.0}


def test_a_part_of_an_evalset_says_so(tmp_path: Path) -> None:
    begun = manifest(selection=Selection(limit=1))
    with letting_go(RunWriter(tmp_path / "r1", begun)) as writer:
        writer.append(judged("c0"))
        writer.close("finished", NOW, Took(1.0))

    assert open_run(tmp_path / "r1").sheet().partial == "--limit 1"


@pytest.mark.parametrize(
    ("cases", "facts", "partial"),
    [
        (3, {}, ""),
        (2, {}, "2 of 3 cases"),
        (4, {}, "4 of 3 cases"),
        (2, {"rejudged_from": "r0"}, ""),
        (2, {"selection": Selection(limit=2)}, "--limit 2"),
    ],
    ids=["whole", "too few", "too many", "judged again", "limited"],
)
def test_a_finished_run_without_all_its_cases_is_partial(
    tmp_path: Path, cases: int, facts: dict[str, Any], partial: str
) -> None:
    """Whatever closed it: what nobody asked to leave out is missing."""
    with letting_go(RunWriter(tmp_path / "r1", manifest(**facts))) as writer:
        for number in range(cases):
            writer.append(judged(f"c{number}"))
        writer.close("finished", NOW, Took(1.5))

    assert open_run(tmp_path / "r1").partial() == partial
