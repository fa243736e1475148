"""Versions side by side for the terminal: scores, the cases that got worse, the verdicts."""

from collections.abc import Iterator, Sequence

from evalgate.domain.comparison import (
    Comparison,
    ObservedValue,
    ScoreChange,
    ScoreLine,
    WorsenedCase,
)
from evalgate.domain.finding import Evidence
from evalgate.domain.sheet import Absence
from evalgate.report.case_lists import case_list_lines
from evalgate.report.decision_text import render_decision
from evalgate.report.evidence_text import ABSENT, method_words, shown_difference
from evalgate.report.numbers import count, mark, marks_beside, number
from evalgate.report.said import on_screen
from evalgate.report.table import Column, table
from evalgate.report.titles import title_of
from evalgate.report.word_diff import word_diff

TOP = 10
NAME_WIDTH = 30
TEXT_WIDTH = 300
NOT_KEPT = "the baseline's answers are not kept"


def render_comparison(comparison: Comparison, top: int = TOP) -> str:
    """Show scores and differences, the `top` cases that got worse, then the verdicts."""
    lines = [comparison_headline(comparison), "", *_scores(comparison)]
    lines += case_changes(comparison)
    lines += ["", *_worsened(comparison, top), ""]
    several = len(comparison.decisions) > 1  # one alone has the headline of the comparison
    verdicts = "\n".join(
        render_decision(decision, titled=several) for decision in comparison.decisions
    )
    return "\n".join(lines) + "\n" + verdicts


def comparison_headline(comparison: Comparison) -> str:
    """Which versions of what are held against which."""
    first, *later = (on_screen(version) for version in comparison.versions)
    return (
        f"{on_screen(title_of(comparison))}: {', '.join(later)} against {first}"
        f" on {on_screen(comparison.evalset)}"
    )


def case_changes(comparison: Comparison) -> list[str]:
    """How many cases the evalset lost and won between the versions."""
    lists = {
        "removed since the baseline": comparison.removed,
        "new, held to thresholds alone": comparison.added,
    }
    return case_list_lines(lists)


def _scores(comparison: Comparison) -> Iterator[str]:
    """All scores side by side, one line for each later version."""
    yield from table(score_columns(comparison), list(score_rows(comparison)))
    methods: dict[str, list[str]] = {}
    for line in comparison.scores:
        for change in filter(None, line.changes):
            by = "" if change.lower is None else "bounds by "
            methods.setdefault(f"{by}{method_words(change)}", []).append(on_screen(line.score))
    for method, scores in methods.items():
        yield f"{method}: {', '.join(dict.fromkeys(scores))}"


def score_columns(comparison: Comparison) -> list[Column]:
    """With two versions their names are the headings; with more, each has its own lines."""
    names = [on_screen(name, NAME_WIDTH) for name in comparison.versions]
    two = len(names) == 2
    return [
        Column("score", most=NAME_WIDTH),
        *([] if two else [Column("version", most=NAME_WIDTH)]),
        Column(names[0], "right"),
        Column(names[1] if two else "value", "right"),
        Column("difference", "right"),
        Column("bounds"),
        Column("wins", "right"),
        Column("losses", "right"),
        Column("ties", "right"),
        Column("missing", "right"),
        Column("scale"),
    ]


def score_rows(comparison: Comparison) -> Iterator[tuple[str, ...]]:
    """One row for each score and later version."""
    two = len(comparison.versions) == 2
    for line in comparison.scores:
        first, *later = line.values
        named = zip(comparison.versions[1:], later, line.changes, strict=True)
        for version, value, change in named:
            yield (
                line.score,
                *(() if two else (version,)),
                _mean(first),
                _mean(value),
                *_change(change),
                _missing(first, value),
                _scale(line),
            )


def _mean(value: ObservedValue) -> str:
    return ABSENT if value.mean is None else number(value.mean)


def _change(change: Evidence | None) -> Iterator[str]:
    texts = shown_difference(change)
    yield texts.estimate
    yield texts.bounds
    for cases in (
        (None, None, None) if change is None else (change.wins, change.losses, change.ties)
    ):
        yield ABSENT if cases is None else count(cases)


def _missing(first: ObservedValue, later: ObservedValue) -> str:
    """Cases without a score, of the baseline and of the later version."""
    return f"{count(first.missing)}, {count(later.missing)}"


def _scale(line: ScoreLine) -> str:
    return str(line.scale)


def _worsened(comparison: Comparison, top: int) -> Iterator[str]:
    total, shown = comparison.worsened_count, comparison.worsened[:top]
    if not total:
        yield "no case got worse"
        return
    several = len(comparison.versions) > 2
    yield f"{worse_count(comparison)} got worse, worst first"
    for case in shown:
        yield ""
        yield from _worsened_case(case, several=several)
    if total > len(shown):
        yield ""
        yield f"and {count(total - len(shown))} more"


def worse_count(comparison: Comparison) -> str:
    """How many got worse: with several later versions one case may be counted in each."""
    what = "answer" if len(comparison.versions) > 2 else "case"
    return count(comparison.worsened_count, what)


def _worsened_case(case: WorsenedCase, *, several: bool) -> Iterator[str]:
    version = f" ({on_screen(case.version, NAME_WIDTH)})" if several else ""
    yield f"case {on_screen(case.case_id)}{version}"
    yield f"  inputs  {on_screen(case.inputs, TEXT_WIDTH)}"
    if case.before_kept:
        yield f"  answer  {word_diff(case.before, case.after)}"
    else:
        yield f"  answer  {on_screen(case.after, TEXT_WIDTH)} ({NOT_KEPT})"
    yield from _changes(case)


def change_texts(change: ScoreChange) -> tuple[str, str]:
    """A case's score before and after, or why there is none."""
    before, after = change.before, change.after
    if isinstance(before, Absence) or isinstance(after, Absence):
        return _mark(before), _mark(after)
    return marks_beside(before, after)


def _mark(found: float | Absence) -> str:
    return found.value.replace("_", " ") if isinstance(found, Absence) else mark(found)


def _changes(case: WorsenedCase) -> Sequence[str]:
    lines = []
    for change in case.changes:
        reason = f"  {on_screen(change.reason, TEXT_WIDTH)}" if change.reason.strip() else ""
        before, after = change_texts(change)
        lines.append(f"  {on_screen(change.score)}  {before} -> {after}{reason}")
    return lines
