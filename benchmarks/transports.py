"""How many chat completions a second each way of sending them manages, alone in its process.

    python benchmarks/transports.py [CALLS]

The endpoint is tests/model_stub.py in a process of its own; a figure is the best of three.
"""

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from evalgate.domain.chat import ChatReply, ChatRequest
from evalgate.domain.message import Message
from evalgate.domain.provider import ProviderSpec
from evalgate.model.client import Client
from evalgate.model.transport import HttpReply, HttpRequest, Patience, Transport
from evalgate.recordings.store import Recordings

STUB = Path(__file__).parents[1] / "tests" / "model_stub.py"
WAYS = (
    "create",
    "create, client per worker",
    "create, aiohttp",
    "post",
    "post, aiohttp",
    "aiohttp alone",
    "pyreqwest alone",
    "evalgate's client",
)
Ask = Callable[[int, dict[str, Any]], Awaitable[str]]
Close = Callable[[], Awaitable[None]]


def way_of(name: str, base_url: str, workers: int) -> tuple[Ask, Close]:
    """Build one way of asking: a function of the worker's number and the request's body."""
    import aiohttp
    import httpx2
    import openai

    if name == "evalgate's client":
        return evalgate_way(base_url, workers)
    if name == "pyreqwest alone":
        return pyreqwest_way(base_url)
    if name == "aiohttp alone":
        session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))

        async def bare(_: int, body: dict[str, Any]) -> str:
            async with session.post(f"{base_url}/chat/completions", json=body) as got:
                return str(json.loads(await got.read())["choices"][0]["message"]["content"])

        return bare, session.close

    def client() -> openai.AsyncOpenAI:
        limits = httpx2.Limits(max_connections=workers, max_keepalive_connections=workers)
        kind = openai.DefaultAioHttpClient if "aiohttp" in name else openai.DefaultAsyncHttpxClient
        return openai.AsyncOpenAI(
            api_key="none", base_url=base_url, max_retries=0, http_client=kind(limits=limits)
        )

    clients = [client() for _ in range(workers if "per worker" in name else 1)]

    async def create(worker: int, body: dict[str, Any]) -> str:
        reply = await clients[worker % len(clients)].chat.completions.create(**body)
        return str(reply.choices[0].message.content)

    async def post(worker: int, body: dict[str, Any]) -> str:
        sent = clients[worker % len(clients)]
        reply = await sent.post("/chat/completions", cast_to=httpx2.Response, body=body)
        return str(json.loads(reply.content)["choices"][0]["message"]["content"])

    async def close() -> None:
        for each in clients:
            await each.close()

    return (create if name.startswith("create") else post), close


def pyreqwest_way(base_url: str) -> tuple[Ask, Close]:
    """Evalgate's own transport, and nothing around it."""
    transport = Transport({"Content-Type": "application/json"})

    async def ask(_: int, body: dict[str, Any]) -> str:
        url, content = f"{base_url}/chat/completions", json.dumps(body).encode()
        reply = await transport.send(HttpRequest("POST", url, content), Patience(60.0))
        assert isinstance(reply, HttpReply), reply
        return str(json.loads(reply.content)["choices"][0]["message"]["content"])

    return ask, transport.close


def evalgate_way(base_url: str, workers: int) -> tuple[Ask, Close]:
    """The client as a run uses it: limits, retries, every reply recorded."""
    folder = tempfile.TemporaryDirectory()
    recordings = Recordings(Path(folder.name) / "recordings.db")
    spec = ProviderSpec(base_url=base_url, max_in_flight=workers)
    client = Client({"stub": spec}, {}, recordings)

    async def ask(_: int, body: dict[str, Any]) -> str:
        messages = tuple(Message(**each) for each in body["messages"])
        parameters = {"temperature": body["temperature"]}
        reply = await client.complete(
            ChatRequest(model="stub:/m", messages=messages, parameters=parameters)
        )
        assert isinstance(reply, ChatReply), reply
        return reply.text

    async def close() -> None:
        await client.close()
        recordings.close()
        folder.cleanup()

    return ask, close


async def ask_all(name: str, base_url: str, calls: int, workers: int) -> None:
    """Ask `calls` questions with `workers` at work at once."""
    ask, close = way_of(name, base_url, workers)
    numbers = iter(range(calls))

    async def work(worker: int) -> None:
        for number in numbers:
            message = {"role": "user", "content": f"question {number} " + "word " * 60}
            body = {"model": "m", "messages": [message], "temperature": 0.0}
            assert "word" in await ask(worker, body)

    async with asyncio.TaskGroup() as group:
        for worker in range(workers):
            group.create_task(work(worker))
    await close()


def measured(name: str, calls: int, workers: int, latency_ms: int) -> tuple[float, float]:
    """Seconds on the wall and on the processor, from the first request to the last reply."""
    with subprocess.Popen(
        [sys.executable, str(STUB), str(latency_ms)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as stub:
        assert stub.stdout is not None
        base_url = f"http://127.0.0.1:{int(stub.stdout.readline())}/v1"
        asyncio.run(ask_all(name, base_url, 20, 4))  # imports are not what is measured
        wall, cpu = time.perf_counter(), time.process_time()
        asyncio.run(ask_all(name, base_url, calls, workers))
        taken = time.perf_counter() - wall, time.process_time() - cpu
        stub.communicate("")
    return taken


def main() -> None:
    """Print the table."""
    calls = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    plans = [(64, 0), (64, 200), (256, 200)]
    print(
        "| way | " + " | ".join(f"{w} in flight, {ms} ms" for w, ms in plans) + " | cpu ms a call |"
    )
    print("|---|" + "---:|" * (len(plans) + 1))
    for name in WAYS:
        best = [min(measured(name, calls, workers, ms) for _ in range(3)) for workers, ms in plans]
        cells = [f"{wall:.2f} s" for wall, _ in best]
        print(
            f"| {name} | " + " | ".join(cells) + f" | {best[0][1] / calls * 1000:.2f} |", flush=True
        )


if __name__ == "__main__":
    main()
