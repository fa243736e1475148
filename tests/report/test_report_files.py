"""Markdown, JUnit and CSV: what others parse."""

# ruff: noqa: E501 - whole screens are written as they are shown

import csv
import io
from collections.abc import Iterator
from itertools import islice
from textwrap import dedent
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from evalgate.domain.answer import Answer, NotProduced, Produced, Unanswered
from evalgate.domain.decision import Ruling, Why
from evalgate.domain.finding import Outcome, Verdict
from evalgate.domain.judgement import Scored, Unscored
from evalgate.domain.run import JudgedCase
from evalgate.report.case_csv import case_csv
from evalgate.report.junit import render_junit, shown_as
from evalgate.report.markdown import render_markdown
from report_facts import (
    DIGEST,
    FAILED,
    FORGED,
    GREEN,
    NOISY,
    PASSED,
    UNSERVED,
    WAIVED,
    YELLOW,
    comparison,
    decision,
    failed_decision,
    noisy_decision,
    said_by,
    worsened,
)

hostile = st.lists(
    st.sampled_from(
        [
            FORGED, "\x1b[31m", "::error::", "</testcase>", "]]>", "@everyone", "#1", "[a](b)", "|",
            "`", "<img src=x>", "</del>", "</details>", "\n\n# h", "=cmd()", "\x00", "\ufffe", ",",
        ]
    ),
    max_size=5,
).map("".join)  # fmt: skip


def judged(answer: Answer, case_id: str = "c1") -> JudgedCase:
    """A case with one score and one judge that failed."""
    return JudgedCase(
        id=case_id,
        inputs_digest=DIGEST,
        expected_digest=DIGEST,
        slices={"topic": "billing", "hard": True},
        answer=answer,
        judgements={
            "correctness": Scored(score=-0.5, reason="No."),
            "style": Unscored(cause="unparsable", detail="=1+1"),
        },
    )


def rows_of(text: str) -> list[list[str]]:
    """The cells that a reader of the file sees."""
    return list(csv.reader(io.StringIO(text, newline="")))


def test_markdown_shows_a_decision_as_a_table() -> None:
    """Mark and words of the outcome stand in the first two columns."""
    assert render_markdown(noisy_decision()) == dedent("""\
        ### ! open-qa: fewshot against zeroshot on open-qa@&#8203;v1

        **verdict: undecided (noise), allowed (exit 0)**

        1 of 2 suites ran: not gsm8k

        |  | verdict | rule | estimate | bounds | p (Holm) | needed | cases | why |
        | --- | --- | --- | --- | --- | --- | --- | --- | --- |
        | ✓ | passed | mean of correctness at least 0.7 | 0.7512 | &#91;0.7061, 0.7921&#93; | 0.9800 | &#62;= 0.7000 | 301 | Clopper-Pearson; coverage 100.0%, needed 95.0%; can detect a change of 0.0657 |
        | ! | undecided (noise), allowed by on&#95;undecided: warn | mean of correctness max drop 0.03 | +0.0068 | &#91;-0.0352, +0.0491&#93; | &#45; | &#62;= -0.0300 | 301 | the cases cannot tell a real change from chance: the bounds leave both open; Tango; 29 wins, 27 losses, 239 ties; coverage 98.3%, needed 95.0%; can detect a change of 0.0631; 1,234 more cases would decide it; cases 301: 296 scored, 3 unscored, 2 missing on the baseline's side only; at worst -0.0100 &#91;-0.0500, +0.0300&#93; by Tango, needed &#62;= -0.0300; at best +0.0233 &#91;-0.0299, +0.0651&#93; by Tango, needed &#62;= -0.0300 |
    """)


def test_markdown_shows_the_cases_that_got_worse() -> None:
    """What went and what came is marked with tags that no answer can write."""
    text = render_markdown(comparison(worsened("It was sung by Elvis in 1965"), worsened("x")), 1)

    assert "answer: It was sung by <del>the Beatles</del> <ins>Elvis</ins> in 1965\n" in text
    assert "<summary>2 cases got worse</summary>" in text
    assert "- and 1 more\n" in text


@given(hostile)
def test_hostile_words_add_nothing_to_markdown(words: str) -> None:
    """The page has the same structure whatever an answer says."""

    def structure(text: str) -> list[str]:
        compared = comparison(worsened(f"x {text}", f"id{text}"))
        failed = failed_decision(f"w{text}")
        page = render_markdown(compared) + "\n" + render_markdown(failed)
        tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(page)
        inner = [c.content for t in tokens for c in t.children or () if c.type == "html_inline"]
        odd = [
            c.type
            for t in tokens
            for c in t.children or ()
            if c.type not in ("text", "html_inline", "softbreak", "strong_open", "strong_close")
        ]
        assert odd == []
        return [token.type for token in tokens] + inner

    assert structure(words) == structure("y")


@pytest.mark.parametrize(
    ("ruling", "expected"),
    [
        pytest.param(GREEN, "success", id="passed"),
        pytest.param(YELLOW, "skipped", id="yellow is no success"),
        pytest.param(WAIVED, "skipped", id="waived is no success"),
        pytest.param(Ruling(finding=FAILED, outcome=Outcome.RED, exit_code=1), "failure", id="no"),
        pytest.param(UNSERVED, "error", id="too little could be scored"),
        pytest.param(
            Ruling(finding=NOISY, outcome=Outcome.RED, exit_code=3), "error", id="undecided blocks"
        ),
        pytest.param(
            Ruling(finding=NOISY, outcome=Outcome.GREEN, exit_code=0),
            "skipped",
            id="the estimate alone is no success",
        ),
        pytest.param(
            Ruling(finding=PASSED, outcome=Outcome.RED, exit_code=1), "failure", id="red is red"
        ),
    ],
)
def test_only_what_passed_is_a_success_in_junit(ruling: Ruling, expected: str) -> None:
    """JUnit knows neither yellow nor undecided, and must not show them as green."""
    decided = decision(ruling, verdict=Verdict.UNDECIDED, outcome=ruling.outcome)
    (case,) = ET.fromstring(render_junit([decided]).encode()).iter("testcase")

    assert shown_as(ruling) == expected
    assert [child.tag for child in case] == ["system-out" if expected == "success" else expected]


def test_junit_counts_and_explains() -> None:
    """A yellow rule's message says that it is undecided and why it is allowed."""
    root = ET.fromstring(render_junit([failed_decision()]).encode())
    (suite,) = root

    assert {key: suite.get(key) for key in ("tests", "failures", "errors", "skipped")} == {
        "tests": "3",
        "failures": "1",
        "errors": "0",
        "skipped": "1",
    }
    skipped = suite.find("testcase/skipped")
    assert skipped is not None
    assert skipped.get("message") == (
        "undecided (noise), allowed by on_undecided: warn: mean of correctness max drop 0.03"
    )


@pytest.mark.parametrize(
    "decisions",
    [
        pytest.param([], id="no decision"),
        pytest.param(
            [decision(verdict=Verdict.UNDECIDED, outcome=Outcome.GREEN)], id="no rule was decided"
        ),
        pytest.param(
            [decision(GREEN, verdict=Verdict.PASSED, outcome=Outcome.RED, exit_code=4)],
            id="it blocks although every rule passed",
        ),
    ],
)
def test_junit_is_never_an_empty_success(decisions: list[object]) -> None:
    """What blocks, or decided nothing, shows as an error."""
    root = ET.fromstring(render_junit(decisions).encode())  # type: ignore[arg-type]  # a list of decisions

    assert len(root.findall("testsuite/testcase/error")) == 1
    assert [suite.get("errors") for suite in root] == ["1"]


@given(hostile)
def test_hostile_words_add_nothing_to_junit(words: str) -> None:
    """The document parses, and has as many elements as without them."""
    finding = FAILED.model_copy(
        update={"rule": FAILED.rule.model_copy(update={"slice": {"topic": words}})}
    )
    ruling = Ruling(
        finding=finding, outcome=Outcome.RED, exit_code=1, why=(Why.WAIVED,), waiver=said_by(words)
    )
    decided = decision(ruling, verdict=Verdict.FAILED, outcome=Outcome.RED, exit_code=1)
    named = decided.model_copy(update={"suite": f"s{words}", "suites": (f"o{words}",)})
    text = render_junit([named])
    tags = [element.tag for element in ET.fromstring(text.encode()).iter()]

    assert tags == [
        "testsuites", "testsuite", "properties", "property", "testcase", "failure"
    ]  # fmt: skip


def test_every_case_is_one_csv_line() -> None:
    """Scores stay numbers; what has no score says why."""
    text = "".join(
        case_csv(
            [
                ("v1", "sim:/reader", [judged(Produced(text="yes,\n=no"))]),
                (
                    "=v2",
                    "",
                    [
                        judged(NotProduced(cause="empty", detail=""), "c2"),
                        judged(Unanswered(cause="timeout", detail="60 s"), "=c3"),
                    ],
                ),
            ],
            ["correctness", "style", "other"],
        )
    )

    assert rows_of(text) == [
        [
            "version", "models", "case", "slices", "cluster", "answer_kind", "answer",
            "correctness", "correctness.kind", "correctness.reason",
            "style", "style.kind", "style.reason", "other", "other.kind", "other.reason",
        ],
        [
            "v1", "sim:/reader", "c1", "hard=True; topic=billing", "", "produced", "yes,\n=no", "-0.5", "scored", "No.",
            "", "unscored (unparsable)", "'=1+1", "", "", "",
        ],
        [
            "'=v2", "", "c2", "hard=True; topic=billing", "", "not_produced (empty)", "", "-0.5", "scored",
            "No.", "", "unscored (unparsable)", "'=1+1", "", "", "",
        ],
        [
            "'=v2", "", "'=c3", "hard=True; topic=billing", "", "unanswered (timeout)", "60 s", "-0.5",
            "scored", "No.", "", "unscored (unparsable)", "'=1+1", "", "", "",
        ],
    ]  # fmt: skip


@given(hostile)
def test_hostile_words_add_nothing_to_csv(words: str) -> None:
    """No cell begins a formula, no line is added."""
    case = judged(Produced(text=words)).model_copy(update={"cluster": words})
    rows = rows_of("".join(case_csv([(f"v{words}", "", [case])], ["correctness", f"s{words}"])))

    assert [len(row) for row in rows] == [13, 13]
    assert not any(cell.startswith(("=", "+", "@", "\t", "\r")) for row in rows for cell in row)


def test_csv_is_streamed() -> None:
    """Only the cases that are asked for are read."""
    read = []

    def endless() -> Iterator[JudgedCase]:
        while True:
            read.append(1)
            yield judged(Produced(text="x"))

    assert len(list(islice(case_csv([("v1", "", endless())], []), 3))) == 3
    assert len(read) == 2
