"""The published error rates are those that the benchmark found, and it still finds them."""

import math
from dataclasses import replace

import pytest

import verdict_rates
from doc_pages import PROJECT, page
from evalgate.domain.finding import Verdict
from evalgate.errors import ExitCode
from verdict_rates_cells import Table, naive, rates_of
from verdict_rates_drawing import Asked
from verdict_rates_kinds import KINDS, Cell, cells
from verdict_rates_pages import RATES, load_rates, remark, short_table, whole_table, written
from verdict_rates_stored import Expected, refuse_other_verdict

PUBLISHED = load_rates(PROJECT / RATES)
NAMED = {rates.cell: rates for rates in PUBLISHED}


def cell_named(name: str) -> Cell:
    """A fixed cell by what its seed is made of."""
    return next(cell for cell in cells() if cell.name == name)


def test_pages_and_pictures_are_drawn_from_the_published_rates() -> None:
    """`python benchmarks/verdict_rates_pages.py` writes them again."""
    for path, text in written(PUBLISHED, PROJECT).items():
        assert (PROJECT / path).read_text(encoding="utf-8") == text, path


def test_every_fixed_cell_is_published() -> None:
    assert [cell.key for cell in cells()] == [rates.cell for rates in PUBLISHED]


def test_no_published_rate_is_above_its_limit() -> None:
    """Known exceptions have one of their own, and are named beneath the table."""
    assert not [cell for cell in PUBLISHED if cell.is_missed]
    known = {kind.name for kind in KINDS if kind.most > 0.05}
    assert all(f"- **{name}**" in page("docs/evidence.md").text for name in known)
    assert {cell.kind for cell in PUBLISHED if remark(cell)} <= known


@pytest.mark.parametrize(
    "name", ["binary, worse, 20 cases, flips 0.1", "ordinal, unchanged, 50 cases, flips 0.2"]
)
def test_a_published_cell_is_what_the_gate_says_today(name: str) -> None:
    """Seeded: the rates are the same to the last run, or the gate has changed since."""
    cell = cell_named(name)

    published = NAMED[cell.key]
    assert rates_of(cell, published.runs, 0) == published


def test_a_few_small_cells_run_and_keep_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """`--quick`: every kind of scores, with both truths."""
    before = (PROJECT / RATES).stat().st_mtime_ns

    assert verdict_rates.main(["--quick"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert {line.split(" | ")[0].removeprefix("| ") for line in lines[2:-1]} == {
        kind.name for kind in KINDS
    }
    assert lines[-1].startswith(f"{4 * len(KINDS)} cells, 0 missed, ")
    assert (PROJECT / RATES).stat().st_mtime_ns == before


def test_a_rate_above_its_limit_is_missed() -> None:
    """By more than three errors of the simulation; more runs make it stricter."""
    good = replace(PUBLISHED[0], runs=1000, failed=0.05, most=0.05)

    assert [replace(good, failed=share).is_missed for share in (0.05, 0.07, 0.08)] == [0, 0, 1]
    assert replace(good, failed=0.07, runs=100_000).is_missed
    assert not replace(good, failed=0.08, most=0.077).is_missed
    assert "missed" in remark(replace(good, failed=0.5))
    assert remark(replace(good, failed=0.08, most=0.077)) == "known exception"


def test_the_short_table_has_the_worst_of_each_kind() -> None:
    """Also where another number of cases, or another rate of change, is the worst."""
    rows = {row.split(" | ")[0]: row for row in short_table(PUBLISHED)}
    worst = max(
        cell.failed for cell in PUBLISHED if (cell.kind, cell.truth) == ("binary", "unchanged")
    )

    assert f" | {worst * 100:.1f} % | " in rows["| binary"].replace("| binary", "", 1)
    assert len(rows) == 2 + len(KINDS)
    assert len(list(whole_table(PUBLISHED))) == 2 + len(PUBLISHED)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_the_simulated_truth_is_what_it_is_said_to_be(kind: object) -> None:
    """On average an unchanged candidate differs by nothing, a worse one by what is stated."""
    import numpy as np

    assert isinstance(kind, type(KINDS[0]))
    for drop in (0.0, kind.worse_by):
        chance = np.random.default_rng(20261121)
        drawn = kind.draw(chance, Asked(300, 200, kind.flips[-1], drop))
        change = drawn.new - (drawn.old if kind.at_least is None else kind.at_least)
        if kind.sliced:
            change = change[:, ::10]
        error = 4 * float(np.nanstd(np.nanmean(change, axis=1))) / math.sqrt(300)
        assert float(np.nanmean(change)) == pytest.approx(-drop, abs=max(error, 1e-9))


def test_a_naive_gate_looks_at_the_estimate_alone() -> None:
    """Two pairs of runs by hand: no drop, and one case of two lost."""
    import numpy as np

    from verdict_rates_drawing import Drawn

    cell = cell_named("binary, worse, 20 cases, flips 0.1")._replace(cases=2)
    old = np.array([[1.0, 1.0], [1.0, 1.0]])
    drawn = Drawn(np.array([[1.0, 1.0], [1.0, 0.0]]), old)

    assert (naive(cell, drawn, 0.05), naive(cell, drawn, 0.5), naive(cell, drawn, 0.0)) == (
        0.5,
        1,
        0.5,
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", ["binary", "missing scores", "3 trials", "10 slices"])
def test_stored_runs_come_to_the_simulated_verdict(name: str) -> None:
    """The whole way, MLflow included; and another verdict or exit code is noticed."""
    rates_of(cell_named(f"{name}, worse, 50 cases, flips 0.1"), 1, 1)

    kind = KINDS[0]
    sheets = Table(kind, 20).sheets([1.0] * 20, [1.0] * 20)
    right = Expected(kind.rules("block"), Verdict.UNDECIDED, ExitCode.UNDECIDED)
    refuse_other_verdict(sheets, [right])
    for wrong in (right._replace(verdict=Verdict.PASSED), right._replace(code=ExitCode.OK)):
        with pytest.raises(AssertionError, match="stored runs say"):
            refuse_other_verdict(sheets, [wrong])
