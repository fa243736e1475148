"""Which keys a record knows at a place, from its JSON schema."""

from collections.abc import Iterable
from typing import Any

from pydantic import TypeAdapter

from evalgate.sources.places import Loc

Node = dict[str, Any]
"""A JSON schema, whose form is its own."""


def keys_beside(adapter: TypeAdapter[Any], loc: Loc) -> Iterable[str]:
    """The keys that the record at the place of an unknown key knows."""
    schema = adapter.json_schema()
    node = schema
    for part in loc[:-1]:
        node = _step(schema, node, part)
    known = _resolved(schema, node).get("properties", {})
    return [str(key) for key in known]


def _resolved(schema: Node, node: Node) -> Node:
    """Follow a reference, and the one option that is not null."""
    while True:
        reference = node.get("$ref")
        options = [option for option in node.get("anyOf", ()) if option.get("type") != "null"]
        if isinstance(reference, str):
            node = schema["$defs"][reference.rsplit("/", 1)[-1]]
        elif options:
            node = options[0]
        else:
            return node


def _step(schema: Node, node: Node, part: str | int) -> Node:
    at = _resolved(schema, node)
    inner = at.get("properties", {}).get(part)
    if isinstance(inner, dict):
        return inner
    branch = at.get("discriminator", {}).get("mapping", {}).get(part)
    if isinstance(branch, str):
        return {"$ref": branch}
    candidates = [at.get("additionalProperties"), at.get("items")]
    candidates += at.get("patternProperties", {}).values()
    return next((found for found in candidates if isinstance(found, dict)), {})
