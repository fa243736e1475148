"""A lean chat endpoint on loopback: it scores by the case's number and fails by a fixed lot.

    python benchmarks/live_endpoint.py LATENCY_MS [FAULT=SHARE ...]

It prints its port, serves until its stdin is closed, then prints what it counted. A call whose
model has "judge" in its name is a judge's. Faults (429, 500, malformed, hang) are drawn from role,
case and attempt: the same for everybody, in whatever order he asks, and anew for each attempt.
"""

import asyncio
import contextlib
import hashlib
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Mapping
from typing import Any

CASE = re.compile(rb"case (\d{6}):")
MODEL = re.compile(rb'"model":\s*"([^"]+)"')
LENGTH = re.compile(rb"content-length:\s*(\d+)", re.IGNORECASE)
HANG_S = 30.0
ERRORS = {
    "429": (b"429 Too Many Requests\r\nretry-after: 1", "Rate limit reached for requests"),
    "500": (b"500 Internal Server Error", "The server had an error"),
}
WHY = "The answer gives the value that is expected, and its reason holds; only the words differ."
PROSE = "This is on the whole a rather good answer, and I would give it somewhere around"
ANSWER = "case %06d: the value is %d. " + "It follows from the definition in the question. " * 4


def score_of(case: int) -> int:
    """The score that the judge gives: 1 to 5, of any five cases in a row each once."""
    return 1 + case * 7 % 5


class Counts:
    """What was asked, and when the first and the last of it was."""

    def __init__(self, latency_s: float, faults: Mapping[str, float]) -> None:
        self.latency_s = latency_s
        self.faults = faults
        self.requests = self.in_flight = self.most_in_flight = 0
        self.first = self.last = 0.0  # seconds since 1970
        self.met: Counter[str] = Counter()
        self._attempts: Counter[tuple[str, int]] = Counter()

    def fault_of(self, role: str, case: int) -> str:
        """Draw what becomes of the next attempt."""
        attempt = self._attempts[role, case]
        self._attempts[role, case] += 1
        drawn = hashlib.blake2b(f"{role} {case} {attempt}".encode(), digest_size=4)
        lot = int.from_bytes(drawn.digest()) / 2**32
        for fault, share in self.faults.items():
            lot -= share
            if lot < 0:
                self.met[fault] += 1
                return "" if fault == "malformed" and role != "judge" else fault
        return ""


class Connection(asyncio.Protocol):
    """One client's connection: requests come one after the other, each with its length."""

    def __init__(self, counts: Counts) -> None:
        self._counts = counts
        self._held = b""
        self._pending: asyncio.TimerHandle | None = None
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what is written to."""
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport

    def connection_lost(self, _: Exception | None) -> None:
        """Forget the reply that nobody waits for any more."""
        if self._pending is not None:
            self._pending.cancel()
            self._counts.in_flight -= 1

    def data_received(self, data: bytes) -> None:
        """Collect a request, and answer it after the latency."""
        self._held += data
        head, blank, rest = self._held.partition(b"\r\n\r\n")
        if not blank:
            return
        told = LENGTH.search(head)
        length = int(told[1]) if told else 0
        if len(rest) < length:
            return
        self._held = rest[length:]
        self._asked(rest[:length])

    def _asked(self, body: bytes) -> None:
        counts = self._counts
        counts.first = counts.first or time.time()
        counts.requests += 1
        counts.in_flight += 1
        counts.most_in_flight = max(counts.most_in_flight, counts.in_flight)
        model, number = MODEL.search(body), CASE.search(body)
        role = "judge" if model and b"judge" in model[1] else "candidate"
        case = int(number[1]) if number else 0
        fault = counts.fault_of(role, case)
        reply = _reply(body, role, case, fault)
        delay = counts.latency_s + (HANG_S if fault == "hang" else 0.0)
        self._pending = asyncio.get_running_loop().call_later(delay, self._replied, reply)

    def _replied(self, reply: bytes) -> None:
        self._pending = None
        self._counts.in_flight -= 1
        self._counts.last = time.time()
        assert self._transport is not None
        self._transport.write(reply)


def _reply(body: bytes, role: str, case: int, fault: str) -> bytes:
    if fault in ERRORS:
        status, words = ERRORS[fault]
        return _http(status, {"error": {"message": words, "type": "stub", "code": None}})
    text = ANSWER % (case, 3 * case + 1)
    if role == "judge":
        score = score_of(case)
        said = {"score": score, "justification": WHY, "reason": WHY, "pass": score >= 3}
        text = PROSE if fault == "malformed" else json.dumps(said)
    message: dict[str, Any] = {"role": "assistant", "content": text}
    if role == "judge" and (tools := json.loads(body).get("tools")):
        function = {"name": tools[0]["function"]["name"], "arguments": text}
        calls = [{"id": f"call_{case}", "type": "function", "function": function}]
        message |= {"content": None, "tool_calls": calls}
    usage = {"prompt_tokens": len(body) // 4, "completion_tokens": 50, "total_tokens": 50}
    usage["total_tokens"] += usage["prompt_tokens"]
    made = {"id": f"chatcmpl-{case}", "object": "chat.completion", "created": 1_700_000_000}
    choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
    return _http(b"200 OK", {**made, "model": "stub", "choices": [choice], "usage": usage})


def _http(status: bytes, body: Mapping[str, Any]) -> bytes:
    content = json.dumps(body).encode()
    head = b"HTTP/1.1 %s\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
    return head % (status, len(content)) + content


async def serve(counts: Counts) -> None:
    """Serve until stdin ends."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(counts), "127.0.0.1", 0, backlog=2048)
    print(server.sockets[0].getsockname()[1], flush=True)
    with contextlib.suppress(EOFError):
        await asyncio.to_thread(sys.stdin.read)
    told = {"requests": counts.requests, "most_in_flight": counts.most_in_flight}
    told |= {"first": counts.first, "last": counts.last, "met": dict(counts.met)}  # type: ignore[dict-item]  # JSON
    print(json.dumps(told), flush=True)


def main() -> None:
    """Read the arguments and serve."""
    latency_ms, *faults = sys.argv[1:]
    shares = {name: float(share) for name, _, share in (each.partition("=") for each in faults)}
    asyncio.run(serve(Counts(float(latency_ms) / 1000, shares)))


if __name__ == "__main__":
    main()
