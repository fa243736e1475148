"""From a model's URI to the provider that is asked, or every fault in the way of that."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from evalgate.domain.chat import ChatReply, ChatRequest, ModelFailed
from evalgate.domain.names import GATES
from evalgate.domain.provider import BASE_URLS, SIMULATED, Price, ProviderSpec
from evalgate.errors import Problem, UserMistake
from evalgate.model.admission import Forbidden
from evalgate.model.clock import Clock
from evalgate.model.endpoint import Access, Endpoint
from evalgate.model.proxies import proxy_fault, proxy_of
from evalgate.model.retrying import Transient
from evalgate.model.simulated import MODELS, Simulated
from evalgate.sources.nearest import did_you_mean

RESERVED = ("extra_body", "extra_headers", "extra_query", "messages", "model", "n", "stream")
"""Parameters that evalgate sets itself, or through which a key could reach the recordings."""


class Provider(Protocol):
    """What the client knows of an endpoint, on the network or in this process."""

    base_url: str
    recorded: bool  # whether its replies are worth keeping

    def price(self, model: str) -> Price | None:
        """What a million tokens cost, when that is known."""
        ...

    async def attempt(
        self, request: ChatRequest, timeout_s: float
    ) -> ChatReply | Transient | ModelFailed | Forbidden:
        """Ask once."""
        ...

    async def close(self) -> None:
        """Let go of what is open."""
        ...


def provider_of(uri: str) -> tuple[str, str]:
    """Split `provider:/model`; UserMistake when it is not of that form."""
    name, found, model = uri.partition(":/")
    if not (name and found and model.strip("/")):
        fault, remedy = f"{uri!r} names no model", "write provider:/model, as in openai:/gpt-4o"
        raise UserMistake(Problem(fault, key="model", remedy=remedy))
    return name, model


def address_of(name: str, providers: Mapping[str, ProviderSpec]) -> str:
    """The base URL of a provider, which is part of what its recordings are known by."""
    spec = providers.get(name) or ProviderSpec()
    return spec.base_url or BASE_URLS.get(name, "")


def open_provider(
    name: str, providers: Mapping[str, ProviderSpec], keys: Mapping[str, str] | None, clock: Clock
) -> Provider:
    """Build what is asked under `name`; without `keys` it can be named, not asked.

    `keys` is the environment: the providers' keys by name, and the proxies.
    Raises UserMistake with every fault in its description.
    """
    if name == SIMULATED:
        return Simulated(clock)
    if problems := _provider_problems(f"{name}:/", providers, keys):
        raise UserMistake(problems)
    spec = providers[name]
    url = address_of(name, providers)
    access = Access()
    if keys is not None:
        key = keys[spec.api_key_env] if spec.api_key_env is not None else None
        access = Access(key, proxy_of(url, keys))
    return Endpoint(name, url, spec, access, clock)


def problems_of(
    uris: Iterable[str], providers: Mapping[str, ProviderSpec], keys: Mapping[str, str] | None
) -> tuple[Problem, ...]:
    """All that stands in the way of asking these models, known without asking.

    `keys` is None when nobody will be asked, so that none is needed.
    """
    found: dict[Problem, None] = {}  # each once, in order
    for uri in uris:
        try:
            name, model = provider_of(uri)
        except UserMistake as mistake:
            found |= dict.fromkeys(mistake.problems)
            continue
        if name == SIMULATED:
            if model not in MODELS:
                remedy = did_you_mean(model, MODELS)
                found[Problem(f"sim:/ has no model {model!r}", key="model", remedy=remedy)] = None
        else:
            found |= dict.fromkeys(_provider_problems(uri, providers, keys))
    return tuple(found)


def faults_of(request: ChatRequest) -> list[Problem]:
    """Parameters that a request may not carry."""
    return [
        Problem("is not a parameter that can be set", key=f"parameters.{name}", remedy="remove it")
        for name in RESERVED
        if name in request.parameters
    ]


def _provider_problems(
    uri: str, providers: Mapping[str, ProviderSpec], keys: Mapping[str, str] | None
) -> list[Problem]:
    name = uri.partition(":/")[0]
    if name in providers:
        return _spec_problems(name, providers[name], keys)
    remedy = did_you_mean(name, [*providers, SIMULATED])
    fault = f"{uri} names a provider that is not there"
    return [Problem(fault, GATES, key="providers", remedy=remedy)]


def _spec_problems(name: str, spec: ProviderSpec, keys: Mapping[str, str] | None) -> list[Problem]:
    at = f"providers.{name}"
    problems: list[Problem] = []
    url = spec.base_url or BASE_URLS.get(name)
    if url is None:
        remedy = "write where it is asked, as in http://localhost:11434/v1"
        problems.append(Problem("is missing", GATES, key=f"{at}.base_url", remedy=remedy))
    elif keys is not None and (fault := proxy_fault(proxy_of(url, keys))):
        remedy = "correct it, or name the endpoint's host in NO_PROXY"
        problems.append(Problem(fault, GATES, key=f"{at}.base_url", remedy=remedy))
    if keys is not None and (problem := _key_problem(at, spec, keys)) is not None:
        problems.append(problem)
    return problems


def _key_problem(at: str, spec: ProviderSpec, keys: Mapping[str, str]) -> Problem | None:
    name = spec.api_key_env
    if name is None:
        if spec.base_url is not None:
            return None  # an endpoint of one's own may want no key
        fault, remedy = "is missing", "name the environment variable that holds the key"
    elif not keys.get(name):
        fault, remedy = f"the environment variable {name} is not set", f"export {name}=..."
    elif not keys[name].isascii() or not keys[name].isprintable():
        fault, remedy = f"the key in {name} holds a character that no key has", "copy it again"
    else:
        return None
    return Problem(fault, GATES, key=f"{at}.api_key_env", remedy=remedy)
