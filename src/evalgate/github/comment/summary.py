"""The job's summary: the same as the comment says, with nothing left out that fits."""

from collections.abc import Iterator, Sequence

from evalgate.domain.comparison import Comparison
from evalgate.github.comment.body import Setting, foot, heading, sections_of
from evalgate.github.comment.rule_rows import brief, table_row, whole
from evalgate.github.comment.sections import Section, fitted
from evalgate.github.comment.trend import trend_sections
from evalgate.github.reports import SuiteReport
from evalgate.report.comparison import score_columns, score_rows
from evalgate.report.markdown_parts import markdown_table
from evalgate.report.said import in_markdown
from evalgate.report.titles import title_of

MOST_BYTES = 1_000_000  # the runner drops a summary of more than 1 MiB as a whole
MOST = 1_000_000
ELSEWHERE = "The report's own files have them."


def job_summary(
    reports: Sequence[SuiteReport], setting: Setting, most_bytes: int = MOST_BYTES
) -> str:
    """Every rule, score and case that a report holds, within the limit."""
    found = sections_of(reports, MOST, MOST, MOST)
    by_weight = [
        *(found.verdicts, found.rules, found.own_policy, found.changed),
        *trend_sections(setting.nights),
        *(found.warnings, found.missing, *_scores(reports), *found.cases, found.held),
    ]
    return fitted(heading(reports), by_weight, foot(reports, setting), most_bytes, ELSEWHERE)


def _scores(reports: Sequence[SuiteReport]) -> Iterator[Section]:
    for report in reports:
        if isinstance(report.document, Comparison):
            head = [column.title for column in score_columns(report.document)]
            first, second = markdown_table(head, [])
            lines = [
                table_row([_cell(name, cell) for name, cell in zip(head, row, strict=True)])
                for row in score_rows(report.document)
            ]
            title = f"### Scores: {in_markdown(brief(title_of(report.document)))}"
            yield Section("score", len(lines), f"{title}\n\n{first}\n{second}", lines)


def _cell(column: str, text: str) -> str:
    return whole(text) if column == "bounds" else in_markdown(brief(text))
