"""One contract for every kind of judge."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evalgate.domain.chat import ChatRequest
from evalgate.domain.judgement import Scored, Unscored
from evalgate.domain.specs import READY_JUDGES
from evalgate.errors import UserMistake
from evalgate.testing import ScriptedModel

LENGTH = {
    "length.py": "def score(inputs, expected, answer):\n    return min(len(answer), 5), answer\n"
}
REPLIES = {"said.jsonl": '{"id": "c1", "answer": "yes", "reply": "Yes."}\n'}
SCORES = {"said.jsonl": '{"id": "c1", "answer": "yes", "points": 7}\n'}
PROMPT = {"prompt.md": "Is it good? {{ answer }}\n"}
CONTINUOUS = {"kind": "continuous", "high": 5}
SCHEMA = {"type": "object", "required": ["a"], "additionalProperties": {"$ref": "#"}}

KINDS: dict[str, tuple[dict[str, str], dict[str, Any]]] = {
    "exact match": ({}, {"kind": "exact_match"}),
    "exact match, as it is": ({}, {"kind": "exact_match", "normalise": "none"}),
    "exact match of a key": ({}, {"kind": "exact_match", "expected_key": "a"}),
    "contains expected": ({}, {"kind": "contains"}),
    "contains all of expected": ({}, {"kind": "contains", "all": True}),
    "contains texts": ({}, {"kind": "contains", "texts": ["a", "b"]}),
    "regex": ({}, {"kind": "regex", "pattern": r"\d+"}),
    "regex that is absent": ({}, {"kind": "regex", "pattern": "x", "absent": True}),
    "JSON Schema": ({}, {"kind": "json_schema", "json_schema": SCHEMA}),
    "numeric": ({}, {"kind": "numeric"}),
    "numeric, extracted": ({}, {"kind": "numeric", "extract": "= *(.*)|x", "relative": True}),
    "token F1": ({}, {"kind": "token_f1"}),
    "ROUGE-L": ({}, {"kind": "rouge_l"}),
    "Levenshtein": ({}, {"kind": "levenshtein"}),
    "python": (LENGTH, {"kind": "python", "function": "length:score", "scale": CONTINUOUS}),
    "recorded replies": (
        REPLIES,
        {
            "kind": "recorded",
            "file": "said.jsonl",
            "reply": "reply",
            "read": {"starts_with": {"yes": 1, "no": 0}},
            "scale": {"kind": "binary"},
        },
    ),
    "prompt, a score": (
        PROMPT,
        {
            "kind": "prompt",
            "model": "m:/one",
            "prompt_file": "prompt.md",
            "scale": {"kind": "ordinal", "low": 1, "high": 5},
        },
    ),
    "prompt, a word": (
        PROMPT,
        {
            "kind": "prompt",
            "model": "m:/one",
            "prompt_file": "prompt.md",
            "read": {"starts_with": {"yes": 1, "no": 0}},
            "scale": {"kind": "binary"},
        },
    ),
    "genai metric": (
        {},
        {
            "kind": "genai_metric",
            "model": "m:/one",
            "definition": "how {good}",
            "grading_prompt": "1 to 5",
            "scale": {"kind": "ordinal", "low": 1, "high": 5},
        },
    ),
    "recorded scores": (
        SCORES,
        {"kind": "recorded", "file": "said.jsonl", "score": "points", "scale": CONTINUOUS},
    ),
}


def says(request: ChatRequest) -> str:
    """Reply well, badly or not at all, by what is asked."""
    replies = ("score: 4\njustification: so", "Yes.", "no idea", "score: 9", '{"score": 2}', "")
    return replies[len(request.messages[0].content) % len(replies)]


every_kind = pytest.mark.parametrize("kind", KINDS)

answers = st.one_of(
    st.text(st.characters(codec=None), max_size=30),
    st.sampled_from(
        [
            "yes",
            "NaN",
            '{"a": 1}',
            '{"a": NaN}',
            "[" * 5000,
            "9" * 5000,
            "1e999",
            "-1e-999",
            "\ud800",
        ]
    ),
)
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec=None), max_size=10)
    | st.just(10**400)
)
json_values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2)
    ),
    max_leaves=5,
)


@pytest.fixture(scope="module")
def judges(make_judge: Any) -> dict[str, Any]:
    """One judge of every kind."""
    return {
        kind: make_judge(files, asks=ScriptedModel(says), **fields)
        for kind, (files, fields) in KINDS.items()
    }


@every_kind
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(answer=answers, expected=json_values)
def test_every_answer_gets_a_score_on_the_scale_or_none(
    judges: dict[str, Any], ask: Any, kind: str, answer: str, expected: Any
) -> None:
    """Whatever the answer and `expected` are, a judge returns, and its words can be written."""
    judgement = ask(judges[kind], answer, expected)

    assert isinstance(judgement, Scored | Unscored)
    assert isinstance(judgement, Unscored) or judges[kind].scale.holds(judgement.score)
    judgement.model_dump_json()


@every_kind
@settings(max_examples=10, deadline=None)
@given(answer=answers, expected=json_values)
def test_the_same_answer_gets_the_same_judgement(
    judges: dict[str, Any], ask: Any, kind: str, answer: str, expected: Any
) -> None:
    """Judging is a function of the case and the answer."""
    assert ask(judges[kind], answer, expected) == ask(judges[kind], answer, expected)


@every_kind
def test_built_twice_it_has_one_digest(judges: dict[str, Any], make_judge: Any, kind: str) -> None:
    """The digest depends on neither the folder nor the hour nor the description."""
    files, fields = KINDS[kind]
    again = make_judge(files, asks=ScriptedModel(says), **fields, description="in other words")

    assert again.digest == judges[kind].digest
    assert again.digest.startswith("sha256:")


def test_no_two_kinds_share_a_digest(judges: dict[str, Any]) -> None:
    """What scores differently is told apart."""
    assert len({judge.digest for judge in judges.values()}) == len(KINDS)


@pytest.mark.parametrize("kind", ["exact_match", "token_f1", "rouge_l", "levenshtein"])
@pytest.mark.parametrize("expected", [None, [], {}, True, [[]], "", " ", {"a": "b"}])
def test_without_a_usable_expected_there_is_no_score(
    make_judge: Any, ask: Any, kind: str, expected: Any
) -> None:
    """A judge that has nothing to compare with says so and never guesses."""
    judgement = ask(make_judge(kind=kind), "an answer", expected)

    assert isinstance(judgement, Unscored)
    assert judgement.cause == "judge_error"
    assert "`expected`" in judgement.detail


@pytest.mark.parametrize("kind", READY_JUDGES)
def test_ready_judges_need_no_option(make_judge: Any, kind: str) -> None:
    """A suite may name them without a folder."""
    assert make_judge(kind=kind).scale.high == 1


@pytest.mark.parametrize(
    ("fields", "scale", "fault"),
    [
        (
            {"kind": "exact_match"},
            {"kind": "ordinal", "low": 1, "high": 5},
            "the scale is ordinal 1 to 5, higher is better, but the scores of this kind are 0 or 1",
        ),
        (
            {"kind": "token_f1"},
            {"kind": "binary"},
            (
                "the scale is binary, higher is better, "
                "but the scores of this kind are anything from 0 to 1"
            ),
        ),
        (
            {"kind": "rouge_l"},
            {"kind": "continuous", "high": 100},
            (
                "the scale is continuous 0 to 100, higher is better, "
                "but the scores of this kind are anything from 0 to 1"
            ),
        ),
    ],
    ids=["ordinal exact match", "binary F1", "F1 in percent"],
)
def test_a_scale_that_does_not_fit_is_a_mistake(
    make_judge: Any, fields: dict[str, Any], scale: dict[str, Any], fault: str
) -> None:
    """The scale is held against the kind when the judge is built."""
    with pytest.raises(UserMistake) as caught:
        make_judge(**fields, scale=scale)

    (problem,) = caught.value.problems
    assert (problem.path, problem.key, problem.fault) == ("judges/mine/judge.yaml", "scale", fault)


def test_lower_may_be_better(make_judge: Any) -> None:
    """A pattern nobody wants to see is a judge too."""
    judge = make_judge(kind="regex", pattern="x", scale={"kind": "binary", "better": "lower"})

    assert judge.scale.better == "lower"


def test_all_faults_come_at_once(make_judge: Any) -> None:
    """Nobody runs `check` three times for three faults."""
    with pytest.raises(UserMistake) as caught:
        make_judge(
            kind="regex", pattern="(", expected_key="a", scale={"kind": "continuous", "low": None}
        )

    assert [problem.key for problem in caught.value.problems] == [
        "scale",
        "expected_key",
        "pattern",
    ]
