"""One endpoint over HTTP: a request goes out once, and what comes back gets its meaning."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import assert_never

from pydantic import JsonValue

from evalgate.domain.chat import ChatReply, ChatRequest, ModelFailed
from evalgate.domain.provider import Price, ProviderSpec
from evalgate.model.admission import Forbidden
from evalgate.model.clock import Clock
from evalgate.model.faults import Addressee, meaning_of
from evalgate.model.heard import NotJson, heard, without
from evalgate.model.prices import price_of
from evalgate.model.reading import parse_completion
from evalgate.model.refusals import refusal_of
from evalgate.model.retry_after import parse_retry_after
from evalgate.model.retrying import Transient
from evalgate.model.transport import HttpReply, HttpRequest, NoReply, Patience, Transport
from evalgate.quoting.redaction import redacted

LONGEST_DETAIL = 300
_WRITTEN = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)


@dataclass(frozen=True, slots=True)
class Access:
    """How an endpoint is reached: with which key, through which proxy."""

    key: str | None = None
    proxy: str | None = None


class Endpoint:
    """An OpenAI-compatible endpoint; its `base_url` is part of what a recording is known by."""

    recorded = True

    def __init__(
        self, name: str, base_url: str, spec: ProviderSpec, access: Access, clock: Clock
    ) -> None:
        self.name = name
        self.base_url = base_url
        self._spec = spec
        self._key = access.key
        self._clock = clock
        slash = "" if base_url.endswith("/") else "/"
        self._address = f"{base_url}{slash}chat/completions"
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        if access.key:
            headers["Authorization"] = f"Bearer {access.key}"
        self._transport = Transport(headers, access.proxy)

    def price(self, model: str) -> Price | None:
        """What a million tokens cost: the project's word, else the catalogue's."""
        return price_of(self.name, model, self._spec)

    async def attempt(
        self, request: ChatRequest, timeout_s: float
    ) -> ChatReply | Transient | ModelFailed | Forbidden:
        """Send the request once. Raises UserMistake for what every request would meet."""
        body: dict[str, JsonValue] = {
            **request.parameters,
            "model": request.model.partition(":/")[2],
            "messages": [{"role": each.role, "content": each.content} for each in request.messages],
        }
        self._transport.open()  # before patience and latency are counted
        begun = self._clock.monotonic()
        asked = HttpRequest("POST", self._address, written(body))
        match reply := await self._transport.send(asked, Patience(timeout_s)):
            case NoReply(detail=detail, late=True):
                return Transient("timeout", detail)
            case NoReply(detail=detail, too_large=True):
                return ModelFailed(cause="server_error", detail=f"{self.base_url}: {detail}")
            case NoReply(detail=detail):
                return Transient("unreachable", self._clean(f"{self.base_url}: {detail}"))
            case HttpReply(status=status) if 200 <= status < 300:
                taken_s = self._clock.monotonic() - begun
                outcome = parse_completion(reply.content, taken_s, self._key)
                if isinstance(outcome, Transient):
                    return replace(outcome, detail=self._clean(outcome.detail))
                return outcome
            case HttpReply():
                return self._refused(reply, request)
            case _:
                assert_never(reply)

    async def close(self) -> None:
        """Close the connections."""
        await self._transport.close()

    def _refused(
        self, reply: HttpReply, request: ChatRequest
    ) -> Transient | ModelFailed | Forbidden:
        wait = parse_retry_after(reply.headers, self._clock.wall())
        said = heard(reply.content, self._key)
        refusal = refusal_of(reply.status, said.text if isinstance(said, NotJson) else said, wait)
        asked = Addressee(
            provider=self.name,
            model=request.model.partition(":/")[2],
            key_env=self._spec.api_key_env,
            base_url=self.base_url,
            parameters=tuple(request.parameters),
        )
        return meaning_of(replace(refusal, message=self._clean(refusal.message)), asked)

    def _clean(self, text: str) -> str:
        return " ".join(redacted(without(self._key, text)).split())[:LONGEST_DETAIL]


def written(body: Mapping[str, JsonValue]) -> bytes:
    """Write a body as the openai client does."""
    return _WRITTEN.encode(body).encode()
