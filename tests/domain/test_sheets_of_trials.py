"""A sheet whose cases were answered several times, and its written form."""

import pytest

from evalgate.domain.decision import WrittenColumn, WrittenSheet
from evalgate.domain.scale import BINARY
from evalgate.domain.sheet import Absence, CaseFacts, Column, Scoresheet, marks_of, trials_of


def written(*marks: float | Absence | tuple[float | Absence, ...], trials: int) -> WrittenSheet:
    """A sheet of one score."""
    ids = tuple(f"c{number}" for number in range(len(marks)))
    return WrittenSheet(
        run_id="r",
        candidate="c",
        candidate_digest="d",
        judgements_digest="j",
        ids=ids,
        inputs_digests=ids,
        slices=({},) * len(ids),
        clusters=(None,) * len(ids),
        columns={"s": WrittenColumn(scale=BINARY, marks=marks)},
        trials=trials,
    )


def test_every_trial_comes_back_as_it_was_written() -> None:
    """Through JSON, scores and absences alike."""
    before = written((1.0, Absence.UNSCORED), (0.0, 1.0), trials=2)

    sheet = WrittenSheet.model_validate_json(before.model_dump_json()).sheet()

    assert trials_of(sheet) == 2
    assert marks_of(sheet.columns["s"], "c0") == (1.0, Absence.UNSCORED)
    assert marks_of(sheet.columns["s"], "c1") == (0.0, 1.0)


@pytest.mark.parametrize(
    ("marks", "trials"),
    [(((1.0, 0.0), (1.0,)), 2), ((1.0, 0.0), 2), (((1.0, 0.0),), 1)],
    ids=["one too few", "none of several", "too many"],
)
def test_a_case_has_a_mark_for_each_trial(
    marks: tuple[float | tuple[float, ...], ...], trials: int
) -> None:
    """A decision that was cut cannot be decided on."""
    with pytest.raises(ValueError, match="not every case has a mark for each trial"):
        written(*marks, trials=trials)


def test_a_case_that_a_column_does_not_have_lacks_every_trial() -> None:
    """So many answers were never judged; a sheet without any score has one trial."""
    column = Column(BINARY, {"c0": 1.0}, 1)

    assert marks_of(column, "c0") == (1.0,)
    assert marks_of(Column(BINARY, {}, 3), "c0") == (Absence.UNSCORED,) * 3
    assert trials_of(Scoresheet({"c0": CaseFacts("d")}, {})) == 1
