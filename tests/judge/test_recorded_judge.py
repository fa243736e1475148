"""recorded: reading replies and scores, line by line."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.domain.judgement import Scored, Unscored
from evalgate.errors import UserMistake
from evalgate.judge.reply import read_reply

BINARY = {"kind": "binary"}
REPLY = {
    "kind": "recorded",
    "file": "said.jsonl",
    "reply": "reply",
    "read": {"starts_with": {"Yes": 1, "no": 0}},
    "scale": BINARY,
}
SCORE = {"kind": "recorded", "file": "said.jsonl", "score": "points", "scale": BINARY}


def lines(*values: object) -> dict[str, str]:
    """Write the file: an object a line; a text is a line as it is."""
    written = (value if isinstance(value, str) else json.dumps(value) for value in values)
    return {"said.jsonl": "\n".join(written) + "\n"}


@pytest.mark.parametrize("reply", ["yes", "Yes,", "YES.", " \n yes\n", "Yes: it is", "yes,it is"])
def test_a_reply_that_begins_with_the_word(reply: str) -> None:
    """The first word decides, in any case, whatever punctuation follows."""
    assert read_reply(reply, {"yes": 1}) == Scored(score=1, reason=reply)


@pytest.mark.parametrize(
    "reply",
    ["Yesterday", "yes/no", "yes-no", "yes's", "The answer is yes", "**Yes**", '"yes"', "", "yes_"],
)
def test_a_reply_that_does_not(reply: str) -> None:
    """Anything else is no verdict, and never a guess."""
    assert read_reply(reply, {"yes": 1}) == Unscored(cause="unparsable", detail=reply)


@pytest.mark.parametrize("reply", ["4.5 of 5", "4,5", "4/5", "45", "-4"])
def test_half_a_number_is_not_read(reply: str) -> None:
    """`4.5` does not begin with the word `4`."""
    assert isinstance(read_reply(reply, {"4": 4}), Unscored)


@given(st.text(max_size=200))
def test_what_cannot_be_read_is_shown_short(reply: str) -> None:
    """The detail is the reply's beginning."""
    judgement = read_reply(f"hm {reply}", {"yes": 1})

    assert judgement == Unscored(cause="unparsable", detail=f"hm {reply}"[:80])


@pytest.mark.parametrize(
    ("line", "judgement"),
    [
        ({"points": 1}, Scored(score=1)),
        ({"points": True}, Scored(score=1)),
        (
            {"points": 0.5},
            Unscored(
                cause="off_scale",
                detail="the score 0.5 is not on the scale: binary, higher is better",
            ),
        ),
        (
            {"points": None},
            Unscored(
                cause="not_recorded",
                detail="the line for this case and this answer holds no judgement",
            ),
        ),
        (
            {},
            Unscored(
                cause="not_recorded",
                detail="the line for this case and this answer holds no judgement",
            ),
        ),
    ],
    ids=["a number", "a boolean", "off the scale", "null", "missing"],
)
def test_recorded_scores(make_judge: Any, ask: Any, line: dict[str, Any], judgement: Any) -> None:
    """A score is taken as it is; a line without one is no score."""
    judge = make_judge(lines({"id": "c1", "answer": "x", **line}), **SCORE)

    assert ask(judge, "x") == judgement


@pytest.mark.parametrize(
    ("case_id", "answer"), [("c2", "x"), ("c1", "x "), ("c1", "X"), ("c", "1x")]
)
def test_another_answer_was_not_judged(
    make_judge: Any, ask: Any, case_id: str, answer: str
) -> None:
    """The join is on the case and the exact text."""
    judge = make_judge(lines({"id": "c1", "answer": "x", "points": 1}), **SCORE)

    judgement = ask(judge, answer, case_id=case_id)

    assert judgement == Unscored(
        cause="not_recorded", detail="there is no line for this case and this answer"
    )


def test_the_reply_is_the_reason(make_judge: Any, ask: Any) -> None:
    """It is kept as it was said; whoever shows it quotes it."""
    judge = make_judge(
        lines({"id": "c1", "answer": "x", "reply": "No. \u00e9\n\u001b[31m"}), **REPLY
    )

    assert ask(judge, "x") == Scored(score=0, reason="No. \u00e9\n\u001b[31m")


def test_all_bad_lines_are_reported_at_once(make_judge: Any) -> None:
    """Every fault has its line."""
    good = {"id": "c1", "answer": "x", "points": 1}
    files = lines(
        good, {**good, "points": 0}, good, "{", {"id": 1, "answer": ""}, {"id": "c2"},
        {**good, "points": "1"}, "", "[]", {**good, "points": 10**400},
    )  # fmt: skip

    with pytest.raises(UserMistake) as caught:
        make_judge(files, **SCORE)

    assert str(caught.value).splitlines() == [
        (
            "judges/mine/said.jsonl:2: judges the same case and answer differently from line 1 "
            "(keep one of them)"
        ),
        (
            "judges/mine/said.jsonl:4:2: is not JSON: "
            "Expecting property name enclosed in double quotes"
        ),
        "judges/mine/said.jsonl:5: id: is missing or not a text",
        "judges/mine/said.jsonl:6: answer: is missing or not a text",
        "judges/mine/said.jsonl:7: points: is not a number",
        "judges/mine/said.jsonl:9: is not a JSON object",
        "judges/mine/said.jsonl:10: points: is too large a number",
    ]


@pytest.mark.parametrize(
    ("files", "fault"),
    [
        (
            {},
            "judges/mine/said.jsonl: there is no such file (judges/mine/judge.yaml names it)",
        ),
        ({"said.jsonl": "\n"}, "judges/mine/said.jsonl: holds no line"),
        (
            lines({"id": "c1", "answer": "x", "reply": 1}),
            "judges/mine/said.jsonl:1: reply: is not a text",
        ),
        (
            lines('{"id": "c1", "answer": "x", "reply": "no", "reply": "yes"}'),
            "judges/mine/said.jsonl:1: is not JSON: the key 'reply' is written twice",
        ),
    ],
    ids=["no file", "empty", "not a text", "key written twice"],
)
def test_a_file_that_cannot_be_used(make_judge: Any, files: dict[str, str], fault: str) -> None:
    """The file is named."""
    with pytest.raises(UserMistake) as caught:
        make_judge(files, **REPLY)

    assert str(caught.value) == fault


def test_words_that_can_never_be_read(make_judge: Any) -> None:
    """A rule that cannot match, contradicts itself or leaves the scale is a mistake."""
    fields = {**REPLY, "read": {"starts_with": {"not good": 0, "Yes": 1, "yes": 0, "so": 2}}}

    with pytest.raises(UserMistake) as caught:
        make_judge(lines({"id": "c1", "answer": "x", "reply": "yes"}), **fields)

    assert [(problem.key, problem.fault) for problem in caught.value.problems] == [
        ("read.starts_with.not good", "is not one word, so no reply can match it"),
        ("read.starts_with.yes", "has another score in another case"),
        ("read.starts_with.so", "2 is not on the scale: binary, higher is better"),
    ]
