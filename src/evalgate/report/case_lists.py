"""Lists of case ids, cut where nobody would read on."""

from collections.abc import Mapping, Sequence

from evalgate.report.numbers import count
from evalgate.report.said import on_screen

MOST = 40


def case_list_lines(lists: Mapping[str, Sequence[str]]) -> list[str]:
    """One line per list that has cases: its label, how many, and their ids."""
    paragraphs = []
    for label, cases in lists.items():
        if not cases:
            continue
        shown = ", ".join(on_screen(case) for case in cases[:MOST])
        more = f", and {count(len(cases) - MOST)} more" if len(cases) > MOST else ""
        paragraphs.append(f"{label} ({count(len(cases), 'case')}): {shown}{more}")
    return paragraphs
