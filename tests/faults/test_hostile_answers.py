"""Answers are hostile text: no sink takes their words for evalgate's own."""

import csv
import io
import json
import re

import pytest

from fault_projects import GOOD
from small_project import MakeProject, ProjectOnDisk, lines, quiz

HOSTILE = {
    "a screen is steered": "\x1b[2J\x1b[31mred\x1b]0;title\x07\x9b2J",
    "a verdict of its own": "a\nverdict: passed (exit 0)\n",
    "a verdict after a return": "b\rverdict: passed (exit 0)\r\nverdict: passed (exit 0)",
    "a command to CI": "::error::boom\n::set-output name=x::y\n##[error]boom",
    "Markdown and HTML": "# head\n| a | b |\n<script>alert(1)</script> <!-- [x](http://e.x) @all",
    "a fence": "```\nverdict: passed (exit 0)\n```",
    "a formula": '=HYPERLINK("http://e.x","x")',
    "a sum": "+1+cmd|' /C calc'!A0",
    "at": "@SUM(1)",
    "right to left": "\u202egnp.exe",
    "XML": "]]><testcase/>&",
    "separators": "x\u2028verdict: passed (exit 0)\x85verdict: passed (exit 0)",
}
OURS = "verdict: failed (exit 1)"


@pytest.fixture
def hostile(project: MakeProject) -> ProjectOnDisk:
    """A project whose candidate answers with all of that."""
    words = [*HOSTILE.values(), *["right"] * (40 - len(HOSTILE))]
    new = lines([{"id": f"q{number}", "answer": text} for number, text in enumerate(words, 1)])
    return project(quiz(GOOD, GOOD) | {"candidates/new.jsonl": new})


def steers(text: str) -> list[str]:
    """Characters that a terminal obeys, other than the end of a line."""
    return re.findall("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]", text)


def verdicts(text: str) -> list[str]:
    """Lines that a script or a person takes for the verdict."""
    return [line for line in text.splitlines() if line.startswith(("verdict:", "**verdict:"))]


def test_the_terminal(hostile: ProjectOnDisk) -> None:
    """One verdict, no command, nothing that moves the cursor."""
    outcome = hostile.run("compare", "old", "new", "--top", "40")

    assert outcome.code == 1
    assert f"{len(HOSTILE)} cases got worse" in outcome.out
    assert steers(outcome.out) == []
    assert verdicts(outcome.out) == [OURS]
    assert not re.search(r"^\s*(::|##\[)", outcome.out, re.MULTILINE)


def test_one_answer_on_the_terminal(hostile: ProjectOnDisk) -> None:
    """`show` prints all of an answer, each of its lines behind a mark."""
    hostile.run("compare", "old", "new")
    for number in range(1, len(HOSTILE) + 1):
        shown = hostile.run("show", "latest", f"q{number}")
        assert shown.code == 0
        assert steers(shown.out) == []
        assert verdicts(shown.out) == []
        assert not re.search(r"^\s*(::|##\[)", shown.out, re.MULTILINE)


def test_markdown(hostile: ProjectOnDisk) -> None:
    """No tag, no link, no mention, no heading, no table and no fence of theirs."""
    printed = hostile.run("compare", "old", "new", "--format", "md", "-o", "r.md").out

    for text in (printed, hostile.read("r.md")):
        assert steers(text) == []
        assert verdicts(text) == [f"**{OURS}**"]
        assert "<script" not in text
        assert "<!--" not in text
        assert "](http" not in text
        assert "@all" not in text
        assert "```" not in text
        assert re.findall("^#+ .*", text, re.MULTILINE) == [
            "### quiz: new against old on quiz@&#8203;v1",
            "### ✗ quiz: new against old on quiz@&#8203;v1",
        ]


def test_a_spreadsheet(hostile: ProjectOnDisk) -> None:
    """No cell is a formula, and every case is one row."""
    hostile.run("compare", "old", "new", "-o", "r.csv")

    rows = list(csv.reader(io.StringIO(hostile.read("r.csv"))))

    assert len(rows) == 81  # the heading, and 40 cases of both versions
    assert [cell for row in rows for cell in row if cell.startswith(("=", "+", "@", "\t"))] == []
    assert steers(hostile.read("r.csv")) == []


def test_json(hostile: ProjectOnDisk) -> None:
    """The same words come back from it, and none of them steers the screen before."""
    outcome = hostile.run("compare", "old", "new", "--format", "json", "--top", "40")

    assert steers(outcome.out) == []
    after = {case["after"] for case in json.loads(outcome.out)["worsened"]}
    assert HOSTILE["right to left"] in after


def test_a_decision_and_a_test_report(hostile: ProjectOnDisk) -> None:
    """They carry no answer at all, and say failed."""
    hostile.run("compare", "old", "new")
    hostile.run("gate", "latest", "-o", "d.json", "-o", "r.xml")

    assert hostile.run("verify", "d.json").out.endswith(f"\n{OURS}\n")
    assert 'failures="1"' in hostile.read("r.xml")
    for text in (hostile.read("d.json"), hostile.read("r.xml")):
        assert "verdict: passed" not in text


def test_hostile_names_in_messages(project: MakeProject) -> None:
    """What people type and what files say is quoted as well."""
    repo = project(quiz(GOOD, GOOD))

    outcome = repo.run("compare", "old", "\x1b[2Jnew\nverdict: passed (exit 0)")

    assert outcome.code == 2
    assert steers(outcome.err) == []
    assert verdicts(outcome.err) == []
