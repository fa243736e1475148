"""python: what a user's function may return, and what may go wrong with it."""

import sys
from typing import Any

import pytest

from evalgate.domain.judgement import Scored, Unscored
from evalgate.errors import UserMistake

SCALE = {"kind": "continuous", "low": 0, "high": 5}
OFF = "is not on the scale: continuous 0 to 5, higher is better"


def function(body: str, head: str = "def score(inputs, expected, answer):") -> dict[str, str]:
    """Write a module with one function."""
    return {"mine.py": f"import math, sys\n{head}\n    {body}\n"}


def judged(make_judge: Any, ask: Any, files: dict[str, str], expected: Any = None) -> Any:
    """Build the judge and have it score one answer."""
    fields = {"kind": "python", "function": "mine:score", "scale": SCALE}
    return ask(make_judge(files, **fields), "an answer", expected)


@pytest.mark.parametrize(
    ("body", "judgement"),
    [
        ("return True", Scored(score=1)),
        ("return 3", Scored(score=3)),
        ("return 2.5", Scored(score=2.5)),
        ("return 2, 'so so'", Scored(score=2, reason="so so")),
        ("return {'score': 2, 'reason': 'so so'}", Scored(score=2, reason="so so")),
        ("return {'score': 2}", Scored(score=2)),
        ("return 1, answer", Scored(score=1, reason="an answer")),
        ("return 1, inputs['question'] + expected['a']", Scored(score=1, reason="?b")),
        ("return 1, '\\ud800'", Scored(score=1, reason="\\ud800")),
    ],
)
def test_what_it_may_return(make_judge: Any, ask: Any, body: str, judgement: Scored) -> None:
    """A number, or a number with a reason."""
    assert judged(make_judge, ask, function(body), {"a": "b"}) == judgement


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("return math.nan", ("off_scale", f"the score nan {OFF}")),
        ("return math.inf", ("off_scale", f"the score inf {OFF}")),
        ("return -math.inf, 'why'", ("off_scale", f"the score -inf {OFF}")),
        ("return 6", ("off_scale", f"the score 6 {OFF}")),
        ("return 10 ** 400", ("off_scale", "the score is too large for the scale")),
        ("return None", ("judge_error", "the function returned NoneType, not a score")),
        ("return '1'", ("judge_error", "the function returned str, not a score")),
        ("return [1, 'why']", ("judge_error", "the function returned list, not a score")),
        ("return 1, 2", ("judge_error", "the function returned tuple, not a score")),
        ("return {'score': 1, 'why': 2}", ("judge_error", "the function returned dict, not a")),
        ("raise ValueError('no')", ("judge_error", "ValueError: no")),
        ("sys.exit(0)", ("judge_error", "SystemExit: 0")),
        ("raise ValueError('\\ud800')", ("judge_error", "ValueError: \\ud800")),
    ],
)
@pytest.mark.parametrize("colour", ["", "async "])
def test_what_is_no_score(
    make_judge: Any, ask: Any, colour: str, body: str, told: tuple[str, str]
) -> None:
    """NaN, infinity, another type or an exception is never a score, sync or async."""
    head = f"{colour}def score(inputs, expected, answer):"

    judgement = judged(make_judge, ask, function(body, head))

    cause, detail = told
    assert isinstance(judgement, Unscored)
    assert judgement.cause == cause
    assert judgement.detail.startswith(detail)


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ("raise StopIteration", "StopIteration: "),
        ("return score(inputs, expected, answer)", "RecursionError: maximum recursion"),
    ],
)
def test_a_thread_hands_over_every_error(make_judge: Any, ask: Any, body: str, detail: str) -> None:
    """Not even the exceptions that asyncio cannot carry are lost."""
    judgement = judged(make_judge, ask, function(body))

    assert judgement.detail.startswith(detail)


def test_it_may_be_async(make_judge: Any, ask: Any) -> None:
    """A coroutine is awaited."""
    head = "async def score(inputs, expected, answer):"

    assert judged(make_judge, ask, function("return 4", head)) == Scored(score=4)


def test_it_may_ask_for_the_whole_answer(make_judge: Any, ask: Any) -> None:
    """A parameter named `produced` is given the record."""
    head = "def score(inputs, expected, answer, produced):"

    judgement = judged(make_judge, ask, function("return 1, produced.kind", head))

    assert judgement == Scored(score=1, reason="produced")


def test_it_may_look_at_a_key_of_expected(make_judge: Any, ask: Any) -> None:
    """The function is given that key's value; without the key there is no score."""
    fields = {"kind": "python", "function": "mine:score", "scale": SCALE, "expected_key": "a"}
    judge = make_judge(function("return expected"), **fields)

    assert ask(judge, "x", {"a": 2}) == Scored(score=2)
    assert ask(judge, "x", {"b": 2}).detail == "`expected` has no key 'a'"


def test_it_cannot_change_what_the_next_judge_reads(make_judge: Any, ask: Any) -> None:
    """The function works on a copy."""
    expected = {"a": "b"}

    judged(make_judge, ask, function("expected.clear(); return 1"), expected)

    assert expected == {"a": "b"}


def test_modules_of_the_same_name_do_not_meet(make_judge: Any, ask: Any) -> None:
    """Each judge has its own module and its own siblings; nothing is left behind."""
    before = list(sys.path), sorted(sys.modules)
    code = "from near import VALUE\ndef score(inputs, expected, answer):\n    return VALUE\n"
    fields = {"kind": "python", "function": "mine:score", "scale": SCALE}

    one = make_judge({"mine.py": code, "near.py": "VALUE = 1"}, **fields)
    two = make_judge({"mine.py": code, "near.py": "VALUE = 2"}, **fields)

    assert [ask(judge, "x").score for judge in (one, two)] == [1, 2]
    assert one.digest != two.digest
    assert (list(sys.path), sorted(sys.modules)) == before


def test_a_module_of_the_project(make_judge: Any, ask: Any) -> None:
    """What is not in the judge's folder is looked for in the project's, packages too."""
    files = {
        "/app/__init__.py": "",
        "/app/judging.py": "from .near import VALUE\nclass Tone:\n"
        "    @staticmethod\n    def score(**given):\n        return VALUE\n",
        "/app/near.py": "VALUE = 3",
    }
    judge = make_judge(files, kind="python", function="app.judging:Tone.score", scale=SCALE)

    assert ask(judge, "x") == Scored(score=3)


@pytest.mark.parametrize(
    ("files", "named", "fault"),
    [
        (
            {},
            "mine:score",
            (
                "judges/mine/judge.yaml: function: there is no module 'mine' "
                "(looked for judges/mine/mine.py and mine.py)"
            ),
        ),
        (
            {"mine.py": "x = 1"},
            "mine:score",
            (
                "judges/mine/mine.py: there is no function 'score' in it "
                "(judges/mine/judge.yaml names it)"
            ),
        ),
        (
            {"mine.py": "score = 1"},
            "mine:score",
            (
                "judges/mine/mine.py: there is no function 'score' in it "
                "(judges/mine/judge.yaml names it)"
            ),
        ),
        (
            {"mine.py": "import not_there_at_all"},
            "mine:score",
            (
                "judges/mine/mine.py: cannot be imported: ModuleNotFoundError: "
                "No module named 'not_there_at_all' (install it, or put it beside this file)"
            ),
        ),
        (
            {"mine.py": "import sys\nsys.exit(0)"},
            "mine:score",
            "judges/mine/mine.py: cannot be imported: SystemExit: 0",
        ),
        (
            {"mine.py": "def score(answer):\n    return 1"},
            "mine:score",
            (
                "judges/mine/judge.yaml: function: mine:score cannot be called: got an unexpected "
                "keyword argument 'inputs' "
                "(it is called as function(inputs=..., expected=..., answer=...))"
            ),
        ),
        (
            {"json.py": "def score(**given):\n    return 1"},
            "json:score",
            (
                "judges/mine/judge.yaml: function: 'json' is the name of a standard module "
                "(rename your file)"
            ),
        ),
        ({}, "..:score", "judges/mine/judge.yaml: function: '..' is no module's name"),
    ],
    ids=[
        "no module",
        "no function",
        "not a function",
        "import error",
        "exits",
        "other parameters",
        "standard name",
        "no name",
    ],
)
def test_a_function_that_cannot_be_loaded(
    make_judge: Any, files: dict[str, str], named: str, fault: str
) -> None:
    """The file, the fault and the remedy are said when the judge is built."""
    path, modules = list(sys.path), set(sys.modules)

    with pytest.raises(UserMistake) as caught:
        make_judge(files, kind="python", function=named, scale=SCALE)

    assert str(caught.value) == fault
    assert (sys.path, "mine" in set(sys.modules) - modules) == (path, False)


def test_a_syntax_error_is_the_users(make_judge: Any) -> None:
    """A file that is no Python is named."""
    with pytest.raises(UserMistake, match=r"^judges/mine/mine\.py: cannot be imported: SyntaxErr"):
        make_judge({"mine.py": "def"}, kind="python", function="mine:score", scale=SCALE)


def test_digest_of_must_name_a_file(make_judge: Any) -> None:
    """A glob that watches nothing is a mistake."""
    with pytest.raises(UserMistake, match="names no file"):
        make_judge(
            function("return 1"),
            kind="python",
            function="mine:score",
            scale=SCALE,
            digest_of=["prompts/*.txt"],
        )
