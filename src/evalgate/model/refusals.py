"""What an endpoint says about a request that it refuses: its fields first, then precise words.

What it says may repeat the question, so that a word alone proves nothing: only what it says of the
very model or parameter that was sent is about every case.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pydantic import JsonValue

_NO_MODEL_CODES = ("model_not_found", "invalid_model", "unknown_model")
_REFUSED = "unsupported|unrecognized|unknown|unexpected|invalid|extra"
_THING = "parameter|argument|field|name"
_NOT_TAKEN = (
    r"is (not|no longer) (supported|permitted|allowed|recognized)|is (unsupported|deprecated)"
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A status that is no answer, with what the endpoint said about it."""

    status: int
    message: str
    code: str
    parameter: str
    retry_after_s: float | None = None


def refusal_of(status: int, body: object, retry_after_s: float | None) -> Refusal:
    """Read an error's body, in OpenAI's form, in FastAPI's or in one that is near it."""
    told: object = body
    if isinstance(told, Mapping):
        told = told.get("error") or told.get("detail") or told
    match told:
        case [{"loc": ["body", str(name), *_]}, *_]:
            return Refusal(status, str(told)[:500], "", name, retry_after_s)
        case Mapping():
            pass
        case _:
            return Refusal(status, str(told or "")[:500], "", "", retry_after_s)
    code, kind = told.get("code"), told.get("type")
    said = " ".join(str(each) for each in (code, kind) if each)
    metadata: JsonValue = told.get("metadata")
    if isinstance(metadata, Mapping) and metadata.get("reasons"):
        said += " flagged"  # a moderated question, which OpenRouter answers with 403
    message = str(told.get("message") or told)[:500]
    return Refusal(status, message, said, str(told.get("param") or ""), retry_after_s)


def names_no_model(refusal: Refusal, model: str) -> bool:
    """True when the endpoint says that it has no such model."""
    if any(code in refusal.code for code in _NO_MODEL_CODES) or refusal.parameter == "model":
        return True
    name = rf"[^\w\s]?{re.escape(model)}[^\w\s]?"
    precise = (
        rf"\bmodel:? {name} (does not exist|(was |is |could )?not (be )?found)"
        rf"|(^|\s){name} is not a valid model|\b(invalid|unknown) model( name| id)?:? {name}(\s|$)"
        r"|\bmodel_not_found\b"
    )
    return not refusal.parameter and re.search(precise, refusal.message, re.IGNORECASE) is not None


def refused_parameter(refusal: Refusal, sent: Iterable[str]) -> str:
    """The parameter of the request that the endpoint does not take, or nothing."""
    if refusal.parameter:
        named = re.split(r"[.\[]", refusal.parameter, maxsplit=1)[0]
        return named if named in sent else ""
    return next((name for name in sent if _refuses(refusal.message, name)), "")


def _refuses(message: str, parameter: str) -> bool:
    name = rf"['\"`]?\b{re.escape(parameter)}\b['\"`]?"
    precise = (
        rf"\b({_REFUSED}) ((request|keyword) )?({_THING})s?( supplied| provided)?:? {name}"
        rf"|{name} ({_NOT_TAKEN})"
        rf"|['\"]?loc['\"]?: ?[\[(]['\"]body['\"], ?['\"]{re.escape(parameter)}['\"]"
    )
    return re.search(precise, message, re.IGNORECASE) is not None
