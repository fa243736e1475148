"""An application behind a URL."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from evalgate.candidate.building import build_candidate
from evalgate.candidate.http_reply import pick
from evalgate.domain.answer import Answer, NotProduced, Produced, Usage
from evalgate.domain.case import Question
from evalgate.domain.specs import HttpSpec
from evalgate.errors import UserMistake

REPLY = {
    "data": {"answer": "Because.", "n": 3, "none": None, "parts": ["a", "b"]},
    "docs": [{"text": "one"}, {"text": "two"}],
    "usage": {"in": 5, "out": 2},
}
SECRET = "Bearer tok-en-of-mine"


def repeated(key: str, path: str) -> bytes:
    """Write a secret so that no search of the bytes finds it, or where an excerpt is cut."""
    told = {"answer": f"key {key}", "docs": [key, key.partition(" ")[2]]}
    escaped = json.dumps(told).replace("-", "\\u002d")
    return (escaped if path == "/repeats" else "x" * 190 + key).encode()


class Application(ThreadingHTTPServer):
    """An application that keeps what it was asked."""

    asked: list[tuple[str, str, dict[str, str], bytes]]
    let_go: threading.Event


class Handler(BaseHTTPRequestHandler):
    """Behaves as the path says."""

    server: Application
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:  # http.server's name
        """Keep the request and reply by the path."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append((self.command, self.path, dict(self.headers.items()), body))
        match self.path.partition("?")[0]:
            case "/text":
                self.reply(200, "plain é".encode())
            case "/echo":
                self.reply(200, body)
            case "/fails":
                self.reply(500, f"no: {self.headers.get('X-Key')} tok-en-of-mine".encode())
            case "/repeats" | "/repeats-late" as path:
                self.reply(200, repeated(str(self.headers.get("X-Key")), path))
            case "/busy":
                self.reply(429, b"")
            case "/moved":
                self.reply(302, b"", {"Location": "/text"})
            case "/huge":
                self.reply(200, b"x" * (11 << 20))
            case "/broken":
                self.reply(200, b"half", {"Content-Length": "100"})
                self.close_connection = True
            case "/hangs":
                self.server.let_go.wait(20)
                self.reply(200, b"late")
            case _:
                self.reply(200, json.dumps(REPLY).encode())

    do_GET = do_POST  # noqa: N815 # http.server's name

    def reply(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        """Write a reply."""
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        with suppress(ConnectionError):  # whoever asked has heard enough
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 # http.server's name
        """Say nothing."""


@pytest.fixture
def application() -> Iterator[Application]:
    """An application on this machine."""
    with Application(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        server.asked, server.let_go = [], threading.Event()
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.let_go.set()
        server.shutdown()
        thread.join()


Ask = Callable[..., Answer]


@pytest.fixture
def ask(application: Application, tmp_path: Path) -> Ask:
    """Ask the application one question, with the spec's fields."""

    def ask(path: str = "/json", inputs: dict[str, Any] | None = None, **fields: Any) -> Answer:
        url = f"http://127.0.0.1:{application.server_port}{path}"
        spec = HttpSpec.model_validate({"kind": "http", "url": url, **fields})

        async def once() -> Answer:
            candidate = build_candidate(
                "app", spec, folder=tmp_path, root=tmp_path, environment={"KEY": SECRET}
            )
            try:
                return await candidate.answer(Question("c", inputs or {"q": "why"}))
            finally:
                await candidate.aclose()
                await candidate.aclose()

        return asyncio.run(once())

    return ask


def test_a_reply_is_taken_apart(ask: Ask, application: Application) -> None:
    """Answer, contexts and usage are where the spec says; the body is JSON with values in it."""
    answer = ask(
        body={"question": "{{ q }}", "options": {"k": "{{ k }}", "note": "for {{ q }}"}},
        inputs={"q": '"why" é', "k": [1, 2]},
        headers={"X-Key": "KEY"},
        answer="data.answer",
        contexts="docs.*.text",
        usage={"input_tokens": "usage.in", "output_tokens": "usage.out"},
    )

    assert isinstance(answer, Produced)
    assert answer.latency_s is not None
    assert answer.model_copy(update={"latency_s": None}) == Produced(
        text="Because.", contexts=("one", "two"), usage=Usage(input_tokens=5, output_tokens=2)
    )
    ((method, path, headers, body),) = application.asked
    assert (method, path, headers["X-Key"]) == ("POST", "/json", SECRET)
    assert headers["Content-Type"] == "application/json"
    assert json.loads(body) == {
        "question": '"why" é',
        "options": {"k": [1, 2], "note": 'for "why" é'},
    }


def test_a_url_is_filled_and_nothing_in_a_value_leaves_its_place(
    ask: Ask, application: Application
) -> None:
    """What a case asks cannot become a path or another parameter."""
    ask("/json/{{ user }}?q={{ q }}", {"q": "a&b=c#d é", "user": "../x?y"}, method="GET")

    ((method, path, headers, body),) = application.asked
    assert (method, body) == ("GET", b"")
    assert path == "/json/..%2Fx%3Fy?q=a%26b%3Dc%23d%20%C3%A9"
    assert "Content-Type" not in headers


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("/json/{{ q }}", "."),
        ("/json/{{ q }}", ".."),
        ("/json/{{ q }}/more", ".."),
        ("/json/{{ q }}?of={{ q }}", ".."),
        ("/json/.{{ q }}", "."),
        ("/json/{{ q }}{{ q }}", "."),
        ("/json/%2e{{ q }}", "."),
        ("/json/%2E%{{ q }}", "2e"),
    ],
)
def test_a_value_that_would_leave_out_a_part_of_the_path_is_not_sent(
    ask: Ask, application: Application, path: str, value: str
) -> None:
    """`/answers/..` is another place, and its reply would be kept as the answer."""
    answer = ask(path, {"q": value})

    assert isinstance(answer, NotProduced)
    assert answer.cause == "own_error"
    assert answer.detail.startswith("the address would name another path: http://127.0.0.1:")
    assert application.asked == []


def test_a_backslash_in_a_template_is_a_mistake(ask: Ask, application: Application) -> None:
    """Whoever sends it takes it for a slash."""
    with pytest.raises(UserMistake, match="a backslash, which is sent as a slash"):
        ask("/json/{{ q }}\\more", {"q": ".."})

    assert application.asked == []


@pytest.mark.parametrize(
    ("path", "value", "sent"),
    [
        ("/json/{{ q }}", "...", "/json/..."),
        ("/json/{{ q }}", "a..", "/json/a.."),
        ("/json/{{ q }}", "%2e%2e", "/json/%252e%252e"),
        ("/json/{{ q }}", "../..", "/json/..%2F.."),
        ("/json/{{ q }}", "..\\..", "/json/..%5C.."),
        ("/json/{{ q }}", "a\tb\r\nc\0", "/json/a%09b%0D%0Ac%00"),
        ("/json/{{ q }}", " a ", "/json/%20a%20"),
        ("/json/{{ q }}/b", "", "/json//b"),
        ("/json/{{ q }}", "~;+:@&=$,'()", "/json/~%3B%2B%3A%40%26%3D%24%2C%27%28%29"),
        ("/json?q={{ q }}", "..", "/json?q=.."),
        ("/json?q={{ q }}", "/../x", "/json?q=%2F..%2Fx"),
    ],
)
def test_a_value_is_sent_as_one_part_of_the_address(
    ask: Ask, application: Application, path: str, value: str, sent: str
) -> None:
    """Whatever is in it: the application decodes just what the case says."""
    ask(path, {"q": value})

    assert [path for _, path, _, _ in application.asked] == [sent]


@pytest.mark.parametrize(
    "path",
    ["/a//b//", "/a?", "/a?b", "/%7Ea/~b", "/%7e%2F", "/a;b=c;d", "/a.b/..c/...", "/a?b=/../c&d=;"],
)
def test_an_address_is_sent_as_it_is_written(ask: Ask, application: Application, path: str) -> None:
    """An application may tell two addresses apart that look alike."""
    ask(path)

    assert [path for _, path, _, _ in application.asked] == [path]


def test_what_follows_a_hash_is_not_sent(ask: Ask, application: Application) -> None:
    """As in a browser; letters that no address may hold are written with a percent sign."""
    ask("/a?b=1#{{ q }}")
    ask("/é")

    assert [path for _, path, _, _ in application.asked] == ["/a?b=1", "/%C3%A9"]


@pytest.mark.parametrize(
    ("bound", "host", "sent"),
    [("127.0.0.1", "LocalHost", "localhost"), ("::1", "[::1]", "[::1]")],
)
def test_a_host_is_written_in_any_way(tmp_path: Path, bound: str, host: str, sent: str) -> None:
    """In upper case, which means nothing there, or as an IPv6 address."""

    async def once() -> tuple[Answer, bytes]:
        heads: list[bytes] = []

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            heads.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            await reader.read()
            writer.close()
            left.set()

        left = asyncio.Event()
        try:
            server = await asyncio.start_server(serve, bound, 0)
        except OSError:
            pytest.skip(f"this machine has no {bound}")
        port = server.sockets[0].getsockname()[1]
        spec = HttpSpec(kind="http", url=f"http://{host}:{port}/A", method="GET")
        candidate = build_candidate("app", spec, folder=tmp_path, root=tmp_path)
        async with server:
            answer = await candidate.answer(Question("c", {}))
            await candidate.aclose()
            await asyncio.wait_for(left.wait(), 10)
        return answer, heads[0].replace(b":%d" % port, b"")

    answer, head = asyncio.run(once())

    assert isinstance(answer, Produced)
    assert head.startswith(b"GET /A HTTP/1.1\r\n")
    assert f"\r\nhost: {sent}\r\n" in head.decode().replace("Host:", "host:")


def test_an_application_is_told_who_asks(ask: Ask, application: Application) -> None:
    """Unless the file says who."""
    ask()
    ask(headers={"User-Agent": "KEY"})

    first, second = [headers["User-Agent"] for _, _, headers, _ in application.asked]
    assert (first, second) == (f"evalgate/{version('evalgate')}", SECRET)


def test_a_content_type_of_ones_own_takes_the_place_of_ours(
    ask: Ask, application: Application
) -> None:
    """Whatever its capitals: two of them are refused by many servers."""
    ask(body={"q": "{{ q }}"}, headers={"content-type": "KEY"})

    ((_, _, headers, _),) = application.asked
    assert {name.lower() for name in headers if "type" in name.lower()} == {"content-type"}
    assert headers.get("Content-Type", headers.get("content-type")) == SECRET


def test_an_empty_body_has_its_length_told(ask: Ask, application: Application) -> None:
    """Many servers want it with a POST."""
    ask()

    ((method, _, headers, _),) = application.asked
    assert (method, headers.get("Content-Length")) == ("POST", "0")


def test_without_a_path_the_reply_is_the_answer(ask: Ask) -> None:
    """As text, whatever it is."""
    answer = ask("/text")

    assert isinstance(answer, Produced)
    assert answer.text == "plain é"


@pytest.mark.parametrize(
    ("path", "text"),
    [("data.n", "3"), ("data", json.dumps(REPLY["data"])), ("data.parts.*", "a\nb")],
)
def test_an_answer_may_be_a_structure(ask: Ask, path: str, text: str) -> None:
    """A number and an object are written as JSON, several texts as lines."""
    answer = ask(answer=path)

    assert isinstance(answer, Produced)
    assert answer.text == text


@pytest.mark.parametrize(
    ("path", "fields", "detail"),
    [
        ("/json", {"answer": "data.absent"}, "the reply has nothing at data.absent: {"),
        ("/text", {"answer": "data"}, "the reply is not JSON: plain é"),
        ("/busy", {}, "HTTP 429"),
        ("/moved", {}, "HTTP 302"),
        ("/broken", {}, "the request failed: end of file before message length reached"),
        ("/huge", {}, "the request failed: the reply is larger than 10 MiB"),
        ("/hangs", {"timeout_s": 0.1}, "timed out after 0.1 s"),
        (
            "/json",
            {"answer": "data.answer", "usage": {"input_tokens": "data.n", "output_tokens": "docs"}},
            "usage.output_tokens: ",
        ),
        ("/json", {"body": "{{ other }}"}, "the case has no input for the slot: other"),
    ],
)
def test_what_goes_wrong_there_is_the_candidates_own_error(
    ask: Ask, application: Application, path: str, fields: dict[str, Any], detail: str
) -> None:
    """Nothing is tried again: a fault of the application is what is measured."""
    answer = ask(path, **fields)

    assert isinstance(answer, NotProduced)
    assert answer.cause == "own_error"
    assert answer.detail.startswith(detail)
    assert len(application.asked) <= 1


@pytest.mark.parametrize("path", ["data.none", "data.parts.9"])
def test_an_answer_that_is_null_is_empty_and_one_that_is_absent_an_error(
    ask: Ask, path: str
) -> None:
    """Both are the candidate's fault."""
    answer = ask(answer=path)

    assert isinstance(answer, NotProduced)
    assert answer.cause == ("empty" if path == "data.none" else "own_error")


def test_a_secret_that_comes_back_is_taken_out(ask: Ask) -> None:
    """An application may repeat its headers in an error."""
    answer = ask("/fails", headers={"X-Key": "KEY"})

    assert isinstance(answer, NotProduced)
    assert answer.detail == "HTTP 500: no: [redacted] [redacted]"


def test_a_secret_in_an_answer_is_taken_out(ask: Ask) -> None:
    """Out of the answer and its contexts, also where the reply writes it another way."""
    picks = {"answer": "answer", "contexts": "docs.*"}

    answer = ask("/repeats", headers={"X-Key": "KEY"}, **picks)
    late = ask("/repeats-late", headers={"X-Key": "KEY"}, **picks)

    assert isinstance(answer, Produced)
    assert (answer.text, answer.contexts) == ("key [redacted]", ("[redacted]", "[redacted]"))
    assert isinstance(late, NotProduced)
    assert "Bearer" not in late.detail


def test_nobody_there_is_an_own_error(tmp_path: Path) -> None:
    """An application that is down has failed."""
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as unused:
        port = unused.server_port
    spec = HttpSpec(kind="http", url=f"http://127.0.0.1:{port}/")

    async def once() -> Answer:
        candidate = build_candidate("app", spec, folder=tmp_path, root=tmp_path)
        try:
            return await candidate.answer(Question("c", {}))
        finally:
            await candidate.aclose()

    answer = asyncio.run(once())

    assert isinstance(answer, NotProduced)
    assert answer.detail.startswith("the request failed: Connection refused")


def test_a_secret_that_is_not_set_is_said_when_somebody_is_asked(ask: Ask) -> None:
    """`check` runs without secrets."""
    with pytest.raises(UserMistake) as caught:
        ask(headers={"A": "ABSENT", "B": "ABSENT", "C": "GONE", "D": "KEY"})

    assert str(caught.value) == (
        "app.yaml: headers: the environment variable ABSENT is not set\n"
        "app.yaml: headers: the environment variable GONE is not set"
    )


@pytest.mark.parametrize(
    "field",
    [
        {"url": "http://h/{{ a|b }}"},
        {"url": "http://h/a b"},
        {"url": "http://h/a/../b"},
        {"url": "http://h/./{{ q }}"},
        {"url": "http://h/a/%2E%2e"},
    ],
)
def test_a_url_with_a_fault_is_a_mistake(tmp_path: Path, field: dict[str, Any]) -> None:
    """Before anybody is asked."""
    spec = HttpSpec.model_validate({"kind": "http", **field})

    with pytest.raises(UserMistake, match=r"^app\.yaml: url: "):
        build_candidate("app", spec, folder=tmp_path, root=tmp_path)


@pytest.mark.parametrize("url", ["http://[::1/", "http://h]/", "http://[h]/", "http://℀/"])
def test_an_address_that_is_none_is_a_mistake(tmp_path: Path, url: str) -> None:
    """Its author hears of it before anybody is asked."""
    spec = HttpSpec(kind="http", url=url)

    with pytest.raises(UserMistake, match=r"^app\.yaml: url: is no address: "):
        build_candidate("app", spec, folder=tmp_path, root=tmp_path)


@pytest.mark.parametrize(
    "fields",
    [
        {"url": "ftp://h"},
        {"url": "http://{{ host }}/"},
        {"url": "http://user:word@h/"},
        {"headers": {"Authorization": "Bearer sk-123"}},
        {"answer": "a..b"},
        {"timeout_s": 0},
        {"method": "DELETE"},
    ],
)
def test_a_spec_that_cannot_be_meant_is_refused(fields: dict[str, Any]) -> None:
    """No host from a case, no secret in a file."""
    with pytest.raises(ValidationError):
        HttpSpec.model_validate({"kind": "http", "url": "http://h/", **fields})


def test_the_digest_is_as_complete_as_the_file_says(tmp_path: Path) -> None:
    """What runs behind a URL is known only from the files that are named."""
    (tmp_path / "app.py").write_text("x")
    plain = HttpSpec(kind="http", url="http://h/")
    named = plain.model_copy(update={"digest_of": ("app.py",)})
    identities = [
        build_candidate("app", spec, folder=tmp_path, root=tmp_path).identity
        for spec in (plain, named)
    ]

    assert [identity.complete for identity in identities] == [False, True]
    assert identities[0].timeout_s == 60


@pytest.mark.parametrize(
    ("path", "found"),
    [("a.b", [1]), ("l.1", [3]), ("l.*", [2, 3]), ("l.9", []), ("a.x", []), ("l.x", []), ("*", [])],
)
def test_a_path_is_followed(path: str, found: list[int]) -> None:
    """Keys, numbers and `*`."""
    assert pick({"a": {"b": 1}, "l": [2, 3]}, path) == found
