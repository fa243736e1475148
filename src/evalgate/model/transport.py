"""Requests over HTTP, each sent once; what a reply means is its caller's.

pyreqwest, by measurement: see docs/decisions/0017-requests-go-out-with-pyreqwest.md.
"""

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from evalgate import __version__

if TYPE_CHECKING:
    from pyreqwest.client import Client, ClientBuilder
    from pyreqwest.exceptions import PyreqwestError
    from pyreqwest.response import Response

LARGEST_REPLY = 32 * 1024 * 1024  # bytes, after unpacking; a completion has some thousands

LONGEST_S = 1e9  # thirty years, which it can count

AT_REST_S = 0.01
"""A reply is handed over by a thread of pyreqwest's own. Python aborts when it ends while that
thread comes back from it, which takes microseconds once Python waits for something."""


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One request; `headers` are its own, beside those that all requests share."""

    method: str
    url: str
    content: bytes | None = None
    headers: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a reply may take, and how many bytes it may have after unpacking."""

    seconds: float
    largest: int = LARGEST_REPLY


@dataclass(frozen=True, slots=True)
class HttpReply:
    """What came back, whatever its status."""

    status: int
    headers: Mapping[str, str]
    content: bytes


@dataclass(frozen=True, slots=True)
class NoReply:
    """Why nothing whole came back: it was `late`, or `too_large`, as another may be again."""

    detail: str
    late: bool = False
    too_large: bool = False


class Transport:
    """Connections that are opened when they are first needed; `headers` go with every request.

    No redirect is followed, which would carry the headers to a place that nobody wrote down; no
    cookie is kept, and no setting is read from the environment but the certificates.
    """

    def __init__(self, headers: Mapping[str, str] | None = None, proxy: str | None = None) -> None:
        self._headers = {"User-Agent": f"evalgate/{__version__}", **(headers or {})}
        self._proxy = proxy
        self._client: Client | None = None

    def open(self) -> None:
        """Be ready to send; the first time takes a moment that no reply is to blame for."""
        from pyreqwest.exceptions import PyreqwestError

        with contextlib.suppress(PyreqwestError, ValueError):  # who sends is told why
            self._opened()

    async def send(self, request: HttpRequest, patience: Patience) -> HttpReply | NoReply:
        """Send once, and wait for the whole reply as long as patience lasts."""
        from pyreqwest.exceptions import PyreqwestError, RequestTimeoutError

        try:
            asked = self._opened().request(request.method, request.url)
            if request.headers:
                asked = asked.headers(request.headers)
            if request.content is not None:
                asked = asked.body_bytes(request.content)
            # its own clock: asyncio's would leave the connection open until the reply comes
            asked = asked.timeout(timedelta(seconds=min(patience.seconds, LONGEST_S)))
            async with asked.build_streamed() as response:
                content = await _content(response, patience.largest)
                status, headers = response.status, _readable(response.headers)
        except RequestTimeoutError:
            return NoReply(f"no reply within {patience.seconds:g} s", late=True)
        except PyreqwestError as error:
            return NoReply(_why(error))
        except ValueError as error:  # an address or a header; the latter may be a secret
            return NoReply(str(error).partition(":")[0])
        if content is None:
            limit = f"the reply is larger than {patience.largest >> 20} MiB"
            return NoReply(limit, too_large=True)
        return HttpReply(status, headers, content)

    async def close(self) -> None:
        """Close the connections."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()
            await asyncio.sleep(AT_REST_S)

    def _opened(self) -> "Client":
        if self._client is None:
            self._client = _client(self._headers, self._proxy)
        return self._client


def _client(headers: Mapping[str, str], proxy: str | None) -> "Client":
    from pyreqwest.exceptions import BuilderError

    try:
        return _builder(headers, proxy).build()
    except BuilderError:
        import certifi

        # it asks for the system's certificates, and this system may keep none; if it was another
        # fault, it is met again
        own = Path(certifi.where()).read_bytes()
        return _builder(headers, proxy).add_root_certificate_pem(own).build()


def _builder(headers: Mapping[str, str], proxy: str | None) -> "ClientBuilder":
    from pyreqwest.client import ClientBuilder
    from pyreqwest.proxy import ProxyBuilder

    made = ClientBuilder().default_headers(headers).follow_redirects(False).referer(False)
    made = made.no_proxy()  # what the environment says is settled in proxies.py
    return made if proxy is None else made.proxy(ProxyBuilder.all(proxy))


def _readable(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers that are text; their names are in small letters."""
    found = {}
    for name in headers:
        with contextlib.suppress(ValueError):
            found[name.lower()] = headers[name]
    return found


async def _content(response: "Response", largest: int) -> bytes | None:
    """The whole body, or None when it is too large."""
    parts: list[bytes] = []
    size = 0
    while (part := await response.body_reader.read_chunk()) is not None:
        size += len(part)
        if size > largest:
            return None
        parts.append(bytes(part))
    return b"".join(parts)


def _why(error: "PyreqwestError") -> str:
    """The innermost cause: those around it say that there was a request, and repeat its address."""
    causes = getattr(error, "details", {}).get("causes") or [{"message": error.message}]
    return str(causes[-1]["message"])
