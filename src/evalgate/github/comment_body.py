"""What a reviewer reads: the verdict, what changed, what does not hold, and the worst cases."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evalgate.errors import Problem
from evalgate.github.case_items import case_sections
from evalgate.github.headings import NO_VERDICT, counts_of, glance_at, suites_text
from evalgate.github.links import link
from evalgate.github.marks import Stamp, stamped
from evalgate.github.particulars import Particulars
from evalgate.github.reports import SuiteReport, decisions_in, exit_code_of
from evalgate.github.rule_rows import brief, rule_sections
from evalgate.github.sections import Section, fitted
from evalgate.report.baseline_text import origin_lines
from evalgate.report.decision_text import headline, verdict_line
from evalgate.report.numbers import count, duration, usd
from evalgate.report.policy_text import policy_lines
from evalgate.report.said import in_markdown
from evalgate.report.simulated import simulated_note
from evalgate.report.standing_text import standing_lines
from evalgate.report.warning_text import warning_words

MOST_BYTES = 60_000  # GitHub takes 65,536 characters
MOST_CASES, MOST_FILES, MOST_VERDICTS = 10, 20, 30
LONGEST = 400  # of a suite's and a candidate's names and of what is said of them
NEVER = Stamp(0, 0)
ELSEWHERE = "The job's summary has them."


@dataclass(frozen=True, slots=True)
class Setting:
    """Whose text this is, which run wrote it, and where its links may lead."""

    mark: str
    stamp: Stamp = NEVER
    head_sha: str = ""
    run_url: str = ""
    origins: tuple[str, ...] = ()


def comment_body(reports: Sequence[SuiteReport], setting: Setting) -> str:
    """The comment, at most 60,000 bytes of it.

    What there is no room for is left out from the end: rules that hold, then cases, then warnings,
    then changed files, then rules that do not hold, the red ones last.
    """
    head = f"{stamped(setting.mark, setting.stamp)}\n{heading(reports)}"
    sections = sections_of(reports, MOST_CASES, MOST_FILES, MOST_VERDICTS)
    return fitted(head, sections, foot(reports, setting), MOST_BYTES, ELSEWHERE)


def body_without_report(problems: Sequence[Problem], setting: Setting) -> str:
    """What is said when there is no report, or none that can be trusted: no verdict."""
    head = (
        f"{stamped(setting.mark, setting.stamp)}\n"
        f"## {NO_VERDICT.mark} evalgate: {NO_VERDICT.words}\n\n"
        "There is no report of this run that could be used. Whatever was said here before is of"
        " an earlier commit."
    )
    lines = [f"- {in_markdown(str(problem))}" for problem in problems[:MOST_FILES]]
    section = Section("fault", len(problems), "### Faults\n", lines)
    return fitted(head, [section], foot([], setting), MOST_BYTES, "The job's log has them.")


def heading(reports: Sequence[SuiteReport]) -> str:
    """The verdict line."""
    decisions = decisions_in(reports)
    glance, code = glance_at(decisions), int(exit_code_of(reports))
    suites = in_markdown(suites_text(decisions))
    return (
        f"## {glance.mark} evalgate: {glance.words}\n\n"
        f"**{counts_of(decisions)}** (exit {code}); {suites}."
    )


def sections_of(
    reports: Sequence[SuiteReport], most_cases: int, most_files: int, most_verdicts: int
) -> list[Section]:
    """Everything between the verdict line and the foot, the most important first."""
    decisions = decisions_in(reports)
    bad, good = rule_sections(decisions)
    files = list(dict.fromkeys(name for report in reports for name in report.particulars.changed))
    verdicts = list(_verdicts(reports))
    warnings = [
        f"- {in_markdown(brief(decision.suite))}: {in_markdown(warning_words(warning))}"
        for decision in decisions
        for warning in decision.warnings
    ]
    changed = [f"- {in_markdown(name)}" for name in files[:most_files]]
    return [
        Section("verdict", len(verdicts), "### Verdicts\n", verdicts[:most_verdicts], first=True),
        bad,
        Section("changed file", len(files), "### What changed\n", changed, first=True),
        Section("warning", len(warnings), "### Warnings\n", warnings),
        *case_sections(reports, most_cases),
        good,
    ]


def _verdicts(reports: Sequence[SuiteReport]) -> Iterator[str]:
    for decision in decisions_in(reports):
        said = in_markdown(brief(headline(decision), LONGEST))
        also = [
            simulated_note(decision.models),
            *origin_lines(decision.baseline_file),
            *policy_lines(decision),
            *standing_lines(decision),
        ]
        words = "; ".join(in_markdown(brief(each, LONGEST)) for each in also if each)
        verdict = in_markdown(verdict_line(decision))
        yield f"- {glance_at([decision]).mark} {said}: {verdict}{f'; {words}' if words else ''}"


def foot(reports: Sequence[SuiteReport], setting: Setting) -> str:
    """Cost and time, then where there is more, then which commit this is about."""
    known = [report.particulars for report in reports]
    parts = [*_spent(known), *_links(known, setting)]
    if setting.run_url:
        parts.append(link("this run", setting.run_url, setting.origins))
    if setting.head_sha:
        parts.append(f"commit `{setting.head_sha[:12]}`")
    return f"<sub>{' · '.join(parts)}</sub>" if parts else ""


def _spent(known: Sequence[Particulars]) -> Iterator[str]:
    costs = [each.cost_usd for each in known if each.cost_usd is not None]
    paid = [each.paid_usd for each in known if each.paid_usd is not None]
    seconds = [each.duration_s for each in known if each.duration_s is not None]
    if costs:
        also = f", {usd(math.fsum(paid))} of it paid this time" if paid else ""
        # a dollar sign may begin a formula
        yield in_markdown(f"the answers cost {usd(math.fsum(costs))}{also}")
    if seconds:
        yield f"took {duration(math.fsum(seconds))}"


def _links(known: Sequence[Particulars], setting: Setting) -> Iterator[str]:
    for words, addresses in (
        ("full report", [each.report_url for each in known]),
        ("MLflow run", [each.mlflow_run_url for each in known]),
    ):
        distinct = [address for address in dict.fromkeys(addresses) if address]
        for number, address in enumerate(distinct[:MOST_CASES], 1):
            numbered = f"{words} {count(number)}" if len(distinct) > 1 else words
            made = link(numbered, address, setting.origins)
            if made.startswith("["):
                yield made
