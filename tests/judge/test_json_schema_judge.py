"""json_schema: answers and schemas, good and bad."""

from typing import Any

import pytest

from evalgate.domain.judgement import Unscored
from evalgate.errors import UserMistake

SCHEMA = {"type": "object", "required": ["city"], "properties": {"city": {"type": "string"}}}


@pytest.mark.parametrize(
    ("answer", "score", "reason"),
    [
        ('{"city": "Paris"}', 1, "fits the schema"),
        (' {"city": "Paris", "x": 1}\n', 1, "fits the schema"),
        ('{"city": 1}', 0, "$.city: 1 is not of type 'string'"),
        ("{}", 0, "$: 'city' is a required property"),
        ('```json\n{"city": "Paris"}\n```', 0, "is not JSON: Expecting value"),
        ("Paris", 0, "is not JSON: Expecting value"),
        ('{"city": NaN}', 0, "is not JSON: NaN is not a JSON number"),
        ("[" * 100_000, 0, "is not JSON: maximum recursion depth"),
    ],
)
def test_answers(make_judge: Any, ask: Any, answer: str, score: float, reason: str) -> None:
    """The answer is taken as it is: no fences, no NaN."""
    judgement = ask(make_judge(kind="json_schema", json_schema=SCHEMA), answer)

    assert judgement.score == score
    assert judgement.reason.startswith(reason)


@pytest.mark.parametrize(
    ("schema", "fault"),
    [
        (
            {"properties": {"a": {"type": "strnig"}}},
            (
                "judges/mine/judge.yaml: json_schema.properties.a.type: is not a JSON Schema: "
                "'strnig' is not valid under any of the given schemas"
            ),
        ),
        (
            {"$schema": "https://example.com/mine"},
            (
                "judges/mine/judge.yaml: json_schema.$schema: "
                "'https://example.com/mine' is not a known version of JSON Schema"
            ),
        ),
        (
            {"properties": {"a": {"$ref": "https://example.com/a.json"}}},
            (
                "judges/mine/judge.yaml: json_schema: the reference 'https://example.com/a.json' "
                "leads nowhere (a reference is looked up in the schema itself, never fetched)"
            ),
        ),
        (
            {"items": {"$ref": "#/$defs/gone"}},
            (
                "judges/mine/judge.yaml: json_schema: the reference '#/$defs/gone' "
                "leads nowhere (a reference is looked up in the schema itself, never fetched)"
            ),
        ),
    ],
    ids=["wrong type", "unknown version", "remote reference", "dangling reference"],
)
def test_a_bad_schema_is_a_mistake(make_judge: Any, schema: dict[str, Any], fault: str) -> None:
    """It is said when the judge is built, and nothing is fetched."""
    with pytest.raises(UserMistake) as caught:
        make_judge(kind="json_schema", json_schema=schema)

    assert str(caught.value) == fault


@pytest.mark.parametrize(
    "schema",
    [
        {"$schema": "http://json-schema.org/draft-07/schema#", "type": "string"},
        {"items": {"$ref": "#/$defs/a"}, "$defs": {"a": {"type": "integer"}}},
        {"properties": {"$ref": {"type": "string"}}, "enum": ["a", {"$ref": "gone"}]},
        {"$ref": "https://json-schema.org/draft/2020-12/schema"},
    ],
    ids=["draft 7", "own definition", "a property named $ref", "the meta-schema"],
)
def test_a_good_schema_is_taken(make_judge: Any, ask: Any, schema: dict[str, Any]) -> None:
    """Older versions and references within the schema work."""
    assert ask(make_judge(kind="json_schema", json_schema=schema), '"a"').kind == "scored"


def test_a_schema_that_never_ends_scores_nothing(make_judge: Any, ask: Any) -> None:
    """A loop in the schema is the judge's fault."""
    judge = make_judge(kind="json_schema", json_schema={"allOf": [{"$ref": "#"}]})

    judgement = ask(judge, "1")

    assert isinstance(judgement, Unscored)
    assert judgement.detail.startswith("RecursionError")
