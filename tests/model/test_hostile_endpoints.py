"""Endpoints that repeat the key, count nonsense, or put one case's fault in everybody's words."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from evalgate.domain.answer import ToolCall, Usage
from evalgate.domain.chat import ChatReply, ModelFailed
from evalgate.errors import UserMistake
from evalgate.model.heard import NotJson, heard, without
from evalgate.model.limits import TokenBucket
from evalgate.model.reading import parse_completion
from evalgate.recordings.store import Recordings
from fake_clock import FakeClock
from model_asking import SECRET, ask, client_of, question
from model_stub import ModelStub, completion

ESCAPED = SECRET.replace("-", "\\u002d")


def ask_about(
    stub: ModelStub, status: int, body: bytes, path: Path, **spec: Any
) -> Sequence[ChatReply | ModelFailed | str]:
    """Ask an endpoint that always says this; a mistake is told in its words."""
    stub.scripted = (status, {}, body)
    recordings = Recordings(path / "r.db")
    try:
        return ask(client_of(stub, recordings, **spec), question("q", temperature=1))
    except UserMistake as mistake:
        return [str(mistake)]
    finally:
        recordings.close()


def said(text: str, **message: Any) -> bytes:
    """Write a completion."""
    whole = completion({"model": "m", "messages": []}, "", text)
    whole["choices"][0]["message"] |= message
    return json.dumps(whole).encode()


REPEATING = {
    "an error with status 200": (200, b'{"error": {"message": "bad key KEY"}}'),
    "a page": (200, b"<html>KEY</html>"),
    "a page that is cut within the key": (200, b"x" * 184 + b"KEY"),
    "an error whose escape hides it": (200, b'{"error": {"message": "bad key ESCAPED"}}'),
    "a list of faults": (400, b'{"detail": [{"msg": "no KEY"}]}'),
    "a list of messages": (400, b'{"error": {"message": ["key KEY"]}}'),
    "a name in an object": (400, b'{"error": {"message": {"KEY": 1}}}'),
    "a plain text": (500, b"no KEY"),
    "a wrong key": (401, b'{"error": {"message": "wrong", "code": "KEY", "param": "KEY"}}'),
    "a reply": (200, said("your key is KEY, is it?")),
    "a refusal": (200, said("", refusal="KEY")),
    "a list of parts": (200, said("", content=[{"type": "text", "text": "KEY"}])),
    "a tool's arguments": (
        200,
        said("", tool_calls=[{"function": {"name": "KEY", "arguments": '{"KEY": ["ESCAPED"]}'}}]),
    ),
}


@pytest.mark.parametrize("name", REPEATING)
def test_a_key_that_comes_back_is_shown_and_kept_nowhere(
    stub: ModelStub, tmp_path: Path, name: str
) -> None:
    """Not in a fault, a mistake, a reply or the recordings, and no part of it either."""
    status, body = REPEATING[name]
    body = body.replace(b"KEY", SECRET.encode()).replace(b"ESCAPED", ESCAPED.encode())

    outcomes = ask_about(stub, status, body, tmp_path)

    kept = b"".join(file.read_bytes() for file in tmp_path.glob("r.db*"))
    assert SECRET[:12] not in str(outcomes)
    assert SECRET.encode() not in kept
    assert SECRET[:12].encode() not in kept


def test_a_reply_is_itself_but_for_the_key(stub: ModelStub, tmp_path: Path) -> None:
    """Its other words stay, also where they look like somebody's key; so do line breaks."""
    body = said(f"a\n{SECRET}  b sk-other-0123456789abcdef")

    reply = ask_about(stub, 200, body, tmp_path)[0]

    assert isinstance(reply, ChatReply)
    assert reply.text == "a\n[redacted]  b sk-other-0123456789abcdef"


KEYS = ("sk-0123456789", 'sk"0/1\\2345', "sk-\u00e9-45678")
PIECES = st.sampled_from([*KEYS, KEYS[0][:5], KEYS[0][5:], "a", "\u00e9", "\n", "\ud800", "[", "{"])
WORDS = st.lists(PIECES, max_size=4).map("".join)
REPLIES: st.SearchStrategy[JsonValue] = st.recursive(
    WORDS | st.integers() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)


def cleaned(value: JsonValue, key: str | None) -> JsonValue:
    """Clean value by value, whatever the reply looked like when it was written."""
    match value:
        case str():
            return without(key, value)
        case list():
            return [cleaned(each, key) for each in value]
        case dict():
            return {without(key, name): cleaned(each, key) for name, each in value.items()}
        case _:
            return value


@given(REPLIES, st.none() | st.sampled_from(KEYS), st.booleans(), st.sampled_from(["/", "\\/"]))
def test_a_reply_is_cleaned_in_whatever_way_it_is_written(
    said: JsonValue, key: str | None, escaped: bool, slash: str
) -> None:
    """One that needs no cleaning by its looks is not looked through, and is the same."""
    written = json.dumps(said, ensure_ascii=escaped).replace("/", slash)

    assert heard(written, key) == cleaned(said, key)
    assert heard(written.encode("utf-8", "surrogatepass"), key) == cleaned(said, key)


@pytest.mark.parametrize("depth", [98, 99, 100, 101, 150])
def test_what_no_file_can_hold_is_no_json_however_it_looks(depth: int) -> None:
    """Records that are nested deeper cannot be read again."""
    read = heard("[" * depth + "1" + "]" * depth)

    assert isinstance(read, NotJson) is (depth >= 100)


def test_a_short_key_is_a_word_like_others(stub: ModelStub, tmp_path: Path) -> None:
    """Local endpoints take any key, `none` for one, which an answer may hold."""
    reply = ask_about(stub, 200, said("none left"), tmp_path, keys={"STUB_KEY": "none"})[0]

    assert isinstance(reply, ChatReply)
    assert reply.text == "none left"


NONSENSE = ["1" + "0" * 400, "1" + "0" * 5000, "1e999", "NaN", "true", "-1", '"7"', "1.5", "[]"]


@pytest.mark.parametrize("count", [*NONSENSE, "1000000001"])
def test_a_count_of_tokens_that_is_none_loses_no_reply(
    stub: ModelStub, tmp_path: Path, count: str
) -> None:
    """What was used is unknown then; the reply is handed on and kept."""
    body = said("yes").replace(b'"prompt_tokens": 0', b'"prompt_tokens": %s' % count.encode())
    price = {"m": {"input_per_million": 1.0, "output_per_million": 1.0}}

    first = ask_about(stub, 200, body, tmp_path, prices=price, tokens_per_minute=1000)[0]
    again = ask_about(stub, 200, body, tmp_path, prices=price, tokens_per_minute=1000)[0]

    assert isinstance(first, ChatReply)
    assert (first.text, first.usage, first.cost_usd) == ("yes", None, None)
    assert isinstance(again, ChatReply)
    assert (again.recorded, stub.requests) == (True, 1)


@pytest.mark.parametrize("written", ["[" * 300 + "]" * 300, '{"a": 1e999}', '"\\ud800"', "[NaN]"])
def test_arguments_that_no_file_can_hold_lose_no_reply(
    stub: ModelStub, tmp_path: Path, written: str
) -> None:
    """Nested without end, infinite, or half a character: kept all the same."""
    body = said("yes", tool_calls=[{"function": {"name": "f", "arguments": written}}])

    ask_about(stub, 200, body, tmp_path)
    again = ask_about(stub, 200, body, tmp_path)[0]

    assert isinstance(again, ChatReply)
    assert (again.text, again.recorded, stub.requests) == ("yes", True, 1)


@pytest.mark.parametrize("status", [200, 400])
def test_a_body_that_is_nested_without_end_is_a_fault_of_one_case(
    stub: ModelStub, tmp_path: Path, status: int
) -> None:
    """However deep."""
    for depth in (200, 480, 900, 100_000):
        body = b'{"error":' + b"[" * depth + b"]" * depth + b"}"
        assert isinstance(ask_about(stub, status, body, tmp_path)[0], ModelFailed)


def test_numbers_that_can_be_counted_are_read() -> None:
    """Nothing, and a thousand million."""
    body = said("yes").replace(b'"prompt_tokens": 0', b'"prompt_tokens": 1000000000')

    reply = parse_completion(body, 0.0)

    assert isinstance(reply, ChatReply)
    assert reply.usage == Usage(input_tokens=10**9, output_tokens=0)


def test_arguments_are_read_as_they_were_written() -> None:
    """Numbers, names and nothing."""
    calls = [{"function": {"name": "f", "arguments": '{"a": [1, 2.5, null, "ü"]}'}}]

    reply = parse_completion(said("", tool_calls=calls), 0.0)

    assert isinstance(reply, ChatReply)
    assert reply.tool_calls == (ToolCall(name="f", arguments={"a": [1, 2.5, None, "ü"]}),)


@given(per_minute=st.integers(1, 10_000), used=st.integers(0, 10**9), most_s=st.floats(1, 60))
def test_a_reply_is_no_debt_of_years(per_minute: int, used: int, most_s: float) -> None:
    """Whatever an endpoint says that it used: who comes next waits so long at most."""
    bucket = TokenBucket(per_minute, most_s)
    bucket.reserve(1, 0.0)

    bucket.settle(1, used, 0.0)

    assert bucket.reserve(1, 0.0) <= most_s + 1.0 / bucket.rate + 1e-6


def test_a_reply_gives_no_waiting_time_back() -> None:
    """Those who wait already keep their places, however long their line is."""
    bucket = TokenBucket(60)
    for _ in range(500):
        bucket.reserve(1, 0.0)
    before = bucket.reserve(1, 0.0)

    bucket.settle(1, 10**9, 0.0)

    assert bucket.reserve(1, 0.0) == pytest.approx(before + 1.0)


def test_an_endpoint_that_counts_millions_is_asked_again_after_a_minute(
    stub: ModelStub,
) -> None:
    """Or sooner, when nobody wants to wait so long."""
    usage = b'"prompt_tokens": 1000000000'
    stub.scripted = (200, {}, said("yes").replace(b'"prompt_tokens": 0', usage))

    async def asked_in_turn(clock: FakeClock, **spec: Any) -> None:
        async with client_of(stub, clock=clock, tokens_per_minute=600, **spec) as client:
            for number in range(3):
                asked = question(f"q{number}", max_tokens=1)
                assert isinstance(await client.complete(asked), ChatReply)

    for most, spec in ((60.0, {}), (5.0, {"max_wait_s": 5})):
        clock = FakeClock()
        asyncio.run(asked_in_turn(clock, **spec))
        assert 0 < max(clock.pauses) <= most + 2


OF_ONE_CASE: dict[str, dict[str, Any]] = {
    "a model's content": {
        "message": "The model produced invalid content. Consider modifying your prompt."
    },
    "a prompt that speaks of a parameter": {
        "code": "invalid_prompt",
        "message": "Invalid prompt: temperature is not supported with this model.",
    },
    "a prompt that speaks of a model": {
        "code": "invalid_prompt",
        "message": "The model `m` does not exist",
    },
    "words that name a parameter by chance": {
        "message": "Unexpected token in the question about the temperature at sea"
    },
    "another field than a parameter": {
        "param": "messages",
        "message": "Invalid value for messages: unsupported temperature",
    },
    "a picture that is not found": {"message": "The model could not read it: image not found"},
    "a model that says unknown": {"message": "model output of unknown kind"},
}


@pytest.mark.parametrize("name", OF_ONE_CASE)
def test_what_one_case_is_refused_for_ends_no_command(
    stub: ModelStub, tmp_path: Path, name: str
) -> None:
    """It has no answer, and the others are asked."""
    body = json.dumps({"error": OF_ONE_CASE[name]}).encode()

    failed = ask_about(stub, 400, body, tmp_path)[0]

    assert isinstance(failed, ModelFailed)
    assert failed.cause == "refused"


OF_ALL_CASES: dict[str, tuple[int, dict[str, Any], str]] = {
    "a code": (400, {"error": {"code": "model_not_found", "message": "no"}}, "knows no model"),
    "a field": (400, {"error": {"param": "model", "message": "no"}}, "knows no model"),
    "a type": (400, {"error": {"type": "invalid_model", "message": "no"}}, "knows no model"),
    "words": (400, {"error": {"message": "The model `m` does not exist"}}, "knows no model"),
    "other words": (400, {"error": {"message": "m is not a valid model ID"}}, "knows no model"),
    "plain words": (400, {"error": "model 'm' not found"}, "knows no model"),
    "a parameter's field": (
        400,
        {"error": {"param": "temperature", "message": "must be 1"}},
        "refuses the parameter 'temperature'",
    ),
    "a parameter's words": (
        400,
        {"error": {"message": "Unsupported parameter: 'temperature'"}},
        "refuses the parameter 'temperature'",
    ),
    "a parameter's words behind it": (
        400,
        {"error": {"message": "`temperature` is not supported with this model"}},
        "refuses the parameter 'temperature'",
    ),
    "an argument": (
        400,
        {"error": {"message": "Unrecognized request argument supplied: temperature"}},
        "refuses the parameter 'temperature'",
    ),
    "a place in the body": (
        422,
        {"detail": [{"loc": ["body", "temperature"], "msg": "Extra inputs are not permitted"}]},
        "refuses the parameter 'temperature'",
    ),
    "a place in words": (
        400,
        {"message": "[{'type': 'extra_forbidden', 'loc': ('body', 'temperature'), 'msg': 'no'}]"},
        "refuses the parameter 'temperature'",
    ),
}


@pytest.mark.parametrize("name", OF_ALL_CASES)
def test_what_all_cases_are_refused_for_is_the_persons_to_mend(
    stub: ModelStub, tmp_path: Path, name: str
) -> None:
    """By a field of the error, or by words that can mean nothing else."""
    status, body, words = OF_ALL_CASES[name]

    told = ask_about(stub, status, json.dumps(body).encode(), tmp_path)[0]

    assert isinstance(told, str)
    assert words in told


def test_a_model_that_is_down_does_not_silence_another(stub: ModelStub) -> None:
    """They share a provider, not their failures."""
    down = [question(f"{number} fault=500", model="stub:/down") for number in range(40)]

    async def one_after_the_other() -> ChatReply | ModelFailed:
        async with client_of(stub, max_attempts=6, max_wait_s=5) as client:
            await asyncio.gather(*(client.complete(each) for each in down))
            return await client.complete(question("fault=500*2 say=yes", model="stub:/up"))

    reply = asyncio.run(one_after_the_other())

    assert isinstance(reply, ChatReply)
    assert reply.text == "yes"
