"""Where a JSON Schema refers to: every reference leads somewhere, and none in a circle."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple, cast

from pydantic import JsonValue

if TYPE_CHECKING:
    from jsonschema_rs import Resolver

REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")
FOR_THE_WHOLE = ("allOf", "anyOf", "oneOf", "not", "if", "then", "else")
FOR_A_PART = (
    *("additionalItems", "additionalProperties", "contains", "contentSchema", "items"),
    *("prefixItems", "propertyNames", "unevaluatedItems", "unevaluatedProperties"),
)
FOR_THE_WHOLE_BY_NAME = ("dependencies", "dependentSchemas")
BY_NAME = ("$defs", "definitions", "patternProperties", "properties")

Schema = dict[str, JsonValue]
ELSEWHERE: Schema = {"$comment": "whatever is not in the schema itself"}


class _Place(NamedTuple):
    """A schema, or one within it, and what its references are looked up with."""

    schema: Schema
    resolver: "Resolver"


def references_to_nowhere(schema: Schema) -> list[str]:
    """Find every reference that leads nowhere, also where no value would ever come to it."""
    return [
        reference
        for place in _places(schema)
        for reference in _references(place.schema)
        if _target(place, reference) is None
    ]


def goes_in_circles(schema: Schema) -> bool:
    """True when a value would be held against the same schema again and again, without an end."""
    done: set[str] = set()
    return any(_comes_back(place, (), done) for place in _places(schema))


def _comes_back(place: _Place, above: tuple[str, ...], done: set[str]) -> bool:
    # a reference gives a copy of what it leads to: only its words tell that it is the same
    words = f"{place.resolver.base_uri} {json.dumps(place.schema, default=str)}"
    if words in above:
        return True
    if words in done:
        return False
    targets = (_target(place, reference) for reference in _references(place.schema))
    inner = [*_within(place, FOR_THE_WHOLE, FOR_THE_WHOLE_BY_NAME), *filter(None, targets)]
    found = any(_comes_back(each, (*above, words), done) for each in inner)
    done.add(words)
    return found


def _places(schema: Schema) -> Iterator[_Place]:
    """Yield a schema and all within it, wherever one may stand."""
    from jsonschema_rs import Registry

    name = _name(schema)
    registry = Registry([(name, schema)], retriever=lambda _: ELSEWHERE)
    waiting = [_Place(schema, registry.resolver(name))]
    while waiting:
        place = waiting.pop()
        by_name = (*FOR_THE_WHOLE_BY_NAME, *BY_NAME)
        waiting += _within(place, (*FOR_THE_WHOLE, *FOR_A_PART), by_name)
        yield place


def _within(place: _Place, keywords: tuple[str, ...], by_name: tuple[str, ...]) -> list[_Place]:
    """The schemas that stand directly in a schema, each with the resolver of its own name."""
    found: list[JsonValue] = []
    for keyword in keywords:
        value = place.schema.get(keyword)
        found += value if isinstance(value, list) else [value]
    for keyword in by_name:
        value = place.schema.get(keyword)
        found += value.values() if isinstance(value, dict) else ()
    inner = (each for each in found if isinstance(each, dict))
    return [_Place(each, _resolver_within(place, each)) for each in inner]


def _resolver_within(place: _Place, schema: Schema) -> "Resolver":
    name = _name(schema)
    if not name or name.startswith("#"):
        return place.resolver
    named = _target(place, name)
    return named.resolver if named else place.resolver


def _name(schema: Schema) -> str:
    name = schema.get("$id", schema.get("id"))  # `id` in draft 4
    return name if isinstance(name, str) else ""


def _references(schema: Schema) -> list[str]:
    written = (schema.get(keyword) for keyword in REFERENCES)
    return [reference for reference in written if isinstance(reference, str)]


def _target(place: _Place, reference: str) -> _Place | None:
    """What a reference leads to; True and False are schemas in which nothing is referred to."""
    from jsonschema_rs import ReferencingError

    try:
        found = place.resolver.lookup(reference)
    except (ReferencingError, ValueError):
        return None
    if found.contents == ELSEWHERE:
        return None
    # the library's numbers may be Decimal, which no reference is
    contents = cast("Schema", found.contents) if isinstance(found.contents, dict) else {}
    return _Place(contents, found.resolver)
