"""What a call costs: the project's own prices, else MLflow's catalogue, read without MLflow."""

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from evalgate.domain.answer import Usage
from evalgate.domain.provider import Price, ProviderSpec

MILLION = 1_000_000


def price_of(provider: str, model: str, spec: ProviderSpec) -> Price | None:
    """The price of a provider's model, or None when nobody knows it."""
    return spec.prices.get(model) or _catalogue(provider).get(model)


def cost_of(usage: Usage | None, price: Price | None) -> float | None:
    """US dollars for a reply's tokens; a provider's discount for cached tokens is not counted."""
    if usage is None or price is None:
        return None
    paid = usage.input_tokens * price.input_per_million
    return (paid + usage.output_tokens * price.output_per_million) / MILLION


@cache
def _catalogue(provider: str) -> dict[str, Price]:
    found = find_spec("mlflow")
    if found is None or found.origin is None or not provider.replace("_", "").isalnum():
        return {}
    file = Path(found.origin).parent / "utils" / "model_catalog" / f"{provider}.json"
    try:
        models = json.loads(file.read_bytes())["models"]
        return {name: price for name, told in models.items() if (price := _price(told))}
    except (OSError, ValueError, LookupError, AttributeError, TypeError):
        return {}  # MLflow moved its catalogue: prices are unknown, not wrong


def _price(told: dict[str, dict[str, float]]) -> Price | None:
    pricing = told.get("pricing") or {}
    given, made = (pricing.get(f"{side}_per_million_tokens") for side in ("input", "output"))
    if given is None or made is None:
        return None
    return Price(input_per_million=given, output_per_million=made)
