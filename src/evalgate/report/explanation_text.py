"""One rule of one run at length: the arithmetic, what it means for the build, and the cases."""

from evalgate.domain.explanation import Explanation
from evalgate.report.case_lists import case_list_lines
from evalgate.report.explaining import explain_finding
from evalgate.report.markdown_parts import LONG
from evalgate.report.outcome_words import ruling_words
from evalgate.report.said import in_markdown
from evalgate.report.standing_text import first_line


def render_explanation(explained: Explanation) -> str:
    """Tell how a rule came out, then list the cases that it rests on."""
    lists = {
        "against it": explained.against,
        "in favour": explained.in_favour,
        "not produced": explained.not_produced,
        "without a score": explained.missing,
    }
    ruling = explained.ruling
    told = f"{explain_finding(ruling.finding)}\noutcome: {ruling_words(ruling)}\n"
    if said := explained.stands:
        told += f"{first_line(explained.first_run, said.verdict, said.exit_code)}\n"
    lines = case_list_lines(lists)
    return told + "".join(f"{line}\n" for line in (["", *lines] if lines else []))


def explanation_markdown(explained: Explanation) -> str:
    """The same, every line a paragraph."""
    lines = render_explanation(explained).splitlines()
    return "\n\n".join(in_markdown(line, LONG) for line in lines if line) + "\n"
