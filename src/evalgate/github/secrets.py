"""Values of the environment that must not be written: a runner hides them in its log alone."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from evalgate.domain.record import JsonValue
from evalgate.errors import Problem, UserMistake
from evalgate.quoting.redaction import REDACTED

NAMES = re.compile(r"KEY|TOKEN|SECRET|PASSW|CREDENTIAL", re.IGNORECASE)
SHORTEST = 8  # a shorter value is hidden by nobody: it would be taken out of ordinary words

R = TypeVar("R", bound=BaseModel)


def secrets_in(environment: Mapping[str, str]) -> tuple[str, ...]:
    """The values of variables that are named like secrets, the longest first."""
    named = {value.strip() for name, value in environment.items() if NAMES.search(name)}
    lines = {line.strip() for value in named for line in value.splitlines()}
    found = {value for value in named | lines if len(value) >= SHORTEST}
    return tuple(sorted(found, key=lambda value: (-len(value), value)))


def without_secrets(record: R, secrets: Sequence[str]) -> R:
    """The record with `[redacted]` in place of every secret; what follows from it is unchanged.

    Raises UserMistake when a secret is a word that the record cannot do without.
    """
    text = record.model_dump_json()
    if not any(json.dumps(secret, ensure_ascii=False)[1:-1] in text for secret in secrets):
        return record
    try:
        return type(record).model_validate(_cleaned(record.model_dump(mode="json"), secrets))
    except ValidationError:
        fault = "a secret of the environment is one of evalgate's own words"
        raise UserMistake(Problem(fault, remedy="choose another secret")) from None


def redacted_in(text: str, secrets: Sequence[str]) -> str:
    """The text without the secrets."""
    for secret in secrets:
        text = text.replace(secret, REDACTED)
    return text


def _cleaned(value: JsonValue, secrets: Sequence[str]) -> JsonValue:
    match value:
        case str():
            return redacted_in(value, secrets)
        case list():
            return [_cleaned(entry, secrets) for entry in value]
        case dict():
            return {key: _cleaned(entry, secrets) for key, entry in value.items()}
        case _:
            return value
