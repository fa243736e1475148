"""A run that is made worse on purpose."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.domain.scale import BINARY, MEASURED, Scale
from evalgate.domain.sheet import Column, Mark, Scoresheet
from evalgate.gate.planting import plant, planted_columns
from gate_sheets import FAULTS, GONE, LOWER, OPEN, STARS, UNREAD, case_name, marks_on, sheet


@given(data=st.data(), scale=st.sampled_from([BINARY, LOWER, STARS, FAULTS]))
def test_as_many_cases_get_worse_as_can_and_no_other_changes(
    data: st.DataObject, scale: Scale
) -> None:
    marks = data.draw(st.lists(marks_on(scale), min_size=1, max_size=30))
    share = data.draw(st.sampled_from([0.0, 0.1, 0.5, 1.0]))
    before = sheet(marks, scale)

    after = plant(before, share, Random(1))

    planted = [after.columns["s"].marks[case] for case in before.cases]
    changed = [new for old, new in zip(marks, planted, strict=True) if old != new]
    assert set(changed) <= {scale.worst}
    losing = sum(mark != scale.worst for mark in marks)
    assert len(changed) == min(round(share * len(marks)), losing)
    assert after.cases == before.cases


def test_a_draw_comes_out_again_and_others_differ() -> None:
    before = sheet([1.0] * 40)

    def planted(seed: int) -> list[str]:
        marks = plant(before, 0.25, Random(seed)).columns["s"].marks
        return [case for case in before.cases if marks[case] == 0.0]

    assert planted(1) == planted(1) != planted(2)
    assert len(planted(1)) == 10


def test_every_judge_of_a_chosen_case_gives_its_worst_score() -> None:
    """Also of a case that had no score, and in every trial; what was measured stays."""
    facts = sheet([1.0] * 4).cases
    names = list(facts)
    before = Scoresheet(
        facts,
        {
            "s": Column(BINARY, dict.fromkeys(names, 1.0)),
            "stars": Column(STARS, dict(zip(names, [(5.0, GONE), (1.0, 2.0)] * 2, strict=True)), 2),
            "latency_s": Column(MEASURED, dict.fromkeys(names, 0.5)),
            "endless": Column(OPEN, dict.fromkeys(names, 0.5)),
        },
        run_id="r",
    )

    after = plant(before, 1.0, Random(1))

    assert planted_columns(before) == ["s", "stars"]
    assert dict(after.columns["s"].marks) == dict.fromkeys(names, 0.0)
    assert dict(after.columns["stars"].marks) == dict.fromkeys(names, (1.0, 1.0))
    assert after.columns["stars"].trials == 2
    assert [after.columns[name] for name in ("latency_s", "endless")] == [
        before.columns[name] for name in ("latency_s", "endless")
    ]
    assert after.run_id == ""


@pytest.mark.parametrize("lost", [UNREAD, GONE], ids=str)
def test_what_has_no_score_can_still_be_lost(lost: Mark) -> None:
    """A missing score that turns into the worst one is a loss that the rules have to see."""
    after = plant(sheet([lost]), 1.0, Random(1))

    assert after.columns["s"].marks[case_name(0)] == 0.0
