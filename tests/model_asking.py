"""Short ways to ask a model in a test."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from evalgate.domain.chat import ChatReply, ChatRequest, ModelFailed
from evalgate.domain.message import Message
from evalgate.domain.provider import Budget, ProviderSpec
from evalgate.model.client import Client, Terms
from evalgate.model.spending import Spending
from evalgate.recordings.store import Recordings
from fake_clock import FakeClock
from model_stub import ModelStub

SECRET = "sk-test-0123456789abcdefghij"


def question(text: str, model: str = "stub:/m", **parameters: Any) -> ChatRequest:
    """One user message."""
    return ChatRequest(
        model=model, messages=(Message(role="user", content=text),), parameters=parameters
    )


def client_of(
    stub: ModelStub,
    recordings: Recordings | None = None,
    *,
    clock: FakeClock | None = None,
    budget: Budget | None = None,
    offline: bool = False,
    fresh: bool = False,
    keys: Mapping[str, str] | None = None,
    spending: Spending | None = None,
    **spec: Any,
) -> Client:
    """A client of the stub whose pauses take no time."""
    given = {"base_url": stub.base_url, "api_key_env": "STUB_KEY", "max_attempts": 3, **spec}
    terms = Terms(
        offline=offline, fresh=fresh, budget=budget or Budget(), clock=clock or FakeClock()
    )
    held = {"STUB_KEY": SECRET} if keys is None else keys
    return Client({"stub": ProviderSpec(**given)}, held, recordings, terms, spending)


def ask(client: Client, *requests: ChatRequest) -> Sequence[ChatReply | ModelFailed]:
    """Ask all at once; the first exception is raised."""

    async def all_of_them() -> Sequence[ChatReply | ModelFailed]:
        async with client:
            return await asyncio.gather(*(client.complete(request) for request in requests))

    return asyncio.run(all_of_them())


def ask_one(client: Client, request: ChatRequest) -> ChatReply | ModelFailed:
    """Ask one question."""
    return ask(client, request)[0]
