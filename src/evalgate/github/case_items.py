"""The cases that got worse, worst first: what was asked, what changed, what the judge said."""

from collections.abc import Iterator, Sequence

from evalgate.domain.comparison import Comparison, ScoreChange, WorsenedCase
from evalgate.domain.decision import Decision
from evalgate.domain.finding import Outcome
from evalgate.gate.contrast import drop_of, mark_of_case
from evalgate.github.figures import sheets_of
from evalgate.github.reports import SuiteReport
from evalgate.github.sections import Section
from evalgate.report.comparison import NOT_KEPT, change_texts
from evalgate.report.markdown import marked_words
from evalgate.report.numbers import count
from evalgate.report.said import in_markdown

LONGEST_TEXT, LONGEST_REASON = 300, 500
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
            title = f"{count(total, 'case')} got worse: {in_markdown(document.suite, LONGEST_TEXT)}"
            yield Section(
                "case",
                max(total, len(cases)),
                f"<details{' open' if is_red else ''}><summary>{title}</summary>\n",
                map(_item, cases[:most]),
                "\n</details>",
            )


def worsened_in(decision: Decision) -> list[WorsenedCase]:
    """What a decision alone knows of them: which cases, and how their scores fell."""
    candidate, baseline = sheets_of(decision)
    if baseline is None:
        return []
    scores = [name for name in candidate.columns if name in baseline.columns]
    fallen = []
    for case, facts in candidate.cases.items():
        twin = baseline.cases.get(case)
        if twin is None or twin.inputs_digest != facts.inputs_digest:
            continue
        drops = {name: drop_of(name, case, candidate, baseline) for name in scores}
        if worse := [name for name, drop in drops.items() if drop > 0]:
            fallen.append((-len(worse), -sum(drops.values()), case, worse))
    fallen.sort()
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


def _item(case: WorsenedCase) -> str:
    return "\n".join(_lines(case))


def _lines(case: WorsenedCase) -> Iterator[str]:
    version = in_markdown(case.version, LONGEST_TEXT)
    yield f"- **{in_markdown(case.case_id, LONGEST_TEXT)}** ({version})"
    if case.inputs.strip():
        yield f"  - inputs: {in_markdown(case.inputs, LONGEST_TEXT)}"
    if case.before.strip() or case.after.strip():
        kept = "" if case.before_kept else f" ({NOT_KEPT})"
        yield f"  - answer: {_answers(case)}{kept}"
    for change in case.changes:
        before, after = change_texts(change)
        said = in_markdown(change.reason, LONGEST_REASON) if change.reason.strip() else ""
        reason = f": {said}" if said else ""
        yield f"  - {in_markdown(change.score, LONGEST_TEXT)} {before} → {after}{reason}"


def _answers(case: WorsenedCase) -> str:
    if not case.before_kept:
        return in_markdown(case.after, LONGEST_TEXT)
    words = marked_words(case.before, case.after)
    if len(words.encode()) <= LONGEST_DIFF_BYTES:
        return words
    before, after = (in_markdown(text, LONGEST_TEXT) for text in (case.before, case.after))
    return f"<del>{before}</del> <ins>{after}</ins>"
