"""Decisions as JUnit XML: one test case per rule, and only green ones look like successes."""

from collections.abc import Sequence
from typing import Literal, assert_never
from xml.etree import ElementTree as ET

from evalgate.domain.decision import Decision, Ruling
from evalgate.domain.finding import Outcome, Verdict
from evalgate.report.decision_text import suites_line, verdict_line
from evalgate.report.findings import finding_lines
from evalgate.report.outcome_words import ruling_words
from evalgate.report.policy_text import policy_lines
from evalgate.report.said import in_xml
from evalgate.report.simulated import simulated_note
from evalgate.report.standing_text import standing_lines
from evalgate.report.titles import title_of

Shown = Literal["success", "skipped", "failure", "error"]


def render_junit(decisions: Sequence[Decision]) -> str:
    """Write one test suite per decision; no decisions are an error, not an empty success."""
    root = ET.Element("testsuites", name="evalgate")
    for decision in decisions:
        root.append(_suite(decision))
    if not decisions:
        suite = ET.SubElement(root, "testsuite", name="evalgate", tests="1", errors="1")
        case = ET.SubElement(suite, "testcase", classname="evalgate", name="verdict")
        ET.SubElement(case, "error", message="nothing was decided")
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def shown_as(ruling: Ruling) -> Shown:
    """What a ruling is to a reader of JUnit, which knows neither yellow nor undecided."""
    match ruling.outcome:
        case Outcome.GREEN:
            return "success" if ruling.finding.verdict is Verdict.PASSED else "skipped"
        case Outcome.YELLOW:
            return "skipped"
        case Outcome.RED:
            return "error" if ruling.finding.verdict is Verdict.UNDECIDED else "failure"
        case _:
            assert_never(ruling.outcome)


def _suite(decision: Decision) -> ET.Element:
    name = f"{title_of(decision)} {decision.candidate.candidate}"
    suite = ET.Element("testsuite", name=in_xml(name))
    properties = ET.SubElement(suite, "properties")
    ET.SubElement(properties, "property", name="suites", value=in_xml(suites_line(decision)))
    if note := simulated_note(decision.models):
        ET.SubElement(properties, "property", name="simulated", value=in_xml(note))
    seen = [_case(suite, decision, ruling) for ruling in decision.rulings]
    seen += _overall(suite, decision, seen)
    suite.set("tests", str(len(seen)))
    suite.set("failures", str(seen.count("failure")))
    suite.set("errors", str(seen.count("error")))
    suite.set("skipped", str(seen.count("skipped")))
    return suite


def _case(suite: ET.Element, decision: Decision, ruling: Ruling) -> Shown:
    rule = ruling.finding.rule
    case = ET.SubElement(
        suite, "testcase", classname=in_xml(title_of(decision)), name=in_xml(rule.id), time="0"
    )
    kind = shown_as(ruling)
    text = in_xml("\n".join(finding_lines(ruling.finding)))
    if kind == "success":
        ET.SubElement(case, "system-out").text = text
    else:
        message = f"{ruling_words(ruling)}: {rule}"
        ET.SubElement(case, kind, message=in_xml(message)).text = text
    return kind


def _overall(suite: ET.Element, decision: Decision, seen: Sequence[Shown]) -> list[Shown]:
    """A decision that blocks without any rule that does must show as an error of its own."""
    title = in_xml(title_of(decision))
    loosened = decision.policy is not None and (
        decision.policy.blocks or decision.policy.loosenings or decision.policy.head
    )
    if decision.standing or loosened:
        case = ET.SubElement(suite, "testcase", classname=title, name="verdict")
        kind: Shown = "skipped" if decision.exit_code == 0 else "error"
        said = (*standing_lines(decision), *policy_lines(decision))
        message = "; ".join((verdict_line(decision), *said))
        ET.SubElement(case, kind, message=in_xml(message))
        return [kind]
    blocks = decision.outcome is Outcome.RED or decision.exit_code != 0
    if not seen or (blocks and not {"failure", "error"} & set(seen)):
        case = ET.SubElement(suite, "testcase", classname=title, name="verdict")
        ET.SubElement(case, "error", message=in_xml(verdict_line(decision)))
        return ["error"]
    return []
