"""Proxies, oversized replies and certificates: the way to an endpoint."""

import asyncio
import datetime as dt
import ipaddress
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from evalgate.domain.chat import ChatReply, ModelFailed
from evalgate.errors import UserMistake
from evalgate.model.proxies import proxy_of
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
