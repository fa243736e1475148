"""What an endpoint's failure means: try again, give this case up, or tell the person, once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from evalgate.domain.chat import ModelFailed
from evalgate.domain.names import GATES
from evalgate.errors import Problem, UserMistake
from evalgate.model.admission import Forbidden
from evalgate.model.refusals import Refusal, names_no_model, refused_parameter
from evalgate.model.retrying import RETRIED_STATUSES, Transient

_TOO_LONG = re.compile(
    r"context.{0,20}(length|window)|maximum.{0,20}(context|tokens)|(prompt|input) is too long"
    r"|too many (input )?tokens|reduce the length",
    re.IGNORECASE,
)
_NO_CREDIT = re.compile(
    r"insufficient_quota|insufficient.{0,10}(credit|balance|funds)", re.IGNORECASE
)
_CAUSES: Mapping[int, Literal["rate_limited", "timeout"]] = {429: "rate_limited", 408: "timeout"}
_OF_ONE_CASE = ("content_filter", "content_policy_violation", "flagged", "invalid_prompt")


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom a request went to, for the words of a mistake."""

    provider: str
    model: str
    key_env: str | None
    base_url: str
    parameters: tuple[str, ...]


def meaning_of(refusal: Refusal, asked: Addressee) -> Transient | ModelFailed | Forbidden:
    """Decide what a refusal means for one case.

    Raises UserMistake for what would be the same with every case. A 403 alone does not tell: a
    gateway forbids a question so, and an endpoint a key.
    """
    said = f"{refusal.status}: {refusal.message}"
    if _NO_CREDIT.search(refusal.code) or refusal.status == 402:
        raise _no_credit(asked, said)
    if refusal.status in RETRIED_STATUSES:
        return Transient(_CAUSES.get(refusal.status, "server_error"), said, refusal.retry_after_s)
    if any(word in refusal.code for word in _OF_ONE_CASE):
        return ModelFailed(cause="refused", detail=said)
    if _is_too_long(refusal, said):
        return ModelFailed(cause="too_long", detail=said)
    _refuse_for_all(refusal, asked, said)
    failed = ModelFailed(cause="refused", detail=said)
    return Forbidden(failed, _bad_key(asked, said)) if refusal.status == 403 else failed


def _is_too_long(refusal: Refusal, said: str) -> bool:
    if refusal.parameter in ("max_tokens", "max_completion_tokens"):
        return False  # the project set the answer's length to what this model cannot do
    return (
        refusal.status == 413
        or "context_length" in refusal.code
        or _TOO_LONG.search(said) is not None
    )


def _refuse_for_all(refusal: Refusal, asked: Addressee, said: str) -> None:
    if refusal.status < 400:
        fault = f"{asked.base_url} sends us elsewhere: {said}"
        remedy = "write the address that it names as base_url"
        raise UserMistake(Problem(fault, GATES, key=f"providers.{asked.provider}", remedy=remedy))
    if refusal.status == 401:
        raise _bad_key(asked, said)
    if refusal.status in (404, 405) or names_no_model(refusal, asked.model):
        raise _no_model(asked, said)
    if refusal.status in (400, 422):
        parameter = refused_parameter(refusal, asked.parameters)
        if parameter:
            fault = (
                f"{asked.provider} refuses the parameter {parameter!r} for {asked.model}: {said}"
            )
            raise UserMistake(
                Problem(fault, key=f"parameters.{parameter}", remedy="change it or take it out")
            )


def _bad_key(asked: Addressee, said: str) -> UserMistake:
    key = f"the key in {asked.key_env}" if asked.key_env else "a request without a key"
    remedy = (
        f"set {asked.key_env} to a key that may use {asked.model}"
        if asked.key_env
        else f"name the key's environment variable: providers.{asked.provider}.api_key_env"
    )
    fault = f"{asked.base_url} refuses {key}: {said}"
    return UserMistake(Problem(fault, GATES, key=f"providers.{asked.provider}", remedy=remedy))


def _no_credit(asked: Addressee, said: str) -> UserMistake:
    fault = f"the account behind {asked.key_env or asked.base_url} has no credit: {said}"
    remedy = "add credit there, then run again: every reply so far is kept"
    return UserMistake(Problem(fault, GATES, key=f"providers.{asked.provider}", remedy=remedy))


def _no_model(asked: Addressee, said: str) -> UserMistake:
    fault = f"{asked.base_url} knows no model {asked.model!r}: {said}"
    remedy = f"correct the model's name, or providers.{asked.provider}.base_url"
    return UserMistake(Problem(fault, GATES, key=f"providers.{asked.provider}", remedy=remedy))
