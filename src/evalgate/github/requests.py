"""One request to GitHub's API, sent again where that cannot do it twice."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from types import TracebackType
from typing import TYPE_CHECKING, Self

from pydantic import JsonValue

from evalgate.github.refusals import ApiFailed, Method, Reply, failure_of, pause_before_retry
from evalgate.github.surroundings import split_address
from evalgate.model.clock import Clock
from evalgate.model.transport import certificates

if TYPE_CHECKING:
    import aiohttp

ATTEMPTS = 4
TIMEOUT_S = 30.0
LARGEST_REPLY = 32 << 20
API_VERSION = "2022-11-28"


@dataclass(slots=True)
class Requests:
    """Requests to one API with one token, for one event loop; the token goes nowhere else."""

    api_url: str
    token: str = field(repr=False)
    clock: Clock
    proxy: str | None = field(default=None, repr=False)
    _session: "aiohttp.ClientSession | None" = field(default=None, init=False, repr=False)

    async def __aenter__(self) -> Self:
        """Be ready to send."""
        import aiohttp

        headers = {
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": API_VERSION,
            "User-Agent": f"evalgate/{version('evalgate')}",
        }
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=2, ssl=certificates()),
            headers=headers,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=TIMEOUT_S),
            trust_env=False,
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Close the connections."""
        assert self._session is not None
        await self._session.close()

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
            if isinstance(reply, Reply) and reply.status < 300:
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
    ) -> Reply | ApiFailed:
        import aiohttp

        assert self._session is not None, "requests are sent inside `async with`"
        try:
            async with self._session.request(
                method, url, json=body, params=query, proxy=self.proxy, allow_redirects=False
            ) as response:
                content = await response.content.read(LARGEST_REPLY + 1)
                while (part := await response.content.readany()) and len(content) <= LARGEST_REPLY:
                    content += part
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            return ApiFailed(0, str(error) or type(error).__name__)
        if len(content) > LARGEST_REPLY:
            return ApiFailed(0, f"the reply is larger than {LARGEST_REPLY >> 20} MiB")
        return Reply(response.status, response.headers, content)


def _value(reply: Reply) -> JsonValue:
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
