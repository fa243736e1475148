"""An OpenAI-compatible endpoint, as `providers:` in gates.yaml describes it."""

from pydantic import Field

from evalgate.domain.record import Number, Record


class Price(Record):
    """US dollars for a million tokens."""

    input_per_million: Number = Field(ge=0)
    output_per_million: Number = Field(ge=0)


class ProviderSpec(Record):
    """Where a model is asked, with which key, how often and for what price."""

    base_url: str | None = None
    api_key_env: str | None = Field(
        default=None, description="name of the environment variable that holds the key"
    )
    max_in_flight: int = Field(default=64, ge=1)
    requests_per_minute: int | None = Field(default=None, ge=1)
    tokens_per_minute: int | None = Field(default=None, ge=1)
    timeout_s: Number = Field(default=60.0, gt=0)
    max_attempts: int = Field(default=6, ge=1, le=20)
    max_wait_s: Number = Field(default=120.0, gt=0, description="all attempts and pauses together")
    prices: dict[str, Price] = Field(default_factory=dict, description="by model name")


class Budget(Record):
    """Where a run ends, cleanly, before it is finished."""

    max_usd: Number | None = Field(default=None, gt=0)
    max_minutes: Number | None = Field(default=None, gt=0)
