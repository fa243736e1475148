"""One POST of a JSON body over aiohttp; what it means is endpoint.py's.

aiohttp itself, by measurement: see docs/decisions/0009-requests-go-out-with-aiohttp.md.
"""

import io
import json
import ssl
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING

from pydantic import JsonValue

if TYPE_CHECKING:
    import aiohttp

LARGEST_REPLY = 32 * 1024 * 1024  # bytes, after unpacking; a completion has some thousands
LARGEST_AT_ONCE = 1 << 20  # bytes of a request
_WRITTEN = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)


@dataclass(frozen=True, slots=True)
class HttpReply:
    """What came back, whatever its status."""

    status: int
    headers: Mapping[str, str]
    content: bytes


@dataclass(frozen=True, slots=True)
class NoReply:
    """Why nothing whole came back; the same attempt may bring a `too_large` reply again."""

    detail: str
    too_large: bool = False


class Transport:
    """Connections to one address, for one event loop; opened when they are first needed."""

    def __init__(
        self, address: str, key: str | None, connections: int, proxy: str | None = None
    ) -> None:
        self._address = address
        self._key = key
        self._connections = connections
        self._proxy = proxy
        self._session: aiohttp.ClientSession | None = None

    def open(self) -> "aiohttp.ClientSession":
        """Be ready to send; the first time takes a moment that no reply is to blame for."""
        if self._session is None:
            self._session = self._opened()
        return self._session

    async def post(self, body: Mapping[str, JsonValue]) -> HttpReply | NoReply:
        """Send `body` once, and wait for the reply as long as the caller's patience lasts."""
        import aiohttp

        session = self.open()
        content = written(body)
        # aiohttp hands what is larger than this on in parts, so that other calls are not held up
        data = content if len(content) <= LARGEST_AT_ONCE else io.BytesIO(content)
        try:
            # a redirect would send the key to a place that nobody wrote down
            async with session.post(
                self._address, data=data, proxy=self._proxy, allow_redirects=False
            ) as response:
                said = await _content(response)
        except (aiohttp.ClientError, OSError) as error:
            return NoReply(str(error) or type(error).__name__)
        if said is None:
            return NoReply(f"the reply is larger than {LARGEST_REPLY >> 20} MiB", too_large=True)
        return HttpReply(response.status, response.headers, said)

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _opened(self) -> "aiohttp.ClientSession":
        import aiohttp

        headers = {
            "Accept": "application/json",
            "Content-Type": "application/json",
            "User-Agent": f"evalgate/{version('evalgate')}",
        }
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        connector = aiohttp.TCPConnector(limit=self._connections, ssl=certificates())
        return aiohttp.ClientSession(
            connector=connector,
            headers=headers,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),
            trust_env=False,
        )


def written(body: Mapping[str, JsonValue]) -> bytes:
    """Write a body as the openai client does."""
    return _WRITTEN.encode(body).encode()


async def _content(response: "aiohttp.ClientResponse") -> bytes | None:
    """The whole body, or None when it is too large to be a reply."""
    parts: list[bytes] = []
    size = 0
    while part := await response.content.readany():
        size += len(part)
        if size > LARGEST_REPLY:
            response.close()
            return None
        parts.append(part)
    return b"".join(parts)


def certificates() -> ssl.SSLContext | bool:
    """The system's certificates; certifi's where the system keeps none that Python can find."""
    paths = ssl.get_default_verify_paths()
    if paths.cafile or paths.capath or sys.platform == "win32":
        return True
    import certifi

    return ssl.create_default_context(cafile=certifi.where())
