"""What goes out is what the openai client sends, and what comes in is read as it reads it."""

import asyncio
import json
from typing import Any

import openai
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evalgate.domain.chat import ChatReply, ChatRequest
from evalgate.domain.message import Message
from evalgate.model.endpoint import written
from evalgate.model.reading import parse_completion
from model_asking import SECRET, ask, client_of, question
from model_stub import ModelStub, completion

TOOL = {
    "type": "function",
    "function": {"name": "look_up", "parameters": {"type": "object", "properties": {"q": {}}}},
}
SCHEMA = {"type": "json_schema", "json_schema": {"name": "s", "schema": {"type": "object"}}}
PARAMETERS: list[dict[str, Any]] = [
    {},
    {"temperature": 0.0, "top_p": 1, "seed": 7, "max_completion_tokens": 300},
    {"tools": [TOOL], "tool_choice": "auto", "parallel_tool_calls": False},
    {"response_format": SCHEMA, "reasoning_effort": "low"},
    {"stop": ["\n", "ü"], "logit_bias": {"50256": -100}, "metadata": {"a": "b"}, "user": "🙂"},
]
SAME = ("authorization", "content-type", "accept", ":path", "host")


def sent(stub: ModelStub) -> list[tuple[dict[str, Any], dict[str, str | None]]]:
    """The bodies and the headers that must agree, of all requests so far."""
    return [
        (body, {name: headers.get(name) for name in SAME})
        for body, headers in zip(stub.bodies, stub.headers, strict=True)
    ]


@pytest.mark.parametrize("path", ["", "/", "/v1", "/v1/", "/a%20b/v1//", "/ü/v1"])
def test_what_is_sent_is_what_the_openai_client_sends(stub: ModelStub, path: str) -> None:
    """Request by request: path, JSON, key and content type, to whatever base URL."""
    base_url = f"http://127.0.0.1:{stub.port}{path}"
    requests = [
        ChatRequest(
            model="stub:/org/m:free",
            messages=(
                Message(role="system", content='ü\u2028 "🙂" \\ \x00'),
                Message(role="user", content=f"say={number}"),
                Message(role="assistant", content=""),
                Message(role="user", content="go on"),
            ),
            parameters=parameters,
        )
        for number, parameters in enumerate(PARAMETERS)
    ]

    async def theirs() -> None:
        async with openai.AsyncOpenAI(api_key=SECRET, base_url=base_url, max_retries=0) as client:
            create: Any = client.chat.completions.create
            for request in requests:
                messages = [each.model_dump() for each in request.messages]
                await create(model="org/m:free", messages=messages, **request.parameters)

    for request in requests:
        ask(client_of(stub, base_url=base_url), request)
    ours = sent(stub)
    stub.bodies.clear()
    stub.headers.clear()
    asyncio.run(theirs())

    assert len(ours) == len(PARAMETERS)
    assert ours == sent(stub)


def test_nothing_is_sent_that_the_openai_client_does_not_send(stub: ModelStub) -> None:
    """No cookie, no key where none is set, and the name of the program that asks."""
    ask(client_of(stub, api_key_env=None, max_in_flight=1), question("a"), question("b"))

    names = {name for headers in stub.headers for name in headers} - {":path"}
    assert names == {
        "accept",
        "accept-encoding",
        "content-length",
        "content-type",
        "host",
        "user-agent",
    }
    assert stub.headers[0]["user-agent"].startswith("evalgate/")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(-1e9, 1e9) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(body=st.dictionaries(st.text(), json_values, max_size=4))
def test_a_body_is_written_as_the_openai_client_writes_it(body: dict[str, Any]) -> None:
    """Byte by byte."""
    from openai._utils._json import openapi_dumps

    assert written(body) == openapi_dumps(body)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    text=st.text(),
    fault=st.sampled_from(["", "truncated", "filtered", "refusal", "tool"]),
    asked=st.text(),
)
def test_a_reply_is_read_as_the_openai_client_reads_it(text: str, fault: str, asked: str) -> None:
    """Text, refusal, tools, the reason for the end, and the tokens."""
    said = completion({"model": "m", "messages": [{"content": asked}]}, fault, text)
    if fault == "tool":
        said["choices"][0]["message"]["tool_calls"][0]["id"] = "call-1"
    theirs = openai.types.chat.ChatCompletion.model_validate(said)
    choice, usage = theirs.choices[0], theirs.usage

    ours = parse_completion(json.dumps(said).encode(), 0.0)
    reply = ours if isinstance(ours, ChatReply) else ours.reply

    assert reply is not None
    assert usage is not None
    assert reply.usage is not None
    assert reply.text == (choice.message.content or choice.message.refusal or "")
    assert reply.truncated == (choice.finish_reason == "length")
    assert reply.refused == (
        choice.finish_reason == "content_filter" or choice.message.refusal is not None
    )
    assert (reply.usage.input_tokens, reply.usage.output_tokens) == (
        usage.prompt_tokens,
        usage.completion_tokens,
    )
    assert [(call.name, call.arguments) for call in reply.tool_calls] == [
        (call.function.name, json.loads(call.function.arguments))
        for call in choice.message.tool_calls or []
        if call.type == "function"
    ]
