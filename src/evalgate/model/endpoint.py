"""One endpoint over HTTP: a request goes out once, through the openai client.

The way of sending was chosen by measurement (benchmarks/transports.py): `AsyncOpenAI.post` on
aiohttp costs less than half of `chat.completions.create` on the default transport.
"""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from evalgate.domain.chat import ChatReply, ChatRequest, ModelFailed
from evalgate.domain.provider import Price, ProviderSpec
from evalgate.model.clock import Clock
from evalgate.model.faults import Asked, meaning_of, refusal_of
from evalgate.model.prices import price_of
from evalgate.model.reading import parse_completion
from evalgate.model.retry_after import parse_retry_after
from evalgate.model.retrying import Transient
from evalgate.quoting.redaction import REDACTED, redacted

if TYPE_CHECKING:
    import openai

LONGEST_DETAIL = 300


class Endpoint:
    """An OpenAI-compatible endpoint; its `base_url` is part of what a recording is known by."""

    recorded = True

    def __init__(
        self, name: str, base_url: str, spec: ProviderSpec, key: str | None, clock: Clock
    ) -> None:
        self.name = name
        self.base_url = base_url
        self._spec = spec
        self._key = key
        self._clock = clock
        self._client: openai.AsyncOpenAI | None = None

    def price(self, model: str) -> Price | None:
        """What a million tokens cost: the project's word, else the catalogue's."""
        return price_of(self.name, model, self._spec)

    async def attempt(
        self, request: ChatRequest, timeout_s: float
    ) -> ChatReply | Transient | ModelFailed:
        """Send the request once. Raises UserMistake for what every request would meet."""
        import httpx2
        import openai

        client = self._client = self._client or _client_of(self.base_url, self._spec, self._key)
        body = {
            **request.parameters,
            "model": request.model.partition(":/")[2],
            "messages": [{"role": each.role, "content": each.content} for each in request.messages],
        }
        begun = self._clock.monotonic()
        try:
            async with asyncio.timeout(timeout_s):
                response = await client.post(
                    "/chat/completions",
                    cast_to=httpx2.Response,
                    body=body,
                    options={"follow_redirects": False},
                )
        except TimeoutError:
            return Transient("timeout", f"no reply within {timeout_s:g} s")
        except openai.APIStatusError as error:
            return self._refused(error, request)
        except openai.APIConnectionError as error:
            return Transient("unreachable", self._clean(f"{self.base_url}: {_reason(error)}"))
        except _transport_errors() as error:
            return Transient("unreachable", self._clean(f"{self.base_url}: {error!r}"))
        return parse_completion(response.content, self._clock.monotonic() - begun)

    async def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.close()
            self._client = None

    def _refused(
        self, error: "openai.APIStatusError", request: ChatRequest
    ) -> Transient | ModelFailed:
        wait = parse_retry_after(error.response.headers, self._clock.wall())
        body = error.body if error.body is not None else error.response.text
        refusal = refusal_of(error.status_code, _cleaned(body, self._clean), wait)
        asked = Asked(
            provider=self.name,
            model=request.model.partition(":/")[2],
            key_env=self._spec.api_key_env,
            base_url=self.base_url,
            parameters=tuple(request.parameters),
        )
        return meaning_of(refusal, asked)

    def _clean(self, text: str) -> str:
        if self._key:
            text = text.replace(self._key, REDACTED)
        return " ".join(redacted(text).split())[:LONGEST_DETAIL]


def _cleaned(body: object, clean: Callable[[str], str]) -> object:
    if isinstance(body, dict):
        return {name: _cleaned(value, clean) for name, value in body.items()}
    return clean(body) if isinstance(body, str) else body


def _client_of(base_url: str, spec: ProviderSpec, key: str | None) -> "openai.AsyncOpenAI":
    import httpx2
    import openai

    # aiohttp takes no limit to mean 100 connections
    limits = httpx2.Limits(
        max_connections=spec.max_in_flight, max_keepalive_connections=spec.max_in_flight
    )
    http: httpx2.AsyncClient
    # a redirect would send the key to a place that nobody wrote down; without one, an endpoint over
    # plain http needs no certificates, which take longer to load than many requests
    ways: dict[str, Any] = {
        "limits": limits,
        "timeout": None,
        "follow_redirects": False,
        "verify": not base_url.startswith("http://"),
    }
    try:
        http = openai.DefaultAioHttpClient(**ways)
    except RuntimeError:  # an openai without its aiohttp extra
        http = openai.DefaultAsyncHttpxClient(**ways)
    # everything is said here, so that the openai client looks no key up in the environment
    left_out: dict[str, Any] = dict.fromkeys(
        ("OpenAI-Organization", "OpenAI-Project"), openai.Omit()
    )
    return openai.AsyncOpenAI(
        api_key=key or "none",
        admin_api_key="",
        organization="",
        project="",
        webhook_secret="",
        base_url=base_url,
        max_retries=0,
        timeout=None,
        http_client=http,
        default_headers=left_out,
    )


def _reason(error: BaseException) -> str:
    while error.__cause__ is not None:
        error = error.__cause__
    return str(error) or type(error).__name__


def _transport_errors() -> tuple[type[Exception], ...]:
    """What the transports below the client let through under their own names."""
    import httpx2
    import openai

    try:
        import aiohttp
    except ImportError:
        return (openai.OpenAIError, httpx2.HTTPError, OSError)
    return (openai.OpenAIError, httpx2.HTTPError, aiohttp.ClientError, OSError)
