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
        ('{"city": 1}', 0, '$.city: 1 is not of type "string"'),
        ("{}", 0, '$: "city" is a required property'),
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
                '"strnig" is not one of "array", "boolean", "integer", "null", "number", "object", '
                '"string"'
            ),
        ),
        (
            {"$schema": "https://example.com/mine"},
            (
                "judges/mine/judge.yaml: json_schema.$schema: "
                "'https://example.com/mine' is not a known version of JSON Schema "
                "(the newest is https://json-schema.org/draft/2020-12/schema)"
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
            {"$schema": "http://json-schema.org/draft-03/schema#"},
            (
                "judges/mine/judge.yaml: json_schema.$schema: "
                "'http://json-schema.org/draft-03/schema#' is not a known version of JSON Schema "
                "(the newest is https://json-schema.org/draft/2020-12/schema)"
            ),
        ),
        (
            {"properties": {"a": {"pattern": "("}}},
            (
                "judges/mine/judge.yaml: json_schema.properties.a.pattern: is not a JSON Schema: "
                '"(" is not a "regex"'
            ),
        ),
        (
            {"$defs": {"unused": {"items": {"$ref": "#/$defs/gone"}}}},
            (
                "judges/mine/judge.yaml: json_schema: the reference '#/$defs/gone' "
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
    ids=[
        "wrong type",
        "unknown version",
        "remote reference",
        "draft 3",
        "wrong pattern",
        "dangling in what is unused",
        "dangling reference",
    ],
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


@pytest.mark.parametrize(
    "schema",
    [
        {"allOf": [{"$ref": "#"}]},
        {"properties": {"a": {"$ref": "#/properties/a"}}},
        {
            "$defs": {
                "a": {"not": {"$ref": "#b"}},
                "b": {"$anchor": "b", "if": {"$ref": "#/$defs/a"}},
            }
        },
        {"$id": "https://example.com/all", "anyOf": [{"$id": "one", "$ref": "all"}]},
    ],
    ids=["the whole", "a property", "two in turn", "by their names"],
)
def test_a_schema_that_never_ends_is_a_mistake(make_judge: Any, schema: dict[str, Any]) -> None:
    """The library would let every answer pass."""
    with pytest.raises(UserMistake) as caught:
        make_judge(kind="json_schema", json_schema=schema)

    assert (
        str(caught.value) == "judges/mine/judge.yaml: json_schema: refers to itself without an end"
    )


def test_a_schema_may_hold_parts_like_the_whole(make_judge: Any, ask: Any) -> None:
    """A tree ends where the answer ends."""
    tree = {"type": "object", "properties": {"left": {"$ref": "#"}, "right": {"$ref": "#"}}}
    judge = make_judge(kind="json_schema", json_schema=tree)

    assert ask(judge, '{"left": {"right": {}}}').score == 1
    assert ask(judge, '{"left": {"right": 3}}').reason == (
        '$.left.right: 3 is not of type "object"'
    )


@pytest.mark.parametrize(
    ("schema", "answer", "verdict"),
    [
        ({"type": "number"}, "1e999", (1, "fits the schema")),
        ({"maximum": 10}, "1e999", (0, "$: 1e+999 is greater than the maximum of 10")),
        ({"type": "integer"}, "1" * 400, (1, "fits the schema")),
        ({"multipleOf": 0.01}, "19.99", (1, "fits the schema")),
        ({"type": "string"}, r'"\ud83d\ude00"', (1, "fits the schema")),
        ({}, r'["\uD83D"]', (0, "is not JSON: half a character (a lone surrogate)")),
        ({}, r'{"\ude00": 1}', (0, "is not JSON: half a character (a lone surrogate)")),
        ({"format": "date"}, '"soon"', (1, "fits the schema")),
        (
            {"$schema": "http://json-schema.org/draft-07/schema#", "format": "date"},
            '"soon"',
            (1, "fits the schema"),
        ),
        ({"enum": ["a", 1]}, "true", (0, '$: true is not one of "a", 1')),
        (
            {"required": ["b"], "properties": {"a": {"type": "null"}}},
            '{"a": 1}',
            (0, '$: "b" is a required property'),
        ),
        (
            {"items": {"anyOf": [{"type": "string"}, {"required": ["b"]}]}},
            '["a", {"c": 1}]',
            (0, '$[1]: "b" is a required property'),
        ),
    ],
)
def test_the_edges_of_json(
    make_judge: Any, ask: Any, schema: dict[str, Any], answer: str, verdict: tuple[float, str]
) -> None:
    """Numbers beyond a float are numbers; half a character is none; `format` refuses nothing."""
    judgement = ask(make_judge(kind="json_schema", json_schema=schema), answer)

    assert (judgement.score, judgement.reason) == verdict


@pytest.mark.parametrize(
    ("schema", "answer", "detail"),
    [
        ({"not": {"pattern": "^(a|aa)+(?=c)$"}}, f'"{"a" * 60}b"', "Error executing regex"),
        ({"type": "string"}, "[" * 400 + "]" * 400, "Recursion limit"),
    ],
    ids=["a pattern that gives up", "an answer nested too deeply"],
)
def test_what_nobody_can_tell_is_not_scored(
    make_judge: Any, ask: Any, schema: dict[str, Any], answer: str, detail: str
) -> None:
    """The judge owns its patterns and its limits."""
    judgement = ask(make_judge(kind="json_schema", json_schema=schema), answer)

    assert isinstance(judgement, Unscored)
    assert judgement.detail.startswith(detail)
