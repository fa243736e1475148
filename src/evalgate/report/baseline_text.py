"""A baseline file in words, and what a decision says of the one it rests on."""

from collections.abc import Iterator

from evalgate.domain.baseline_file import BaselineOrigin, BaselineShown
from evalgate.report.case_lists import case_list_lines
from evalgate.report.markdown_parts import markdown_list
from evalgate.report.numbers import count, number
from evalgate.report.said import on_screen

SHORT = 12  # characters of a commit


def render_baseline(shown: BaselineShown) -> str:
    """What the file is a baseline of, who set it and when."""
    return "".join(f"{on_screen(line)}\n" for line in _lines(shown))


def baseline_markdown(shown: BaselineShown) -> str:
    """The same as a list."""
    return "\n".join(markdown_list(_lines(shown))) + "\n"


def _lines(shown: BaselineShown) -> Iterator[str]:
    trials = f" x {shown.trials} trials" if shown.trials > 1 else ""
    yield f"{shown.path}: {shown.candidate} on {shown.evalset}"
    yield f"{count(shown.cases, 'case')}{trials}, judged by {', '.join(shown.judges)}"
    for judge in dict.fromkeys((*shown.means, *shown.means_before)):
        yield _mean_words(judge, shown)
    if shown.commit:
        changed = ", with changes that were not committed" if shown.dirty else ""
        yield f"run {shown.run_id} at commit {shown.commit[:SHORT]}{changed}"
    else:
        yield f"run {shown.run_id}"
    yield f"set by {shown.set_by} on {shown.set_at:%Y-%m-%d}"
    yield shown.seal


def _mean_words(judge: str, shown: BaselineShown) -> str:
    """`exact_match: mean 0.8250 (0.8000 in the file before)`."""
    now, before = (
        number(mean) if (mean := means.get(judge)) is not None else "no score"
        for means in (shown.means, shown.means_before)
    )
    beside = f" ({before} in the file before)" if shown.means_before else ""
    return f"{judge}: mean {now}{beside}"


def origin_lines(origin: BaselineOrigin | None) -> list[str]:
    """Where a decision's baseline comes from, and which of its cases could not be used."""
    if origin is None:
        return []
    at = f" at {origin.at[:SHORT]}" if origin.at else ""
    said = f"baseline: {origin.path}{at}, set by {origin.set_by} on {origin.set_on}"
    lists = {
        "removed since the baseline": origin.removed,
        "another answer is expected since the baseline, whose own is not kept": (
            origin.not_judged_again
        ),
    }
    return [on_screen(f"{said}, of {origin.evalset}"), *case_list_lines(lists)]
