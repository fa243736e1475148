"""A seal is the digest of the decision's JSON, however many cases it has."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from evalgate.domain.decision import Decision, WrittenColumn, WrittenSheet
from evalgate.domain.finding import Outcome, Verdict
from evalgate.domain.scale import BINARY
from evalgate.domain.sheet import Absence
from evalgate.pipeline import sealing
from evalgate.pipeline.sealing import seal_of
from evalgate.sources.digests import canonical, digest_of_json

marks = st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from(Absence)
slices = st.dictionaries(st.text(max_size=3), st.text(max_size=3) | st.integers() | st.booleans())


@st.composite
def sheets(draw: st.DrawFn) -> WrittenSheet:
    """A written sheet of any size, the empty one too."""
    ids = draw(st.lists(st.text(max_size=4), unique=True, max_size=5))
    size = len(ids)
    column = st.lists(marks, min_size=size, max_size=size)
    columns = draw(st.dictionaries(st.text(max_size=3), column, max_size=3))
    return WrittenSheet(
        run_id="run",
        candidate="Zürich",
        candidate_digest="sha256:c",
        judgements_digest="sha256:j",
        ids=tuple(ids),
        inputs_digests=tuple(f"sha256:{case}" for case in ids),
        slices=tuple(draw(st.lists(slices, min_size=size, max_size=size))),
        clusters=tuple(
            draw(st.lists(st.none() | st.text(max_size=2), min_size=size, max_size=size))
        ),
        columns={
            name: WrittenColumn(scale=BINARY, marks=tuple(drawn)) for name, drawn in columns.items()
        },
    )


@given(candidate=sheets(), baseline=st.none() | sheets())
def test_a_seal_is_the_digest_of_the_json(
    candidate: WrittenSheet, baseline: WrittenSheet | None
) -> None:
    """Written piece by piece, byte for byte the same."""
    decision = Decision(
        suite="quiz",
        suites=("quiz",),
        evalset="quiz@v1",
        verdict=Verdict.PASSED,
        outcome=Outcome.GREEN,
        exit_code=0,
        rulings=(),
        rules=(),
        decided_on=dt.date(2026, 11, 21),
        candidate=candidate,
        baseline=baseline,
        seal="of before",
    )

    whole = digest_of_json(decision.model_dump(mode="json", exclude={"seal"}))

    assert seal_of(decision) == whole


def test_more_cases_than_are_written_at_once_have_one_seal() -> None:
    """The pieces are joined without a seam."""
    count = 2 * sealing.AT_ONCE + 1
    values: list[JsonValue] = list(range(count))

    assert b"".join(sealing._array(values)) == canonical(values)
