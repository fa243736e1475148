"""What reports say of trials, and of a first verdict that stands."""

from collections.abc import Sequence

import pytest

from evalgate.domain.answer import Produced
from evalgate.domain.finding import Counts
from evalgate.domain.judgement import Scored
from evalgate.domain.run import CaseTrials, JudgedCase
from evalgate.report.case_csv import case_csv
from evalgate.report.case_text import case_markdown, render_case
from evalgate.report.findings import counts_text, extent_text


def judged(trial: int, text: str) -> JudgedCase:
    return JudgedCase(
        id="q1",
        trial=trial,
        inputs_digest="a",
        expected_digest="b",
        slices={"topic": "x"},
        cluster="doc",
        answer=Produced(text=text),
        judgements={"correct": Scored(score=float(trial))},
    )


@pytest.mark.parametrize(
    ("counts", "text"),
    [
        (Counts(cases=1301), "1,301"),
        (Counts(cases=50, trials=3), "50 x 3 trials"),
        (Counts(cases=50, trials=3, baseline_trials=1), "50 x 3 trials, the baseline's x 1"),
        (Counts(cases=50, trials=1, baseline_trials=3), "50 x 1 trial, the baseline's x 3"),
    ],
    ids=["one", "three", "three against one", "one against three"],
)
def test_cases_and_trials_are_told_apart(counts: Counts, text: str) -> None:
    """Never as one product."""
    assert extent_text(counts) == text
    assert counts_text(counts).startswith(f"{text}: ")


def test_every_trial_of_a_case_is_shown() -> None:
    """What belongs to the case once, answer and judgements trial by trial."""
    both = CaseTrials(id="q1", trials=(judged(0, "first"), judged(1, "second")))

    assert render_case(both) == (
        "case q1\n  slices  topic=x\n  cluster  doc\n"
        "\ntrial 0\nanswer\n  | first\ncorrect: 0\n"
        "\ntrial 1\nanswer\n  | second\ncorrect: 1\n"
    )
    assert "second" in case_markdown(both)


@pytest.mark.parametrize(
    ("trials", "heading"), [(False, '"answer","x"'), (True, '"answer","trial"')]
)
def test_the_table_has_a_column_for_trials_where_there_are_several(
    trials: bool, heading: str
) -> None:
    """Else it is as it was before there were any."""
    cases: Sequence[JudgedCase] = [judged(0, "first"), judged(1, "second")]

    first, *rows = case_csv([("v", "", cases)], ("x",), trials=trials)

    assert heading in first
    assert [",1," in row for row in rows] == [False, trials]
