"""The case schema of an evalset, compiled once and held against each case."""

from collections.abc import Callable, Iterator
from typing import Any

from evalgate.domain.case import Case
from evalgate.domain.evalset import CaseSchema
from evalgate.domain.record import JsonValue
from evalgate.errors import Problem, UserMistake

Check = Callable[[Case], Iterator[tuple[str, str]]]
"""Yields the key and the fault of each violation."""

LONGEST_FAULT = 300


def compile_schema(schema: CaseSchema, shown_as: str) -> Check:
    """Make the check of one case; a schema that is none is a mistake in `shown_as`."""
    parts: list[tuple[str, Any]] = []
    for part, written in (("inputs", schema.inputs), ("expected", schema.expected)):
        if written is not None:
            parts.append((part, _validator(written, part, shown_as)))

    def check(case: Case) -> Iterator[tuple[str, str]]:
        for part, validator in parts:
            value: JsonValue = case.inputs if part == "inputs" else case.expected
            for error in validator.iter_errors(value):
                key = ".".join(str(step) for step in (part, *error.absolute_path))
                yield key, _shortened(error.message)

    return check


def _validator(written: dict[str, JsonValue], part: str, shown_as: str) -> Any:  # noqa: ANN401 # jsonschema makes its validators' class at run time
    from jsonschema.exceptions import SchemaError
    from jsonschema.validators import validator_for
    from referencing import Registry

    kind = validator_for(written)
    try:
        kind.check_schema(written)
    except SchemaError as error:
        fault = f"is not a JSON Schema: {_shortened(error.message)}"
        raise UserMistake(Problem(fault, shown_as, key=f"case_schema.{part}")) from None
    # an empty registry: a schema never reaches for the network
    return kind(written, registry=Registry())


def _shortened(message: str) -> str:
    line = " ".join(message.split())
    return line if len(line) <= LONGEST_FAULT else f"{line[:LONGEST_FAULT]}…"
