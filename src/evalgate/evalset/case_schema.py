"""The case schema of an evalset, compiled once and held against each case."""

from collections.abc import Callable, Iterator

from evalgate.domain.case import Case
from evalgate.domain.evalset import CaseSchema
from evalgate.domain.record import JsonValue
from evalgate.errors import Problem, UserMistake
from evalgate.sources.json_schema import CannotTellError, CompiledSchema
from evalgate.sources.json_schema import compile_schema as compile_part
from evalgate.sources.places import dotted

Check = Callable[[Case], Iterator[tuple[str, str]]]
"""Yields the key and the fault of each violation."""


def compile_schema(schema: CaseSchema, shown_as: str) -> Check:
    """Make the check of one case; a schema that is none is a mistake in `shown_as`."""
    parts: list[tuple[str, CompiledSchema]] = []
    problems: list[Problem] = []
    for part, written in (("inputs", schema.inputs), ("expected", schema.expected)):
        compiled = None if written is None else compile_part(written)
        if isinstance(compiled, CompiledSchema):
            parts.append((part, compiled))
        for loc, fault, remedy in compiled if isinstance(compiled, list) else ():
            key = dotted(("case_schema", part, *loc))
            problems.append(Problem(fault, shown_as, key=key, remedy=remedy))
    if problems:
        raise UserMistake(problems)

    def check(case: Case) -> Iterator[tuple[str, str]]:
        for part, compiled in parts:
            value: JsonValue = case.inputs if part == "inputs" else case.expected
            try:
                for told in compiled.violations(value):
                    yield dotted((part, *told.loc)), told.fault
            except CannotTellError as error:
                yield part, f"cannot be held against the case schema: {error}"

    return check
