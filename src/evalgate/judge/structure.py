"""The judge that holds the answer against a JSON Schema."""

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalgate.domain.answer import Produced
from evalgate.domain.case import Case
from evalgate.domain.judgement import Scored, Unscored
from evalgate.domain.record import JsonValue
from evalgate.domain.scale import BINARY, Scale
from evalgate.domain.specs import JsonSchemaSpec
from evalgate.errors import Problem, UserMistake
from evalgate.judge.declaration import fingerprint, refuse_expected_key, settle_scale
from evalgate.judge.excerpt import excerpt
from evalgate.judge.place import Place

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

READING_RULE = 1
LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class JsonSchemaJudge:
    """1 when the answer is JSON that fits the schema."""

    name: str
    scale: Scale
    digest: str
    validator: "Validator"

    async def judge(self, case: Case, answer: Produced) -> Scored | Unscored:  # noqa: ARG002 - a Judge is given the case
        """Read the answer as JSON, as it is, without fences, and check it."""
        from jsonschema.exceptions import best_match
        from referencing.exceptions import Unresolvable

        try:
            value = json.loads(answer.text, parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as error:
            return Scored(score=0, reason=excerpt(f"is not JSON: {error}", LONGEST_REASON))
        try:
            worst = best_match(self.validator.iter_errors(value))
        except (RecursionError, ArithmeticError, re.error, Unresolvable) as error:
            detail = excerpt(f"{type(error).__name__}: {error}", LONGEST_REASON)
            return Unscored(cause="judge_error", detail=detail)
        if worst is None:
            return Scored(score=1, reason="fits the schema")
        reason = f"{worst.json_path}: {worst.message}"
        return Scored(score=0, reason=excerpt(reason, LONGEST_REASON))


def build_json_schema(spec: JsonSchemaSpec, place: Place) -> JsonSchemaJudge:
    """Build the judge, or raise UserMistake."""
    problems: list[Problem] = []
    scale = settle_scale(spec, BINARY, place, problems)
    refuse_expected_key(spec, place, problems)
    validator = _validator(spec.json_schema, place, problems)
    if validator is None or problems:
        raise UserMistake(problems)
    return JsonSchemaJudge(place.name, scale, fingerprint(spec, scale, READING_RULE), validator)


def _validator(
    schema: dict[str, JsonValue], place: Place, problems: list[Problem]
) -> "Validator | None":
    from jsonschema.exceptions import SchemaError
    from jsonschema.validators import Draft202012Validator, validator_for
    from referencing import Registry

    newest = Draft202012Validator.META_SCHEMA["$id"]
    dialect = schema.get("$schema", newest)
    kind = validator_for({"$schema": str(dialect)}, default=Draft202012Validator)
    if kind is Draft202012Validator and str(dialect).removesuffix("#") != newest:
        fault = f"{dialect!r} is not a known version of JSON Schema"
        problems.append(place.problem(fault, key="json_schema.$schema"))
        return None
    try:
        kind.check_schema(schema)
    except SchemaError as error:
        where = error.json_path.removeprefix("$")
        fault = f"is not a JSON Schema: {excerpt(error.message, LONGEST_REASON)}"
        problems.append(place.problem(fault, key=f"json_schema{where}"))
        return None
    for reference in _dangling(schema):
        remedy = "a reference is looked up in the schema itself, never fetched"
        fault = f"the reference {reference!r} leads nowhere"
        problems.append(place.problem(fault, key="json_schema", remedy=remedy))
    return kind(schema, registry=Registry())  # its default registry would fetch from the network


def _dangling(schema: dict[str, JsonValue]) -> list[str]:
    from jsonschema_specifications import REGISTRY  # type: ignore[import-untyped] # has no types
    from referencing import Resource
    from referencing.exceptions import Unresolvable
    from referencing.jsonschema import DRAFT202012

    whole = Resource.from_contents(schema, default_specification=DRAFT202012)
    dangling: list[str] = []
    waiting = [(whole, REGISTRY.resolver_with_root(whole))]
    while waiting:
        part, resolver = waiting.pop()
        waiting += [(sub, resolver.in_subresource(sub)) for sub in part.subresources()]
        reference = part.contents.get("$ref") if isinstance(part.contents, dict) else None
        if isinstance(reference, str):
            try:
                resolver.lookup(reference)
            except Unresolvable:
                dangling.append(reference)
    return dangling


def _refuse_constant(name: str) -> JsonValue:
    msg = f"{name} is not a JSON number"
    raise ValueError(msg)
