"""A JSON Schema that a person wrote: compiled once, with every fault that is known before use."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from pydantic import JsonValue

from evalgate.sources.places import Loc
from evalgate.sources.schema_references import goes_in_circles, references_to_nowhere

if TYPE_CHECKING:
    from jsonschema_rs import ValidationError, Validator

NEWEST = "https://json-schema.org/draft/2020-12/schema"
DIALECTS = (
    "http://json-schema.org/draft-04/schema",
    "http://json-schema.org/draft-06/schema",
    "http://json-schema.org/draft-07/schema",
    "https://json-schema.org/draft/2019-09/schema",
    NEWEST,
)
LONGEST_FAULT = 300


class Told(NamedTuple):
    """A fault of a schema, or of a value that does not fit one: its place, and words for it."""

    loc: Loc
    fault: str
    remedy: str = ""


class CannotTellError(Exception):
    """Whether the value fits the schema cannot be found out."""


class CompiledSchema:
    """A schema without a fault; it reaches for no network and no file."""

    def __init__(self, validator: "Validator") -> None:
        self._validator = validator

    def violations(self, value: JsonValue) -> Iterator[Told]:
        """Yield all that keeps a value from fitting; raise CannotTellError where nobody can say.

        The value holds no half of a character and no infinite number: the library knows neither.
        """
        try:
            if not self._validator.is_valid(value):  # most are, which is soon found
                yield from map(_told, self._validator.iter_errors(value))
        except ValueError as error:  # a value nested more than 255 deep
            raise CannotTellError(shortened(str(error))) from None


def _told(error: "ValidationError") -> Told:
    from jsonschema_rs import ValidationErrorKind

    gave_up = (ValidationErrorKind.BacktrackLimitExceeded, ValidationErrorKind.RegexEngineFailure)
    if isinstance(error.kind, gave_up):
        raise CannotTellError(shortened(error.message))
    meant = _meant(error)
    return Told(tuple(meant.instance_path), _words(meant))


def compile_schema(written: dict[str, JsonValue]) -> CompiledSchema | list[Told]:
    """Compile a schema, or tell what is wrong with it; one without `$schema` is of 2020-12."""
    from jsonschema_rs import ValidationError, validator_for

    dialect = str(written.get("$schema", NEWEST))
    if dialect.removesuffix("#") not in DIALECTS:
        fault = f"{shortened(repr(dialect))} is not a known version of JSON Schema"
        return [Told(("$schema",), fault, f"the newest is {NEWEST}")]
    try:
        nowhere = references_to_nowhere(written)
        if not nowhere and goes_in_circles(written):
            return [Told((), "refers to itself without an end")]
        # `format` says what a value means, as the newest version has it; it refuses none
        return _nowhere(nowhere) or CompiledSchema(
            validator_for(written, validate_formats=False, offline=True)
        )
    except ValidationError as error:
        meant = _meant(error)
        fault = f"is not a JSON Schema: {_words(meant)}"
        return [Told(tuple(meant.instance_path), fault)]
    except (ValueError, RecursionError) as error:  # nested too deeply, half a character
        return [Told((), f"is not a JSON Schema: {shortened(str(error))}")]


def _nowhere(references: list[str]) -> list[Told]:
    remedy = "a reference is looked up in the schema itself, never fetched"
    return [Told((), f"the reference {each!r} leads nowhere", remedy) for each in references]


def _meant(error: "ValidationError") -> "ValidationError":
    """The fault that a person can mend: within a choice, that of the only option of its type."""
    from jsonschema_rs import ValidationErrorKind

    while isinstance(error.kind, ValidationErrorKind.AnyOf | ValidationErrorKind.OneOfNotValid):
        near = [option for option in error.kind.context if not _is_of_another_type(error, option)]
        if len(near) != 1 or not near[0]:
            break
        error = near[0][0]
    return error


def _words(error: "ValidationError") -> str:
    from jsonschema_rs import ValidationErrorKind

    match error.kind:
        case ValidationErrorKind.Enum(options=options):  # the library names two of them
            known = ", ".join(json.dumps(option, ensure_ascii=False) for option in options)
            value = json.dumps(error.instance, ensure_ascii=False)
            return shortened(f"{shortened(value)} is not one of {known}")
        case _:
            return shortened(error.message)


def _is_of_another_type(error: "ValidationError", option: "list[ValidationError]") -> bool:
    return any(
        each.kind.name == "type" and each.instance_path == error.instance_path for each in option
    )


def shortened(message: str) -> str:
    """Bring a message about somebody's value onto one line of bearable length."""
    line = " ".join(message.split())
    return line if len(line) <= LONGEST_FAULT else f"{line[:LONGEST_FAULT]}…"
