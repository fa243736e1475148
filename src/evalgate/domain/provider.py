"""An OpenAI-compatible endpoint, as `providers:` in gates.yaml describes it."""

import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from evalgate.domain.record import Number, Record, Whole

BASE_URLS = {"openai": "https://api.openai.com/v1"}
"""Providers whose address need not be written."""

SIMULATED = "sim"  # in this process, asked nowhere

VARIABLE = r"^[A-Z_][A-Z0-9_]*$"  # capitals alone: of a key in its place, most have small letters


class Price(Record):
    """US dollars for a million tokens."""

    input_per_million: Number = Field(ge=0)
    output_per_million: Number = Field(ge=0)


def _place_alone(url: str) -> str:
    """Refuse a URL that is none, or that could carry a key into recordings and reports."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host, parts = None, urlsplit("")
    if parts.scheme not in ("http", "https") or not host or re.search(r"[\s\x00-\x1f]", url):
        msg = "is not a URL of the form https://host/v1"
        raise ValueError(msg)
    if "@" in parts.netloc or "?" in url or "#" in url:
        msg = "holds more than a place; a key comes from the environment: api_key_env"
        raise ValueError(msg)
    return url


def _name_alone(name: str) -> str:
    """Refuse what could be a key, without repeating it."""
    if not re.fullmatch(VARIABLE, name):
        msg = (
            "is not the name of an environment variable, as in OPENAI_API_KEY"
            " (a key itself stays out of every file)"
        )
        raise ValueError(msg)
    return name


class ProviderSpec(Record):
    """Where a model is asked, with which key, how often and for what price."""

    base_url: Annotated[str, AfterValidator(_place_alone)] | None = None
    api_key_env: Annotated[str, AfterValidator(_name_alone)] | None = Field(
        default=None, description="name of the environment variable that holds the key"
    )
    max_in_flight: Whole = Field(default=64, ge=1)
    requests_per_minute: Whole | None = Field(default=None, ge=1)
    tokens_per_minute: Whole | None = Field(default=None, ge=1)
    timeout_s: Number = Field(default=60.0, gt=0)
    max_attempts: Whole = Field(default=6, ge=1, le=20)
    max_wait_s: Number = Field(default=120.0, gt=0, description="all attempts and pauses together")
    prices: dict[str, Price] = Field(default_factory=dict, description="by model name")


class Budget(Record):
    """Where a run ends, cleanly, before it is finished."""

    max_usd: Number | None = Field(default=None, gt=0)
    max_minutes: Number | None = Field(default=None, gt=0)


def is_simulated(uri: str) -> bool:
    """True for a model that is rules in this process, and no LLM."""
    return uri.partition(":/")[0] == SIMULATED
