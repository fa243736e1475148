"""Proxies, oversized replies and certificates: the way to an endpoint, and back."""

import asyncio
import base64
import datetime as dt
import gzip
import ipaddress
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from importlib.metadata import version
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from evalgate.domain.chat import ChatReply, ModelFailed
from evalgate.errors import UserMistake
from evalgate.model.proxies import proxy_of
from evalgate.model.transport import (
    HttpReply,
    HttpRequest,
    NoReply,
    Patience,
    Transport,
)
from model_asking import SECRET, ask_one, client_of, question
from model_stub import ModelStub

API = "https://api.example.com/v1"
PROXY = "http://proxy.example.com:3128"
REACHED = {
    "nothing is set": ({}, API, None),
    "for its scheme": ({"HTTPS_PROXY": PROXY, "HTTP_PROXY": "http://other"}, API, PROXY),
    "for all": ({"ALL_PROXY": PROXY}, API, PROXY),
    "in lower case first": ({"https_proxy": PROXY, "HTTPS_PROXY": "http://other"}, API, PROXY),
    "switched off": ({"https_proxy": "", "HTTPS_PROXY": PROXY}, API, None),
    "without a scheme": ({"HTTPS_PROXY": "proxy.example.com:3128"}, API, PROXY),
    "the host is exempt": ({"HTTPS_PROXY": PROXY, "NO_PROXY": "a.b, api.example.com"}, API, None),
    "its domain is": ({"HTTPS_PROXY": PROXY, "no_proxy": ".Example.com"}, API, None),
    "another domain is": ({"HTTPS_PROXY": PROXY, "NO_PROXY": "ample.com"}, API, PROXY),
    "everything is": ({"HTTPS_PROXY": PROXY, "NO_PROXY": "*"}, API, None),
    "a port is": ({"ALL_PROXY": PROXY, "NO_PROXY": "localhost:80"}, "http://localhost:80/v1", None),
    "another port is": ({"ALL_PROXY": PROXY, "NO_PROXY": "h:80"}, "http://h:81/v1", PROXY),
    "a network is": ({"ALL_PROXY": PROXY, "NO_PROXY": "10.0.0.0/8"}, "http://10.1.2.3/v1", None),
    "an address is": ({"ALL_PROXY": PROXY, "NO_PROXY": "::1"}, "http://[::1]:8000/v1", None),
    "a header of a web request": ({"HTTP_PROXY": PROXY, "REQUEST_METHOD": "GET"}, "http://h", None),
}
NOBODY = "http://127.0.0.1:1"
PATIENCE = Patience(10)
WORDS = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwords"
CHUNKS = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nwor\r\n2\r\nds\r\n0\r\n\r\n"
SENT_ONCE = """
import asyncio
import sys

from evalgate.model.transport import HttpReply, HttpRequest, Patience, Transport

BODY = b'{"model": "m", "messages": [{"role": "user", "content": "q"}]}'


async def send() -> None:
    transport = Transport()
    request = HttpRequest("POST", sys.argv[1], BODY)
    sending = [transport.send(request, Patience(10)) for _ in range(5)]
    replies = await asyncio.gather(*sending)
    await transport.close()
    assert all(isinstance(reply, HttpReply) for reply in replies), replies


asyncio.run(send())
"""

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Server:
    """Gives the same reply to every request, and keeps what was sent."""

    def __init__(self, reply: bytes = WORDS) -> None:
        self.reply = reply
        self.connections = 0
        self.heads: list[str] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection to its end."""
        self.connections += 1
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                self.heads.append((await reader.readuntil(b"\r\n\r\n")).decode("ascii"))
                writer.write(self.reply)
                await writer.drain()

    def headers(self) -> dict[str, str]:
        """The headers of the last request, with names in lower case."""
        lines = self.heads[-1].split("\r\n")[1:]
        return {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}


class Abandoned:
    """Begins a reply, never goes on, and notices when nobody listens any more."""

    def __init__(self, begun: bytes) -> None:
        self.begun = begun
        self.left = asyncio.Event()

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Begin to reply, then wait for the end of the connection."""
        await reader.readuntil(b"\r\n\r\n")
        writer.write(self.begun)
        with suppress(ConnectionError):
            assert await reader.read() == b""
        self.left.set()


@asynccontextmanager
async def serving(serve: Serve, context: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """Lend out the host and port of a server, which leaves when its connections have ended."""
    connections: list[asyncio.Future[None]] = []

    async def until_closed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await serve(reader, writer)
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(asyncio.ensure_future(until_closed(reader, writer)))

    async with await asyncio.start_server(begin, "127.0.0.1", 0, ssl=context) as server:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        await asyncio.wait_for(asyncio.gather(*connections), 10)


def patiently(serve: Serve, patience: Patience) -> HttpReply | NoReply:
    """Send one request; the transport stays open until whoever serves has heard of its end."""

    async def send() -> HttpReply | NoReply:
        transport = Transport()
        async with serving(serve) as address:
            reply = await transport.send(HttpRequest("GET", f"http://{address}/"), patience)
            if isinstance(serve, Abandoned):
                await asyncio.wait_for(serve.left.wait(), 1)
            await transport.close()
        return reply

    return asyncio.run(send())


def sent(
    serve: Serve,
    headers: Mapping[str, str] | None = None,
    *,
    url: str = "http://{address}/",
    proxy: str | None = None,
    context: ssl.SSLContext | None = None,
) -> HttpReply | NoReply:
    """Send one request; `{address}` stands for the server's host and port."""

    async def send() -> HttpReply | NoReply:
        async with serving(serve, context) as address:
            transport = Transport(headers, proxy and proxy.format(address=address))
            request = HttpRequest("GET", url.format(address=address))
            reply = await transport.send(request, PATIENCE)
            await transport.close()
        return reply

    return asyncio.run(send())


def sent_often(serve: Serve, often: int) -> list[HttpReply | NoReply]:
    """Send the same request some times, one after the other."""

    async def send() -> list[HttpReply | NoReply]:
        transport = Transport()
        async with serving(serve) as address:
            request = HttpRequest("GET", f"http://{address}/")
            replies = [await transport.send(request, PATIENCE) for _ in range(often)]
            await transport.close()
        return replies

    return asyncio.run(send())


@pytest.mark.parametrize(("environment", "url", "proxy"), REACHED.values(), ids=REACHED)
def test_the_proxy_is_the_one_that_httpx_would_take(
    environment: dict[str, str], url: str, proxy: str | None
) -> None:
    """Whoever set HTTPS_PROXY for the openai client need not set anything else."""
    assert proxy_of(url, environment) == proxy


def test_a_request_goes_through_the_proxy(stub: ModelStub) -> None:
    """The proxy is told the whole address; the endpoint's name is not looked up here."""
    proxy = f"http://127.0.0.1:{stub.port}"
    client = client_of(
        stub,
        base_url="http://model.invalid/v1",
        keys={"STUB_KEY": SECRET, "HTTP_PROXY": proxy},
    )

    reply = ask_one(client, question("say=yes"))

    assert isinstance(reply, ChatReply)
    assert stub.headers[0][":path"] == "http://model.invalid/v1/chat/completions"


def test_a_proxy_that_cannot_be_used_is_a_mistake(stub: ModelStub) -> None:
    """Known before anything is sent, and its password is not shown."""
    keys = {"STUB_KEY": SECRET, "ALL_PROXY": "socks5://me:secret@127.0.0.1:1080"}

    with pytest.raises(UserMistake, match="proxy that is not of the form") as refused:
        ask_one(client_of(stub, keys=keys), question("q"))

    assert "secret" not in str(refused.value)
    assert stub.requests == 0


def test_a_reply_that_is_too_large_is_not_read_to_its_end(stub: ModelStub) -> None:
    """It is given up, once: the next attempt would bring the same."""
    failed = ask_one(client_of(stub), question("fault=huge"))

    assert isinstance(failed, ModelFailed)
    assert (failed.cause, stub.requests) == ("server_error", 1)
    assert "the reply is larger than 32 MiB" in failed.detail


def test_a_long_question_is_sent_whole(stub: ModelStub) -> None:
    """A context of a million letters is one request like any other."""
    asked = "word " * 250_000

    assert isinstance(ask_one(client_of(stub), question(asked)), ChatReply)
    assert stub.bodies[0]["messages"][0]["content"] == asked
    assert "content-length" in stub.headers[0]


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path, stub: ModelStub) -> None:
    """The request, and the key in it, do not go out."""
    file = self_signed(tmp_path)
    heard: list[bytes] = []

    async def asked() -> ChatReply | ModelFailed:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            heard.append(await reader.read())
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
        port = server.sockets[0].getsockname()[1]
        async with server, client_of(stub, base_url=f"https://127.0.0.1:{port}/v1") as client:
            return await client.complete(question("q"))

    failed = asyncio.run(asked())

    assert isinstance(failed, ModelFailed)
    assert failed.cause == "unreachable"
    assert "certificate" in failed.detail.lower()
    assert heard == []


@pytest.mark.parametrize(
    "begun",
    [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"],
    ids=["before the reply", "in its head", "in its body"],
)
def test_a_late_reply_is_not_waited_for_at_either_end(begun: bytes) -> None:
    """The endpoint hears at once that nobody listens, and need not finish what is paid for."""
    assert patiently(Abandoned(begun), Patience(0.1)) == NoReply("no reply within 0.1 s", late=True)


def test_a_reply_that_becomes_too_large_is_hung_up_on() -> None:
    """Whoever sends without end is not listened to without end."""
    begun = b"HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n" + bytes(3 << 20)

    reply = patiently(Abandoned(begun), Patience(10, largest=2 << 20))

    assert reply == NoReply("the reply is larger than 2 MiB", too_large=True)


@pytest.mark.parametrize("size", [4, 5])
def test_a_reply_may_be_as_large_as_the_limit(size: int) -> None:
    """One byte more is too large."""
    reply = patiently(Server(), Patience(10, largest=size))

    assert isinstance(reply, HttpReply) is (size == 5)


def test_a_packed_reply_is_unpacked() -> None:
    """It was asked for, as it is smaller on its way."""
    server = Server(packed(b"words"))

    reply = sent(server)

    assert isinstance(reply, HttpReply)
    assert reply.content == b"words"
    assert "gzip" in server.headers()["accept-encoding"]


def test_the_limit_counts_what_was_unpacked() -> None:
    """A thousandth of it on the wire fills no memory here."""
    bomb = packed(bytes(8 << 20))

    reply = patiently(Server(bomb), Patience(10, largest=4 << 20))

    assert len(bomb) < 10_000
    assert reply == NoReply("the reply is larger than 4 MiB", too_large=True)


def test_a_redirect_is_a_reply_and_is_not_followed() -> None:
    """Where it points to was written down by nobody, and would be told the key."""
    server = Server(b"HTTP/1.1 307 Moved\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n")

    reply = sent(server)

    assert isinstance(reply, HttpReply)
    assert (reply.status, reply.headers["location"]) == (307, "/there")
    assert len(server.heads) == 1


def test_a_cookie_is_not_kept() -> None:
    """One case's reply says nothing about the next case."""
    server = Server(WORDS.replace(b"OK\r\n", b"OK\r\nSet-Cookie: who=you\r\n"))

    sent_often(server, 2)

    assert len(server.heads) == 2
    assert "cookie" not in server.headers()


@pytest.mark.parametrize("reply", [WORDS, CHUNKS], ids=["with a length", "in chunks"])
def test_a_connection_is_used_again(reply: bytes) -> None:
    """A handshake for each request would take longer than many a reply."""
    server = Server(reply)

    replies = sent_often(server, 3)

    assert [isinstance(each, HttpReply) and each.content for each in replies] == [b"words"] * 3
    assert server.connections == 1


@pytest.mark.parametrize("ending", ["", "0\r\n"], ids=["within it", "before its last line"])
def test_a_reply_in_chunks_that_ends_early_is_none(ending: str) -> None:
    """What is there of it is not the answer."""
    begun = CHUNKS.removesuffix(b"0\r\n\r\n") + ending.encode()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(begun)

    reply = sent(serve)

    assert isinstance(reply, NoReply)
    assert not reply.late
    assert not reply.too_large


def test_everybody_is_told_who_asks() -> None:
    """By our name and version, unless another is given."""
    ours, theirs = Server(), Server()

    sent(ours)
    sent(theirs, {"User-Agent": "mine"})

    assert ours.headers()["user-agent"] == f"evalgate/{version('evalgate')}"
    assert theirs.headers()["user-agent"] == "mine"


@pytest.mark.parametrize(
    "value",
    ["secret\n", "sec\r\nX-Other: ret", "sec\0ret", "sec\udcffret"],
    ids=["with a newline", "with another header", "with a zero byte", "that is no text"],
)
@pytest.mark.parametrize("shared", [True, False], ids=["of all requests", "of one request"])
def test_a_header_that_cannot_be_sent_is_not_shown(value: str, shared: bool) -> None:
    """It may be a key with a newline behind it, and a report is read by many."""
    headers = {"Authorization": value}

    async def asked() -> HttpReply | NoReply:
        transport = Transport(headers if shared else None)
        transport.open()
        request = HttpRequest("GET", NOBODY, headers=None if shared else headers)
        reply = await transport.send(request, PATIENCE)
        await transport.close()
        return reply

    assert asyncio.run(asked()) == NoReply("Invalid header value")


def test_a_proxys_password_is_sent_to_the_proxy() -> None:
    """As it is meant: `%40` in an address is an `@`."""
    proxy = Server()

    reply = sent(proxy, url="http://model.invalid/v1", proxy="http://me:p%40ss@{address}")

    assert isinstance(reply, HttpReply)
    assert proxy.heads[0].startswith("GET http://model.invalid/v1 HTTP/1.1\r\n")
    expected = base64.b64encode(b"me:p@ss").decode()
    assert proxy.headers()["proxy-authorization"] == f"Basic {expected}"


def test_a_proxy_of_the_environment_is_not_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who uses a transport has settled that, with the environment that its command was given."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, NOBODY)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)

    reply = sent(Server())

    assert isinstance(reply, HttpReply)


def test_a_certificate_that_the_environment_vouches_for_is_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SSL_CERT_FILE names it, as for every other program."""
    context, file = serving_tls(tmp_path)
    monkeypatch.delenv("SSL_CERT_DIR", raising=False)

    distrusted = sent(Server(), url="https://{address}/", context=context)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    reply = sent(Server(), url="https://{address}/", context=context)

    assert isinstance(distrusted, NoReply)
    assert isinstance(reply, HttpReply)
    assert reply.content == b"words"


def test_a_system_without_certificates_has_certifis(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bare container reaches its endpoints, and distrusts whom all distrust."""
    context, _ = serving_tls(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "absent.pem"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "absent"))

    plain = sent(Server())
    distrusted = sent(Server(), url="https://{address}/", context=context)

    assert isinstance(plain, HttpReply)
    assert isinstance(distrusted, NoReply)
    assert "certificate" in distrusted.detail.lower()


def test_an_empty_folder_is_a_system_without_certificates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is what a container has that never had any; an endpoint on loopback needs none."""
    (tmp_path / "certs").mkdir()
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "absent.pem"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "certs"))

    assert isinstance(sent(Server()), HttpReply)


def test_a_header_that_is_no_text_stops_nobody(stub: ModelStub) -> None:
    """An endpoint may say anything there; what it cannot be read from is not known."""
    stub.scripted = (429, {"retry-after": "in five minutes, s'il vous plaît"}, b"{}")

    failed = ask_one(client_of(stub), question("q"))

    assert isinstance(failed, ModelFailed)
    assert failed.cause == "rate_limited"


@pytest.mark.slow
def test_a_program_that_ends_right_after_its_reply_ends_well(stub: ModelStub) -> None:
    """Python aborts when it ends while a thread of the client is still handing over a reply."""
    command = [sys.executable, "-c", SENT_ONCE, f"{stub.base_url}/chat/completions"]

    for _ in range(20):
        done = subprocess.run(command, capture_output=True, text=True, check=False)

        assert (done.returncode, done.stderr) == (0, "")

    assert stub.requests == 20 * 5


def packed(content: bytes) -> bytes:
    """A reply in gzip."""
    body = gzip.compress(content)
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def serving_tls(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """What a server needs whose certificate nobody vouches for, and the certificate's file."""
    file = self_signed(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context, file


def self_signed(folder: Path) -> Path:
    """A key and a certificate for 127.0.0.1, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    form = serialization.PrivateFormat.PKCS8
    file = folder / "server.pem"
    file.write_bytes(
        key.private_bytes(pem, form, serialization.NoEncryption()) + certificate.public_bytes(pem)
    )
    return file
