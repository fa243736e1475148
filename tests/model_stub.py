"""An OpenAI-compatible endpoint on loopback: it counts what is asked and fails when it is told to.

A message makes its own fault: `fault=429` always fails, `fault=429*2` fails twice, then answers.
Kinds: a status (429, 500, 401, ...), `hang`, `drop`, `cut`, `stream_cut`, `no_choices`, `empty`,
`null`, `not_json`, `huge`, `tool`, `refusal`, `filtered`, `flagged`, `truncated`, `too_long`,
`bad_parameter`, `no_credit`, `unmetered`.
`say=...` is the reply; without it the reply repeats the end of the last message. A `voice` takes
the model's name and its last message, and gives such a text in the message's place. As a program
(`python model_stub.py LATENCY_MS`) it prints its port and serves until its stdin is closed.
"""

import asyncio
import hashlib
import json
import re
import sys
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, Self

FAULT = re.compile(r"fault=([a-z0-9_]+)(?:\*(\d+))?")
SAY = re.compile(r"say=(.*)", re.DOTALL)
Answer = tuple[int, dict[str, str], bytes]
Voice = Callable[[str, str], str]


class ModelStub:
    """Serves in a thread of its own; what it was asked lies in `bodies` and `headers`."""

    def __init__(self, latency_s: float = 0.0, rates: Mapping[str, float] | None = None) -> None:
        self.latency_s = latency_s
        self.rates = dict(rates or {})  # each request's first attempt fails with these shares
        self.retry_after: str | None = None
        self.held = threading.Event()  # while it is set no request is answered
        self.voice: Voice | None = None
        self.scripted: Answer | None = None  # said whatever is asked
        self.keep_bodies = True
        self.bodies: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.asked: Counter[str] = Counter()
        self._count = 0
        self.goal = 0
        self.goal_reached = threading.Event()  # set when it was asked `goal` times
        self.in_flight = 0
        self.most_in_flight = 0
        self._never = asyncio.Event()  # held here: what only its own task knows is collected
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._ready = threading.Event()
        self.port = 0

    def await_requests(self, more: int) -> None:
        """Wait until it was asked so many times more."""
        self.goal_reached.clear()
        self.goal = self._count + more
        assert self.goal_reached.wait(30)

    @property
    def base_url(self) -> str:
        """Where a client finds it."""
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def requests(self) -> int:
        """How often it was asked."""
        return self._count

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        starting = asyncio.start_server(self._connection, "127.0.0.1", 0, backlog=2048)
        server = self._loop.run_until_complete(starting)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        while tasks := asyncio.all_tasks(self._loop):
            for task in tasks:
                task.cancel()
            self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._exchange(reader, writer):
                pass
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            pass  # the client went, or the test is over
        finally:
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in lines[1:] if line)
        }
        content = await reader.readexactly(int(headers.get("content-length", "0")))
        body = json.loads(content)
        if self.keep_bodies:
            self.bodies.append(body)
            self.headers.append({**headers, ":path": lines[0].split()[1]})
        key = hashlib.sha256(content).hexdigest()
        self.asked[key] += 1
        self._count += 1
        if self._count == self.goal:
            self.goal_reached.set()
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            told = self._told(body)
            fault = self._fault(told if self.voice else _all_of(body), key)
            await self._wait(fault)
        finally:
            self.in_flight -= 1
        if fault == "drop":
            return False
        status, extra, payload = self._answer(fault, body, told)
        return await self._send(writer, fault, (status, extra, payload))

    async def _wait(self, fault: str) -> None:
        if fault == "hang":
            await self._never.wait()
        if self.latency_s:
            await asyncio.sleep(self.latency_s)
        while self.held.is_set():  # noqa: ASYNC110 - it is set in another thread
            await asyncio.sleep(0.001)

    async def _send(self, writer: asyncio.StreamWriter, fault: str, answer: Answer) -> bool:
        status, extra, payload = answer
        told = len(payload) + (100 if fault == "cut" else 0)
        lines = [f"HTTP/1.1 {status} Status", "content-type: application/json"]
        lines += [f"{name}: {value}" for name, value in extra.items()]
        if fault == "stream_cut":
            lines.append("transfer-encoding: chunked")
            payload = b"%x\r\n%s" % (len(payload) + 50, payload)
        else:
            lines.append(f"content-length: {told}")
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + payload)
        await writer.drain()
        return fault not in ("cut", "stream_cut")

    def _fault(self, text: str, key: str) -> str:
        if found := FAULT.search(text):
            often = int(found.group(2) or 1_000_000)
            return found.group(1) if self.asked[key] <= often else ""
        share = int(key[:8], 16) / 2**32
        for fault, rate in self.rates.items():
            share -= rate
            if share < 0:
                return fault if self.asked[key] == 1 else ""
        return ""

    def _told(self, body: dict[str, Any]) -> str:
        last = str(body["messages"][-1]["content"])
        return last if self.voice is None else self.voice(str(body["model"]), last)

    def _answer(self, fault: str, body: dict[str, Any], told: str) -> Answer:
        if self.scripted is not None:
            return self.scripted
        if fault in ERRORS or fault.isdigit():
            status, message, details = ERRORS.get(fault, (0, "", {}))
            if not status:
                status, message = int(fault), f"stub says {fault}"
            extra = {"retry-after": self.retry_after} if self.retry_after is not None else {}
            error = {"message": message, "type": "error", "param": None, "code": None, **details}
            return status, extra, json.dumps({"error": error}).encode()
        if fault == "huge":
            return 200, {}, b" " * (33 << 20)
        if fault == "not_json":
            return 200, {}, b"<html>502 bad gateway</html>"
        said = SAY.search(told)
        text = said.group(1) if said else f"answer to: {told[-200:]}"
        return 200, {}, json.dumps(completion(body, fault, text)).encode()


def _all_of(body: dict[str, Any]) -> str:
    return "\n".join(str(message["content"]) for message in body["messages"])


ERRORS: dict[str, tuple[int, str, dict[str, str]]] = {
    "too_long": (400, "maximum context length is 4096 tokens", {"code": "context_length_exceeded"}),
    "bad_parameter": (
        400,
        "Unsupported parameter: 'max_tokens' is not supported with this model.",
        {"code": "unsupported_parameter", "param": "max_tokens"},
    ),
    "no_credit": (429, "You exceeded your current quota", {"code": "insufficient_quota"}),
    "flagged": (400, "The prompt was flagged", {"code": "content_filter"}),
}


def completion(body: dict[str, Any], fault: str, text: str) -> dict[str, Any]:
    """Write a chat completion as the API documents it."""
    message: dict[str, Any] = {"role": "assistant", "content": text, "refusal": None}
    finish = "stop"
    match fault:
        case "empty":
            message["content"] = ""
        case "null":
            message["content"] = None
        case "refusal":
            message |= {"content": None, "refusal": "I cannot help with that."}
        case "filtered":
            message["content"], finish = "", "content_filter"
        case "truncated":
            finish = "length"
        case "tool":
            function = {"name": "look_up", "arguments": '{"city": "Bern"}'}
            message |= {"content": None, "tool_calls": [{"type": "function", "function": function}]}
            finish = "tool_calls"
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": finish}
    asked = sum(len(str(each["content"])) for each in body["messages"]) // 4
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": body["model"],
        "choices": [] if fault == "no_choices" else [choice],
        "usage": None
        if fault == "unmetered"
        else {
            "prompt_tokens": asked,
            "completion_tokens": len(text) // 4,
            "total_tokens": asked + len(text) // 4,
        },
    }


def main() -> None:
    """Serve until stdin is closed, then print how often each was asked."""
    with ModelStub(latency_s=float(sys.argv[1]) / 1000 if len(sys.argv) > 1 else 0.0) as stub:
        stub.keep_bodies = False
        sys.stdout.write(f"{stub.port}\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main()
