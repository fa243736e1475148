"""JSON Schemas compiled: what is wrong with them is told, and a fault is the one to mend."""

import pytest

from evalgate.domain.record import JsonValue
from evalgate.sources.json_schema import compile_schema


def nested(depth: int) -> dict[str, JsonValue]:
    """A schema so many levels deep."""
    schema: dict[str, JsonValue] = {}
    for _ in range(depth):
        schema = {"not": schema}
    return schema


@pytest.mark.parametrize(
    ("schema", "fault"),
    [
        ({"type": "nonsense"}, "is not a JSON Schema: "),
        ({"$schema": "mine"}, "'mine' is not a known version of JSON Schema"),
        ({"$ref": "#/$defs/none"}, "the reference '#/$defs/none' leads nowhere"),
        ({"$ref": "#"}, "refers to itself without an end"),
        ({"$ref": "https://example.org/none"}, "leads nowhere"),
        (nested(3_000), "is not a JSON Schema: "),
        ({"const": "\ud83d"}, "is not a JSON Schema: "),
    ],
    ids=["type", "version", "nowhere", "circle", "elsewhere", "too deep", "half a character"],
)
def test_what_is_wrong_with_a_schema_is_told(schema: dict[str, JsonValue], fault: str) -> None:
    """Each by its own words, and none as an exception."""
    told = compile_schema(schema)

    assert isinstance(told, list)
    assert any(fault in each.fault for each in told), told


@pytest.mark.parametrize(
    ("schema", "value", "place"),
    [
        ({"anyOf": [{"type": "string"}, {"type": "object", "required": ["a"]}]}, {}, ()),
        (
            {"anyOf": [{"type": "string", "minLength": 3}, {"type": "string", "maxLength": 0}]},
            "a",
            (),
        ),
        (
            {"oneOf": [{"type": "integer"}, {"properties": {"a": {"type": "null"}}}]},
            {"a": 1},
            ("a",),
        ),
    ],
    ids=["one option fits the type", "two options do", "the option's own fault"],
)
def test_within_a_choice_the_only_near_option_is_meant(
    schema: dict[str, JsonValue], value: JsonValue, place: tuple[str, ...]
) -> None:
    """A person mends that one; where several are near, the choice itself is named."""
    compiled = compile_schema(schema)
    assert not isinstance(compiled, list)

    (told, *_) = compiled.violations(value)

    assert told.loc == place


def test_the_schema_of_schemas_is_there_without_a_network() -> None:
    """A case may hold a JSON Schema, and be held against what one is."""
    compiled = compile_schema({"$ref": "https://json-schema.org/draft/2020-12/schema"})
    assert not isinstance(compiled, list)

    assert not list(compiled.violations({"type": "object"}))
    assert list(compiled.violations({"type": 7}))
