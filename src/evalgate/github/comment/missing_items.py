"""Why scores are missing, in a stranger's words: the most frequent reasons of each run."""

from collections.abc import Sequence

from evalgate.errors import ExitCode
from evalgate.github.comment.rule_rows import brief
from evalgate.github.comment.sections import Section
from evalgate.github.reports import SuiteReport, decisions_in
from evalgate.report.missing_text import missing_words
from evalgate.report.said import in_markdown
from evalgate.report.titles import title_of

LONGEST = 800  # characters of a line: three names of cases may be long


def missing_section(reports: Sequence[SuiteReport]) -> Section:
    """One line for each reason; open where what is missing may be why nothing is decided."""
    lacking = {ExitCode.UNDECIDED, ExitCode.SERVICE}
    is_open = any(one.exit_code in lacking for one in decisions_in(reports))
    lines = [
        f"- {in_markdown(brief(title_of(report.document)))}:"
        f" {in_markdown(missing_words(lack), LONGEST)}"
        for report in reports
        for lack in report.particulars.missing
    ]
    opening = f"<details{' open' if is_open else ''}><summary>Why scores are missing</summary>\n"
    return Section("reason", len(lines), opening, lines, "\n</details>")
