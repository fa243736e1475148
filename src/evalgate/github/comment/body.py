"""What a reviewer reads: the verdict, what changed, what does not hold, and the worst cases."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from evalgate.domain.night import PastNight
from evalgate.domain.particulars import Particulars
from evalgate.errors import Problem
from evalgate.github.comment.case_items import case_sections
from evalgate.github.comment.headings import NO_VERDICT, counts_of, glance_at, suites_text
from evalgate.github.comment.links import link
from evalgate.github.comment.missing_items import missing_section
from evalgate.github.comment.rule_rows import brief, own_policy_section, rule_sections
from evalgate.github.comment.sections import Section, fitted
from evalgate.github.comment.trend import trend_sections
from evalgate.github.marks import Stamp, stamped
from evalgate.github.reports import SuiteReport, decisions_in
from evalgate.report.baseline_text import origin_lines
from evalgate.report.decision_text import headline, verdict_line
from evalgate.report.numbers import count, duration, usd
from evalgate.report.policy_text import policy_lines
from evalgate.report.said import in_markdown
from evalgate.report.simulated import simulated_note
from evalgate.report.standing_text import standing_lines
from evalgate.report.titles import title_of
from evalgate.report.warning_text import warning_words

MOST_BYTES = 60_000  # GitHub takes 65,536 characters
MOST_CASES, MOST_FILES, MOST_VERDICTS, MOST_LINKS = 5, 20, 30, 10
FEW_FILES = 3  # more of them would push the rules off the screen
LONGEST = 400  # of a suite's and a candidate's names and of what is said of them
LAST = 5  # lines: what can let loosenings in, what the change's own policy and a first verdict say
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
    report_url: str = ""  # by the job's word; what a report says of itself comes after it
    nights: tuple[PastNight, ...] = ()  # the oldest first, this one's last


class Sections(NamedTuple):
    """What stands between the verdict line and the foot."""

    verdicts: Section
    rules: Section  # that do not hold
    own_policy: Section
    changed: Section
    warnings: Section
    missing: Section
    cases: tuple[Section, ...]
    held: Section


def comment_body(reports: Sequence[SuiteReport], setting: Setting) -> str:
    """The comment, at most 60,000 bytes of it.

    What there is no room for is left out from the end: rules that hold, then cases, then warnings,
    changed files, nights, what the change's own policy says, then rules that do not hold, the red
    ones last.
    """
    head = f"{stamped(setting.mark, setting.stamp)}\n{heading(reports)}"
    found = sections_of(reports, MOST_CASES, MOST_FILES, MOST_VERDICTS)
    by_weight = [
        *(found.verdicts, found.rules, found.own_policy),
        *trend_sections(setting.nights),
        *(found.changed, found.warnings, found.missing, *found.cases, found.held),
    ]
    return fitted(head, by_weight, foot(reports, setting), MOST_BYTES, ELSEWHERE)


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
    glance, suites = glance_at(decisions), in_markdown(suites_text(decisions))
    return f"## {glance.mark} evalgate: {glance.words}\n\n{counts_of(decisions)}. {suites}."


def sections_of(
    reports: Sequence[SuiteReport], most_cases: int, most_files: int, most_verdicts: int
) -> Sections:
    """Everything that reports say, each at most so many times."""
    decisions = decisions_in(reports)
    rules, held = rule_sections(decisions)
    files = list(dict.fromkeys(name for report in reports for name in report.particulars.changed))
    verdicts = list(_verdicts(reports, most_verdicts))
    warnings = [
        f"- {in_markdown(brief(title_of(decision)))}: {in_markdown(warning_words(warning))}"
        for decision in decisions
        for warning in decision.warnings
    ]
    return Sections(
        Section("verdict", len(verdicts), "", verdicts[:most_verdicts], first=True),
        rules,
        own_policy_section(decisions),
        _changed(files, most_files),
        Section("warning", len(warnings), "### Warnings\n", warnings),
        missing_section(reports),
        tuple(case_sections(reports, most_cases)),
        held,
    )


def _changed(files: Sequence[str], most: int) -> Section:
    """A few files are named at once; many are folded."""
    if 0 < len(files) <= FEW_FILES:
        line = f"What changed: {', '.join(map(in_markdown, files))}"
        return Section("list of changed files", 1, "", [line], first=True)
    lines = [f"- {in_markdown(name)}" for name in files[:most]]
    opening = f"<details><summary>What changed: {count(len(files), 'file')}</summary>\n"
    return Section("changed file", len(files), opening, lines, "\n</details>", first=True)


def _verdicts(reports: Sequence[SuiteReport], most_below: int) -> Iterator[str]:
    """Each suite's own, and below it by what it was decided.

    A change may soften more than there is room for; what that means for it comes last, and stays.
    """
    for decision in decisions_in(reports):
        said = in_markdown(brief(headline(decision), LONGEST))
        also = [
            simulated_note(decision.models),
            *origin_lines(decision.baseline_file),
            *policy_lines(decision),
            *standing_lines(decision),
        ]
        verdict = in_markdown(verdict_line(decision).removeprefix("verdict: "))
        below = [_below(each) for each in also if each]
        if (left := len(below) - most_below) > 0:
            below[most_below - LAST : -LAST] = [_below(f"  and {count(left)} more")]
        yield "\n".join([f"- {glance_at([decision]).mark} {said}: **{verdict}**", *below])


def _below(line: str) -> str:
    """An item under a suite's; a line that is set in on a terminal is set in here, too."""
    indent = "    " if line.startswith(" ") else "  "
    return f"{indent}- {in_markdown(brief(line, LONGEST))}"


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
        ("full report", [setting.report_url or each.report_url for each in known]),
        ("MLflow run", [each.mlflow_run_url for each in known]),
    ):
        distinct = [address for address in dict.fromkeys(addresses) if address]
        for number, address in enumerate(distinct[:MOST_LINKS], 1):
            numbered = f"{words} {count(number)}" if len(distinct) > 1 else words
            made = link(numbered, address, setting.origins)
            if made.startswith("["):
                yield made
