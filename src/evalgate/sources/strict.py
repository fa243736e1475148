"""Values into records; every fault with its place, the nearest key offered for an unknown one."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from evalgate.errors import Problem, UserMistake
from evalgate.sources.nearest import did_you_mean
from evalgate.sources.yaml_text import Loc, Placed, dotted

T = TypeVar("T")


def read_record(adapter: TypeAdapter[T], placed: Placed) -> T:
    """Give a YAML document its type; raise UserMistake with all faults at once."""
    try:
        return adapter.validate_python(placed.value)
    except ValidationError as error:
        raise UserMistake(
            [_problem(placed, detail, adapter) for detail in error.errors(include_url=False)]
        ) from None


def _problem(placed: Placed, detail: ErrorDetails, adapter: TypeAdapter[T]) -> Problem:
    loc = _real_loc(placed, detail["loc"])
    line, column = placed.place_of(loc)
    remedy = ""
    if detail["type"] == "extra_forbidden":
        remedy = did_you_mean(str(loc[-1]), _keys_beside(adapter, detail["loc"]))
    return Problem(fault_of(detail), placed.path, line, column, dotted(loc), remedy)


def fault_of(detail: ErrorDetails) -> str:
    """Pydantic's message in the words of a person who reads a YAML or JSON file."""
    match detail["type"]:
        case "missing":
            return "is missing"
        case "extra_forbidden":
            return "is not a known key"
        case "value_error":
            return detail["msg"].removeprefix("Value error, ")
        case "string_pattern_mismatch":
            return f"does not look like {detail['ctx']['pattern']}"
        case _:
            return detail["msg"][:1].lower() + detail["msg"][1:]


def _real_loc(placed: Placed, loc: Loc) -> Loc:
    """Drop the parts that pydantic adds for the branch of a union it tried."""
    real: Loc = ()
    here: object = placed.value
    for index, part in enumerate(loc):
        inside = (isinstance(here, Mapping) and part in here) or (
            isinstance(here, list) and isinstance(part, int) and part < len(here)
        )
        if inside:
            real = (*real, part)
            here = here[part]  # type: ignore[index] # narrowed by `inside` just above
        elif index == len(loc) - 1 and isinstance(here, Mapping):
            real = (*real, part)  # a key that is missing
    return real


def _keys_beside(adapter: TypeAdapter[T], loc: Loc) -> Iterable[str]:
    """The keys that the record at the place of an unknown key knows."""
    schema = adapter.json_schema()
    node = schema
    for part in loc[:-1]:
        node = _step(schema, node, part)
    return _resolved(schema, node).get("properties", {})


def _resolved(schema: dict[str, object], node: dict[str, object]) -> dict[str, dict[str, object]]:
    reference = node.get("$ref")
    if isinstance(reference, str):
        definitions = schema["$defs"]
        node = definitions[reference.rsplit("/", 1)[-1]]  # type: ignore[index] # JSON schema's own form
    return node  # type: ignore[return-value] # JSON schema's own form


def _step(schema: dict[str, object], node: dict[str, object], part: str | int) -> dict[str, object]:
    at: dict[str, object] = _resolved(schema, node)  # type: ignore[assignment] # JSON schema's own form
    for found in (at.get("properties", {}), at.get("discriminator", {}).get("mapping", {})):  # type: ignore[attr-defined] # JSON schema's own form
        if part in found:
            value = found[part]
            return {"$ref": value} if isinstance(value, str) else value
    for key in ("additionalProperties", "items"):
        inner = at.get(key)
        if isinstance(inner, dict):
            return inner
    for option in at.get("anyOf", ()):  # type: ignore[attr-defined] # JSON schema's own form
        if isinstance(option, dict) and option.get("type") != "null":
            return _step(schema, option, part)
    return {}
