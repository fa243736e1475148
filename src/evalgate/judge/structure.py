"""The judge that holds the answer against a JSON Schema."""

import json
import math
from dataclasses import dataclass
from decimal import Decimal

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
from evalgate.sources.json_schema import CannotTellError, CompiledSchema, compile_schema
from evalgate.sources.places import Loc, dotted

READING_RULE = 2
LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class JsonSchemaJudge:
    """1 when the answer is JSON that fits the schema."""

    name: str
    scale: Scale
    digest: str
    schema: CompiledSchema

    async def judge(self, case: Case, answer: Produced) -> Scored | Unscored:  # noqa: ARG002 - a Judge is given the case
        """Read the answer as JSON, as it is, without fences, and check it."""
        try:
            value = _parse(answer.text)
        except (ValueError, RecursionError) as error:
            return Scored(score=0, reason=excerpt(f"is not JSON: {error}", LONGEST_REASON))
        try:
            # the fault nearest to the top says most
            worst = min(self.schema.violations(value), key=lambda told: len(told.loc), default=None)
        except CannotTellError as error:
            return Unscored(cause="judge_error", detail=excerpt(str(error), LONGEST_REASON))
        if worst is None:
            return Scored(score=1, reason="fits the schema")
        return Scored(score=0, reason=excerpt(f"{_path(worst.loc)}: {worst.fault}", LONGEST_REASON))


def build_json_schema(spec: JsonSchemaSpec, place: Place) -> JsonSchemaJudge:
    """Build the judge, or raise UserMistake."""
    problems: list[Problem] = []
    scale = settle_scale(spec, BINARY, place, problems)
    refuse_expected_key(spec, place, problems)
    compiled = compile_schema(spec.json_schema)
    if isinstance(compiled, list):
        for loc, fault, remedy in compiled:
            key = dotted(("json_schema", *loc))
            problems.append(place.problem(fault, key=key, remedy=remedy))
    if problems or isinstance(compiled, list):
        raise UserMistake(problems)
    return JsonSchemaJudge(place.name, scale, fingerprint(spec, scale, READING_RULE), compiled)


def _parse(text: str) -> JsonValue:
    """Read JSON; half a character, which no file can hold, is none."""
    value: JsonValue = json.loads(text, parse_constant=_refuse_constant, parse_float=_number)
    if "\\ud" in text.lower():
        try:
            json.dumps(value, ensure_ascii=False, default=str).encode()
        except UnicodeEncodeError:
            msg = "half a character (a lone surrogate)"
            raise ValueError(msg) from None
    return value


def _number(written: str) -> float | Decimal:
    """The number, also one beyond a float: it is larger than any bound, but finite."""
    number = float(written)
    return number if math.isfinite(number) else Decimal(written)


def _path(loc: Loc) -> str:
    """Where in an answer: `$.cities[0].name`."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in loc)
    return "$" + "".join(steps)


def _refuse_constant(name: str) -> JsonValue:
    msg = f"{name} is not a JSON number"
    raise ValueError(msg)
