"""Findings as annotations: at most ten errors and ten warnings, on the lines they are about."""

from collections.abc import Iterator, Sequence

from evalgate.domain.comparison import Comparison, WorsenedCase
from evalgate.domain.decision import Decision, Ruling
from evalgate.domain.finding import Outcome
from evalgate.github.comment.case_items import worsened_in
from evalgate.github.places import Place, Places
from evalgate.github.reports import SuiteReport, decisions_in
from evalgate.github.toolkit import MOST_OF_A_KIND, Annotation
from evalgate.report.causes import verdict_words
from evalgate.report.comparison import change_texts
from evalgate.report.decision_text import verdict_line
from evalgate.report.findings import evidence_line, finding_lines
from evalgate.report.numbers import count
from evalgate.report.outcome_words import ruling_words
from evalgate.report.said import on_screen
from evalgate.report.titles import title_of

MOST_CASES = 5
"""Worst cases of a report; ten would leave no room for rules that warn."""


def annotations_of(reports: Sequence[SuiteReport], places: Places) -> list[Annotation]:
    """What to write where, the gravest first; a notice counts what there is no room for."""
    found = [
        *_of_rules(reports, places),
        *_of_prompts(reports, places),
        *_of_cases(reports, places),
    ]
    errors = [each for each in found if each.level == "error"]
    warnings = [each for each in found if each.level == "warning"]
    kept = [*errors[:MOST_OF_A_KIND], *warnings[:MOST_OF_A_KIND]]
    if left := len(found) - len(kept):
        said = f"{count(left, 'more finding')}: the job's summary has them"
        kept.append(Annotation("notice", "evalgate", said))
    return kept


def worst_cases(reports: Sequence[SuiteReport]) -> list[tuple[str, WorsenedCase]]:
    """The worst cases of each report, with their evalset; they are what places are wanted for."""
    found: list[tuple[str, WorsenedCase]] = []
    for report in reports:
        document = report.document
        cases: Sequence[WorsenedCase] = (
            document.worsened if isinstance(document, Comparison) else worsened_in(document)
        )
        found += [(document.evalset, case) for case in cases[:MOST_CASES]]
    return found


def _of_rules(reports: Sequence[SuiteReport], places: Places) -> Iterator[Annotation]:
    for outcome in (Outcome.RED, Outcome.YELLOW):
        for decision in decisions_in(reports):
            blocking = [one for one in decision.rulings if one.outcome is outcome]
            yield from (_of_rule(decision, ruling, places) for ruling in blocking)
            red = any(one.outcome is Outcome.RED for one in decision.rulings)
            if outcome is Outcome.RED and decision.exit_code and not red:
                # it blocks without any rule that does
                yield Annotation("error", f"evalgate: {title_of(decision)}", verdict_line(decision))


def _of_rule(decision: Decision, ruling: Ruling, places: Places) -> Annotation:
    finding = ruling.finding
    place = places.rules.get((decision.suite, finding.rule.id), Place("", 0))
    return Annotation(
        "error" if ruling.outcome is Outcome.RED else "warning",
        f"{title_of(decision)}: {ruling_words(ruling)}",
        "\n".join(finding_lines(finding)),
        *place,
    )


def _of_prompts(reports: Sequence[SuiteReport], places: Places) -> Iterator[Annotation]:
    for decision in decisions_in(reports):
        if decision.outcome is Outcome.GREEN:
            continue
        name = decision.candidate.candidate
        said = "\n".join([verdict_line(decision), *_decisive(decision)])
        for place in places.prompts.get(name, ()):
            yield Annotation(
                "error" if decision.outcome is Outcome.RED else "warning",
                f"{title_of(decision)}: {name} was changed here",
                said,
                *place,
            )


def _decisive(decision: Decision) -> Iterator[str]:
    """The rules that make the outcome, each on one line."""
    for finding in (one.finding for one in decision.rulings if one.outcome is decision.outcome):
        known = f": {evidence_line(finding, finding.observed)}" if finding.observed else ""
        yield f"{verdict_words(finding)}: {on_screen(str(finding.rule))}{known}"


def _of_cases(reports: Sequence[SuiteReport], places: Places) -> Iterator[Annotation]:
    if all(decision.outcome is Outcome.GREEN for decision in decisions_in(reports)):
        return
    for evalset, case in worst_cases(reports):
        place = places.cases.get((evalset, case.case_id))
        if place is not None:
            yield Annotation(
                "warning", f"{case.case_id} got worse", "\n".join(_lines(case)), *place
            )


def _lines(case: WorsenedCase) -> Iterator[str]:
    yield f"version: {case.version}"
    for change in case.changes:
        before, after = change_texts(change)
        yield f"{change.score}: {before} -> {after}"
        if change.reason.strip():
            yield f"  {change.reason}"
