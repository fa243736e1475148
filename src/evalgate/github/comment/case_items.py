"""The cases that got worse, worst first: what was asked, what changed, what the judge said."""

from collections.abc import Iterator, Sequence
from functools import partial

from evalgate.domain.comparison import Comparison, ScoreChange, WorsenedCase
from evalgate.domain.decision import Decision
from evalgate.domain.finding import Outcome
from evalgate.gate.contrast import mark_of_case, worse_cases
from evalgate.github.comment.figures import sheets_of
from evalgate.github.comment.sections import Section
from evalgate.github.reports import SuiteReport
from evalgate.report.comparison import NOT_KEPT, change_texts
from evalgate.report.evidence_text import ABSENT
from evalgate.report.markdown import marked_words
from evalgate.report.numbers import count
from evalgate.report.said import in_markdown
from evalgate.report.titles import title_of

LONGEST_TEXT, LONGEST_REASON = 300, 300
RED, OTHER = "<details open>", "<details>"
LONGEST_DIFF_BYTES = 4_000  # beyond, the two answers are shown by their beginnings


def case_sections(reports: Sequence[SuiteReport], most: int) -> Iterator[Section]:
    """One section for each report in which a case got worse."""
    for report in reports:
        document = report.document
        if isinstance(document, Comparison):
            cases: Sequence[WorsenedCase] = document.worsened
            total = document.worsened_count
        else:
            cases = worsened_in(document)
            total = len(cases)
        if total:
            is_red = any(one.outcome is Outcome.RED for one in report.decisions)
            item = partial(_item, blocking=_blocking(report), several=len(report.decisions) > 1)
            whose = in_markdown(title_of(document), LONGEST_TEXT)
            title = f"{count(total, 'case')} got worse: {whose}"
            yield Section(
                "case",
                max(total, len(cases)),
                f"{RED if is_red else OTHER}<summary><strong>{title}</strong></summary>\n",
                map(item, cases[:most]),
                "\n</details>",
            )


def worsened_in(decision: Decision) -> list[WorsenedCase]:
    """What a decision alone knows of them: which cases, and how their scores fell."""
    candidate, baseline = sheets_of(decision)
    if baseline is None:
        return []
    scores = [name for name in candidate.columns if name in baseline.columns]
    fallen = sorted(
        (-len(drops), -sum(drops.values()), case, list(drops))
        for case, drops in worse_cases(scores, candidate, baseline)
    )
    return [
        WorsenedCase(
            case_id=case,
            version=decision.candidate.candidate,
            inputs="",
            before="",
            after="",
            changes=tuple(
                ScoreChange(
                    score=name,
                    before=mark_of_case(baseline.columns[name], case),
                    after=mark_of_case(candidate.columns[name], case),
                )
                for name in worse
            ),
        )
        for _, _, case, worse in fallen
    ]


def _blocking(report: SuiteReport) -> frozenset[str]:
    """The scores that some rule blocks for."""
    rulings = (ruling for decision in report.decisions for ruling in decision.rulings)
    return frozenset(one.finding.rule.score for one in rulings if one.outcome is Outcome.RED)


def _item(case: WorsenedCase, *, blocking: frozenset[str], several: bool) -> str:
    return "\n".join([*_lines(case, several=several), *_changes(case, blocking)])


def _lines(case: WorsenedCase, *, several: bool) -> Iterator[str]:
    """The case with its inputs, and both answers; the version where there are more."""
    version = f" ({in_markdown(case.version, LONGEST_TEXT)})" if several else ""
    inputs = f": {in_markdown(case.inputs, LONGEST_TEXT)}" if case.inputs.strip() else ""
    named = in_markdown(case.case_id, LONGEST_TEXT) or ABSENT  # nothing between ** is a line across
    yield f"- **{named}**{version}{inputs}"
    if case.before.strip() or case.after.strip():
        kept = "" if case.before_kept else f" ({NOT_KEPT})"
        yield f"  - answer: {_answers(case)}{kept}"


def _changes(case: WorsenedCase, blocking: frozenset[str]) -> Iterator[str]:
    """Its scores, first those that a rule blocks for, which stand out."""
    silent: dict[str, list[str]] = {}
    for change in sorted(case.changes, key=lambda change: change.score not in blocking):
        name, moved = in_markdown(change.score, LONGEST_TEXT), " → ".join(change_texts(change))
        name = f"**{name}**" if change.score in blocking and name else name
        if change.reason.strip():
            yield f"  - {name} {moved}: {in_markdown(change.reason, LONGEST_REASON)}"
        else:
            silent.setdefault(moved, []).append(name)
    # those of which no judge said why share a line
    yield from (f"  - {', '.join(names)} {moved}" for moved, names in silent.items())


def _answers(case: WorsenedCase) -> str:
    if not case.before_kept:
        return in_markdown(case.after, LONGEST_TEXT)
    words = marked_words(case.before, case.after)
    if len(words.encode()) <= LONGEST_DIFF_BYTES:
        return words
    before, after = (in_markdown(text, LONGEST_TEXT) for text in (case.before, case.after))
    return f"<del>{before}</del> <ins>{after}</ins>"
