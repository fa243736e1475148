"""One request to GitHub's API, sent again where that cannot do it twice."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self
from urllib.parse import urlencode

from pydantic import JsonValue

from evalgate.github.refusals import ApiFailed, Method, failure_of, pause_before_retry
from evalgate.github.surroundings import split_address
from evalgate.model.clock import Clock
from evalgate.model.transport import HttpReply, HttpRequest, NoReply, Patience, Transport

ATTEMPTS = 4
PATIENCE = Patience(30.0)
API_VERSION = "2022-11-28"


@dataclass(slots=True)
class Requests:
    """Requests to one API with one token, for one event loop; the token goes nowhere else."""

    api_url: str
    token: str = field(repr=False)
    clock: Clock
    proxy: str | None = field(default=None, repr=False)
    _transport: Transport | None = field(default=None, init=False, repr=False)

    async def __aenter__(self) -> Self:
        """Be ready to send."""
        headers = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": API_VERSION}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        self._transport = Transport(headers, self.proxy)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Close the connections."""
        assert self._transport is not None
        await self._transport.close()

    async def send(
        self,
        method: Method,
        address: str,
        body: Mapping[str, JsonValue] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> tuple[JsonValue, Mapping[str, str]]:
        """Send until it is done or refused; raise ApiFailed when it is not done.

        `address` is a path below the API's, or a whole address on the same host. What a POST may
        have done already is never sent again: the caller looks first.
        """
        url = self._url(address)
        for attempt in range(1, ATTEMPTS + 1):
            reply = await self._once(method, url, body, query)
            if isinstance(reply, HttpReply) and reply.status < 300:
                return _value(reply), reply.headers
            failure = reply if isinstance(reply, ApiFailed) else failure_of(reply)
            pause = pause_before_retry(method, reply, attempt, self.clock.wall())
            if pause is None or attempt == ATTEMPTS:
                raise failure
            await self.clock.pause(pause)
        raise AssertionError(ATTEMPTS)

    def _url(self, address: str) -> str:
        url = address if "://" in address else f"{self.api_url}/{address}"
        if _origin(url) != _origin(self.api_url):
            raise ApiFailed(0, "names another host, and the token is sent to none")
        return url

    async def _once(
        self,
        method: Method,
        url: str,
        body: Mapping[str, JsonValue] | None,
        query: Mapping[str, str] | None,
    ) -> HttpReply | ApiFailed:
        assert self._transport is not None, "requests are sent inside `async with`"
        headers, content = {}, None
        if body is not None:
            headers, content = {"Content-Type": "application/json"}, json.dumps(body).encode()
        address = f"{url}?{urlencode(query)}" if query else url
        reply = await self._transport.send(HttpRequest(method, address, content, headers), PATIENCE)
        return ApiFailed(0, reply.detail) if isinstance(reply, NoReply) else reply


def _value(reply: HttpReply) -> JsonValue:
    if not reply.content.strip():
        return None
    try:
        value: JsonValue = json.loads(reply.content)
    except (ValueError, RecursionError):
        raise ApiFailed(0, "the reply is not JSON") from None
    return value


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = split_address(url)
    if parts is None:
        raise ApiFailed(0, "names an address that is none")
    return parts.scheme, parts.hostname, parts.port
