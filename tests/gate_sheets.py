"""Scoresheets in a few words, and hypothesis strategies for rules, scales and sheets."""

from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

from evalgate.domain.case import SliceValue
from evalgate.domain.rule import QUANTILES, Rule
from evalgate.domain.scale import BINARY, MEASURED, Scale
from evalgate.domain.sheet import Absence, CaseFacts, Column, Mark, Scoresheet

LOWER = Scale(kind="binary", better="lower")
STARS = Scale(kind="ordinal", low=1, high=5)
FAULTS = Scale(kind="ordinal", low=0, high=4, better="lower")
SHARE = Scale(kind="continuous", low=0, high=1)
OPEN = Scale(kind="continuous", low=None, high=None)
SCALES = (BINARY, LOWER, STARS, FAULTS, SHARE, OPEN, MEASURED)

GONE = Absence.NOT_PRODUCED
SILENT = Absence.UNANSWERED
UNREAD = Absence.UNSCORED


def case_name(index: int) -> str:
    return f"c{index:04}"


def sheet(
    marks: Sequence[Mark],
    scale: Scale = BINARY,
    *,
    score: str = "s",
    slices: Sequence[Mapping[str, SliceValue]] = (),
    clusters: Sequence[str | None] = (),
    partial: str = "",
) -> Scoresheet:
    """A run with one score; cases are c0000, c0001, … in the order of the marks."""
    names = [case_name(index) for index in range(len(marks))]
    facts = {
        name: CaseFacts(
            f"inputs of {name}",
            slices[index] if slices else {},
            clusters[index] if clusters else None,
        )
        for index, name in enumerate(names)
    }
    columns = {score: Column(scale, dict(zip(names, marks, strict=True)))}
    return Scoresheet(facts, columns, partial)


def rule(bound: str = "at_least", number: float | str = 0.5, **options: Any) -> Rule:
    """A rule on the score `s`, written as people write it."""
    return Rule.model_validate({"score": "s", bound: number, **options})


def marks_on(scale: Scale) -> st.SearchStrategy[Mark]:
    """Every kind of mark that this scale allows, scores more often than absences."""
    return st.one_of(scores_on(scale), scores_on(scale), st.sampled_from(list(Absence)))


def scores_on(scale: Scale) -> st.SearchStrategy[float]:
    match scale.kind:
        case "binary":
            return st.sampled_from([0.0, 1.0])
        case "ordinal":
            assert scale.low is not None
            assert scale.high is not None
            return st.integers(int(scale.low), int(scale.high)).map(float)
        case _:
            # eighths add up without rounding, so that what is equal stays equal
            low = 0 if scale.low is not None else -40
            high = int(scale.high * 8) if scale.high is not None else 40
            return st.integers(low, high).map(lambda eighths: eighths / 8)


@st.composite
def rules_on(draw: st.DrawFn, scale: Scale) -> Rule:
    """Every rule that fits the scale: each bound, each statistic, each option."""
    drop = "max_drop" if scale.better == "higher" else "max_rise"
    options: dict[str, Any] = {"score": "s"}
    bound = draw(st.sampled_from(["at_least", "at_most", drop, "min_gain"]))
    stats = ["mean", "mean", "rate", "total"]
    if bound in ("at_least", "at_most"):
        stats += [*QUANTILES, "min", "max"]
        options[bound] = draw(scores_on(scale))
        stat = draw(st.sampled_from(stats))
        if stat == "rate":
            options[bound] = draw(st.sampled_from([0.1, 0.5, 0.9]))
    else:
        stat = draw(st.sampled_from([s for s in stats if s != "rate" or bound != "max_rise"]))
        options[bound] = draw(st.sampled_from([0, 0.05, 0.25, 1]))
    options["stat"] = stat
    if stat == "rate":
        options["pass_at"] = draw(scores_on(scale))
    if stat not in ("min", "max"):
        options["confidence"] = draw(st.sampled_from([0.6, 0.8, 0.95]))
    options["min_cases"] = draw(st.sampled_from([1, 1, 1, 4]))
    options["min_coverage"] = draw(st.sampled_from([0.05, 0.5, 0.95]))
    options["fail"] = draw(st.sampled_from(["significant", "strict"]))
    return Rule.model_validate(options)


@st.composite
def situations(
    draw: st.DrawFn, *, scales: Sequence[Scale] = SCALES
) -> tuple[Rule, Scale, list[Mark], list[Mark]]:
    """A rule, its scale, and the marks of a candidate and of a baseline.

    Cases come in blocks of equal ones: so there are enough of them for every verdict.
    """
    scale = draw(st.sampled_from(list(scales)))
    kinds = st.tuples(scores_on(scale), scores_on(scale), st.integers(1, 30))
    holes = st.tuples(marks_on(scale), marks_on(scale), st.integers(1, 2))
    blocks = draw(st.lists(kinds, min_size=1, max_size=2)) + draw(st.lists(holes, max_size=2))
    ours: list[Mark] = [block[0] for block in blocks for _ in range(block[2])]
    before: list[Mark] = [block[1] for block in blocks for _ in range(block[2])]
    return draw(rules_on(scale)), scale, ours, before


def trials_sheet(
    trials: Sequence[Sequence[Mark]], scale: Scale = BINARY, *, partial: str = ""
) -> Scoresheet:
    """A run in which every case was answered as often; one sequence of marks for each case."""
    plain = sheet([marks[0] for marks in trials], scale, partial=partial)
    columns = {
        "s": Column(scale, dict(zip(plain.cases, map(tuple, trials), strict=True)), len(trials[0]))
    }
    return Scoresheet(plain.cases, columns, partial)
