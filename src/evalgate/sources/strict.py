"""Values into records; every fault with its place, the nearest key offered for an unknown one."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeVar, get_args

from pydantic import BaseModel, JsonValue, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from evalgate.errors import Problem, UserMistake
from evalgate.sources.jsonl import parse_json
from evalgate.sources.known_keys import keys_beside
from evalgate.sources.nearest import did_you_mean
from evalgate.sources.places import Loc, Placed, dotted

T = TypeVar("T")
R = TypeVar("R", bound=BaseModel)


def read_record(adapter: TypeAdapter[T], placed: Placed) -> T:
    """Give a document its type; raise UserMistake with all faults at once."""
    try:
        return adapter.validate_python(placed.value)
    except ValidationError as error:
        raise UserMistake(_problems(adapter, placed, error)) from None


def read_one_of(union: TypeAdapter[R], options: Iterable[type[R]], placed: Placed) -> R:
    """Give a document the type that its `kind` names; `options` are the types of the union.

    The union of all of them has the words for a kind that there is not; a project has few kinds,
    and making all takes longer than reading what is right.
    """
    kind = placed.value.get("kind") if isinstance(placed.value, dict) else None
    for option in options:
        if kind in get_args(option.model_fields["kind"].annotation):
            try:
                return option.model_validate(placed.value)
            except ValidationError as error:
                raise UserMistake(_problems(TypeAdapter(option), placed, error)) from None
    return read_record(union, placed)


def record_of_line(
    adapter: TypeAdapter[T], value: JsonValue, shown_as: str, line: int
) -> T | tuple[Problem, ...]:
    """Give one line of a JSONL file its type, or say all that is wrong with it."""
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        return _problems(adapter, Placed(shown_as, value, {(): (line, 0)}), error)


def load_json_record(adapter: TypeAdapter[T], path: Path, shown_as: str) -> T:
    """Read a JSON file that holds one record."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise UserMistake(Problem("there is no such file", path=shown_as)) from None
    except OSError as error:
        fault = f"cannot be read: {error.strerror or error}"
        raise UserMistake(Problem(fault, path=shown_as)) from error
    return read_record(adapter, Placed(shown_as, parse_json(content, shown_as)))


def _problems(
    adapter: TypeAdapter[T], placed: Placed, error: ValidationError
) -> tuple[Problem, ...]:
    found: dict[tuple[Loc, str], Problem] = {}
    details = error.errors(include_url=False)
    for detail in details:
        if detail["type"] == "too_short" and _fault_inside(detail["loc"], details):
            continue  # pydantic counts the items without a fault
        loc = _real_loc(placed, detail)
        problem = _problem(placed, loc, detail, adapter)
        # a plain union complains once for each type it tried: that is one fault
        tried = (loc, "union" if len(detail["loc"]) > len(loc) else detail["type"])
        earlier = found.get(tried)
        if earlier is not None and earlier.fault != problem.fault:
            fault = f"{earlier.fault}, or {problem.fault}"
            problem = Problem(fault, problem.path, problem.line, problem.column, problem.key)
        found[tried] = problem
    return tuple(found.values())


def _fault_inside(loc: Loc, details: list[ErrorDetails]) -> bool:
    return any(
        len(other["loc"]) > len(loc) and other["loc"][: len(loc)] == loc for other in details
    )


def _problem(placed: Placed, loc: Loc, detail: ErrorDetails, adapter: TypeAdapter[T]) -> Problem:
    remedy = ""
    match detail["type"]:
        case "extra_forbidden":
            remedy = did_you_mean(str(loc[-1]), keys_beside(adapter, detail["loc"]))
        case "union_tag_invalid":
            context = detail["ctx"]
            remedy = did_you_mean(context["tag"], _quoted(context["expected_tags"]))
        case "literal_error" if isinstance(detail["input"], str):
            remedy = did_you_mean(detail["input"], _quoted(detail["ctx"]["expected"]))
    line, column = placed.place_of(loc)
    return Problem(fault_of(detail), placed.path, line, column, dotted(loc), remedy)


PLAIN_WORDS = {
    "missing": "is missing",
    "union_tag_not_found": "is missing",
    "extra_forbidden": "is not a known key",
    "dict_type": "is not a mapping (key: value)",
    "model_type": "is not a mapping (key: value)",
    "model_attributes_type": "is not a mapping (key: value)",
    "tuple_type": "is not a list",
    "list_type": "is not a list",
}


def fault_of(detail: ErrorDetails) -> str:
    """Pydantic's message in the words of a person who reads a YAML or JSON file."""
    if detail["type"] in PLAIN_WORDS:
        return PLAIN_WORDS[detail["type"]]
    match detail["type"]:
        case "union_tag_invalid":
            return f"{detail['ctx']['tag']!r} is not known"
        case "value_error":
            return detail["msg"].removeprefix("Value error, ")
        case "too_short":
            least = detail["ctx"]["min_length"]
            return "is empty" if least == 1 else f"has fewer than {least} entries"
        case "string_pattern_mismatch":
            return f"does not look like {detail['ctx']['pattern']}"
        case _:
            return detail["msg"][:1].lower() + detail["msg"][1:]


def _quoted(listed: str) -> list[str]:
    return re.findall(r"'([^']*)'", listed)


def _real_loc(placed: Placed, detail: ErrorDetails) -> Loc:
    """Drop what pydantic adds for the branch of a union; name the key that tells them apart."""
    real: Loc = ()
    here: object = placed.value
    loc = detail["loc"]
    for index, part in enumerate(loc):
        if isinstance(here, list):
            here = dict(enumerate(here))
        if isinstance(here, Mapping) and part in here:
            real, here = (*real, part), here[part]
        elif detail["type"] == "missing" and index == len(loc) - 1:
            real = (*real, part)
    if detail["type"] in ("union_tag_invalid", "union_tag_not_found"):
        real = (*real, detail["ctx"]["discriminator"].strip("'"))
    return real
