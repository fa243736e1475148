"""The judge in make_genai_metric's words."""

import asyncio
import subprocess
import sys
from typing import Any

import pytest
from mlflow.metrics import genai
from pydantic import ValidationError

from evalgate.domain.answer import Produced
from evalgate.domain.case import Case
from evalgate.domain.chat import ChatReply
from evalgate.domain.judgement import Scored, Unscored
from evalgate.errors import Disagreement, UserMistake
from evalgate.testing import ScriptedModel

FIELDS: dict[str, Any] = {
    "kind": "genai_metric",
    "model": "m:/one",
    "definition": "How right it is.",
    "grading_prompt": "1 is wrong, 5 is right.",
    "scale": {"kind": "ordinal", "low": 1, "high": 5},
}
EXAMPLE = {"input": "q", "output": "o", "score": 4, "justification": "j"}
GOOD = "score: 4\njustification: x"


def asked(make_judge: Any, case: Case, answer: Produced, **fields: Any) -> str | Unscored:
    """The prompt, or why there is none."""
    model = ScriptedModel([GOOD])
    judge = make_judge(asks=model, **{**FIELDS, **fields})
    judgement = asyncio.run(judge.judge(case, answer))
    if isinstance(judgement, Unscored):
        assert model.requests == []
        return judgement
    return model.requests[0].messages[0].content


def context_in(prompt: str | Unscored) -> str:
    """The grading context of a prompt."""
    assert isinstance(prompt, str)
    return prompt.partition("used by the model:\n")[2].partition("\n\nMetric definition")[0]


def test_every_judge_is_made_by_make_genai_metric(
    make_judge: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once per judge, with what the file says, and its deprecation is nobody's business."""
    made: list[dict[str, Any]] = []
    original = genai.make_genai_metric

    def counted(**arguments: Any) -> Any:
        made.append(arguments)
        return original(**arguments)

    monkeypatch.setattr(genai, "make_genai_metric", counted)
    judges = [make_judge(asks=ScriptedModel([GOOD, GOOD]), **FIELDS) for _ in range(2)]
    assert made == []  # `check` builds judges and does not wait for MLflow

    for judge in (*judges, *judges):
        judgement = asyncio.run(judge.judge(Case(id="c", inputs={"q": "?"}), Produced(text="a")))
        assert judgement == Scored(score=4, reason="x")

    assert len(made) == 2
    assert (made[0]["name"], made[0]["definition"]) == ("mine", "How right it is.")
    assert judges[0].as_mlflow_metric().name == "mine"


def test_a_prompt_that_is_not_made_by_mlflow_is_never_sent(
    make_judge: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the call there is no judgement; an MLflow that changes is our bug, said loudly."""

    class Other:
        metric_details = "Judge this: {answer}"

    monkeypatch.setattr(genai, "make_genai_metric", lambda **_: Other())
    model = ScriptedModel([GOOD])
    judge = make_judge(asks=model, **FIELDS)

    with pytest.raises(Disagreement, match="has slots that are not known"):
        asyncio.run(judge.judge(Case(id="c", inputs={"q": "?"}), Produced(text="a")))
    assert model.requests == []


def test_building_a_judge_does_not_import_mlflow() -> None:
    """Nor does its digest: `check` stays fast."""
    code = (
        "import sys; from pathlib import Path; from pydantic import TypeAdapter\n"
        "from evalgate.domain.specs import JudgeSpec\n"
        "from evalgate.judge.building import build_judge\n"
        "from evalgate.judge.means import Means\n"
        "from evalgate.testing import ScriptedModel\n"
        f"spec = TypeAdapter(JudgeSpec).validate_python({FIELDS!r})\n"
        "here = Path('.').resolve()\n"
        "assert build_judge('j', spec, here, here, Means(ScriptedModel([]))).digest\n"
        "sys.exit('mlflow' in sys.modules)\n"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("expected", "fields", "context"),
    [
        ("e", {"grading_context_columns": "targets"}, "key: targets\nvalue:\ne"),
        ({"ref": "r"}, {"grading_context_columns": ["ref"]}, "key: ref\nvalue:\nr"),
        (
            {"ref": "r", "k": "v"},
            {"grading_context_columns": ["targets"], "expected_key": "k"},
            "key: targets\nvalue:\nv",
        ),
        (None, {"grading_context_columns": ["lang"]}, "key: lang\nvalue:\nen"),
        (None, {"grading_context_columns": ["context"]}, "key: context\nvalue:\none\n\ntwo"),
        (
            {"ref": "r"},
            {
                "grading_context_columns": ["ref", "a"],
                "col_mapping": {"ref": "inputs.question", "a": "answer.contexts.1"},
            },
            "key: ref\nvalue:\nWhy?\nkey: a\nvalue:\ntwo",
        ),
    ],
    ids=["expected", "a key of it", "expected_key", "an input", "contexts", "where the file says"],
)
def test_the_grading_context_is_found_in_the_case_and_the_answer(
    make_judge: Any, expected: Any, fields: dict[str, Any], context: str
) -> None:
    """By name, or where `col_mapping` says."""
    case = Case(id="c", inputs={"question": "Why?", "lang": "en"}, expected=expected)

    prompt = asked(make_judge, case, Produced(text="a", contexts=("one", "two")), **fields)

    assert context_in(prompt) == context


@pytest.mark.parametrize(
    ("inputs", "fields", "shown"),
    [
        ({"q": "Why?"}, {}, "\nInput:\nWhy?\n"),
        ({"q": "Why?", "n": 1}, {}, '\nInput:\n{"q": "Why?", "n": 1}\n'),
        ({"q": "Why?", "n": 1}, {"col_mapping": {"inputs": "inputs.q"}}, "\nInput:\nWhy?\n"),
        ({"q": None}, {"include_input": False}, "\nOutput:\na\n"),
    ],
    ids=["the only one", "all of them", "one of them", "none"],
)
def test_the_input_is_what_the_case_has(
    make_judge: Any, inputs: Any, fields: dict[str, Any], shown: str
) -> None:
    """One input stands alone, several are JSON."""
    prompt = asked(make_judge, Case(id="c", inputs=inputs), Produced(text="a"), **fields)

    assert isinstance(prompt, str)
    assert shown in prompt
    assert ("\nInput:\n" in prompt) == ("include_input" not in fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"grading_context_columns": ["targets"]},
        {"grading_context_columns": ["ref"]},
        {"grading_context_columns": ["ref"], "col_mapping": {"ref": "expected.x"}},
        {"col_mapping": {"inputs": "inputs.x"}},
    ],
)
def test_what_a_case_lacks_is_never_sent_as_none_or_as_an_empty_prompt(
    make_judge: Any, fields: dict[str, Any]
) -> None:
    """MLflow would have it judged."""
    judgement = asked(make_judge, Case(id="c", inputs={"q": "?"}), Produced(text="a"), **fields)

    assert isinstance(judgement, Unscored)
    assert judgement.cause == "judge_error"
    assert judgement.detail.startswith("the case has nothing for the column")


def test_a_verdict_that_was_cut_off_is_none(make_judge: Any) -> None:
    """MLflow's 200 tokens are asked for unless the file says otherwise."""
    model = ScriptedModel(lambda _: ChatReply(text="Let me think about", truncated=True))
    judge = make_judge(asks=model, **FIELDS)

    judgement = asyncio.run(judge.judge(Case(id="c", inputs={"q": "?"}), Produced(text="a")))

    assert isinstance(judgement, Unscored)
    assert "raise max_tokens" in judgement.detail
    assert model.requests[0].parameters == {"temperature": 0.0, "max_tokens": 200, "top_p": 1.0}
    assert len(model.requests) == 3


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"greater_is_better": False}, "greater_is_better contradicts the scale"),
        ({"grading_context_columns": ["a b"]}, "'a b' cannot be the name of a grading context"),
        ({"grading_context_columns": ["inputs"]}, "'inputs' cannot be the name"),
        ({"grading_context_columns": ["a", "a"]}, "is named twice"),
        ({"col_mapping": {"x": "inputs.q"}}, "'x' is neither `inputs` nor"),
    ],
)
def test_what_contradicts_itself_is_refused(
    make_judge: Any, fields: dict[str, Any], fault: str
) -> None:
    """When the file is read."""
    with pytest.raises(ValidationError, match=fault):
        make_judge(**{**FIELDS, **fields})


def test_what_make_genai_metric_would_refuse_is_a_mistake_before_anybody_is_asked(
    make_judge: Any,
) -> None:
    """All of it at once."""
    examples = [EXAMPLE, {**EXAMPLE, "score": 9, "grading_context": {"other": "x"}}]
    with pytest.raises(UserMistake) as caught:
        make_judge(**{**FIELDS, "examples": examples, "grading_context_columns": ["targets"]})

    assert [problem.key for problem in caught.value.problems] == [
        "examples.0.grading_context",
        "examples.1.grading_context",
        "examples.1.score",
    ]
    with pytest.raises(UserMistake, match=r"version: MLflow .* has no version 'v9' \(known: v1\)"):
        make_judge(asks=ScriptedModel([]), **{**FIELDS, "version": "v9"})
    with pytest.raises(UserMistake, match="nobody asks m:/one here"):
        make_judge(**FIELDS)


def test_the_digest_covers_all_that_determines_a_score(make_judge: Any) -> None:
    """What is left out has the digest of what it stands for."""

    def digest(**fields: Any) -> str:
        return str(make_judge(asks=ScriptedModel([]), **{**FIELDS, **fields}).digest)

    others = {
        digest(),
        digest(model="m:/two"),
        digest(definition="x"),
        digest(grading_prompt="x"),
        digest(examples=[EXAMPLE]),
        digest(grading_context_columns="targets"),
        digest(include_input=False),
        digest(parameters={}),
        digest(scale={"kind": "ordinal", "low": 0, "high": 5}),
        digest(col_mapping={"inputs": "inputs.q"}),
    }
    assert len(others) == 10
    assert digest(grading_context_columns=["targets"]) in others
    same = {
        "description": "new",
        "greater_is_better": True,
        "parameters": {"top_p": 1.0, "max_tokens": 200, "temperature": 0.0},
    }
    assert digest(**same) == digest()
