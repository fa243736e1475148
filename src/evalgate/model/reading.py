"""From the bytes of a chat completion to a reply, or why they are none."""

from typing import Any

from pydantic import JsonValue

from evalgate.domain.answer import ToolCall, Usage
from evalgate.domain.chat import ChatReply
from evalgate.model.heard import NotJson, heard
from evalgate.model.retrying import Transient

EXCERPT = 200
MOST_TOKENS = 10**9  # of one reply; an endpoint that says more counts something else


def parse_completion(
    content: bytes, latency_s: float, key: str | None = None
) -> ChatReply | Transient:
    """Read what an endpoint sent with status 200; only its first choice is looked at.

    `key` is what the endpoint was sent: it is in no reply and in no fault.
    """
    said = _completion(heard(content, key))
    if isinstance(said, Transient):
        return said
    choice = said["choices"][0]
    message, finish = choice["message"], choice.get("finish_reason")
    reply = ChatReply(
        text=_text(message.get("content")) or _text(message.get("refusal")),
        tool_calls=_tool_calls(message.get("tool_calls"), key),
        truncated=finish == "length",
        refused=finish == "content_filter" or bool(message.get("refusal")),
        usage=_usage(said.get("usage")),
        latency_s=latency_s,
    )
    if reply.text.strip() or reply.tool_calls or reply.truncated or reply.refused:
        return reply
    return Transient("server_error", "the reply is empty", reply=reply)


def _completion(said: JsonValue | NotJson) -> dict[str, Any] | Transient:
    """The reply, with a message in its first choice."""
    match said:
        case NotJson(text=text):
            fault = f"is not JSON: {text[:EXCERPT]}"
        case {"error": error} if error:
            fault = f"is an error: {str(error)[:EXCERPT]}"
        case {"choices": [{"finish_reason": "error"}, *_]}:
            fault = "was broken off by an error"
        case dict() if _has_message(said):
            return said
        case _:
            fault = "has no choices"
    return Transient("server_error", f"the reply {fault}")


def _has_message(said: JsonValue) -> bool:
    match said:
        case {"choices": [{"message": {}}, *_]}:
            return True
        case _:
            return False


def _text(content: JsonValue) -> str:
    if isinstance(content, list):  # some endpoints send parts
        parts = [part.get("text") for part in content if isinstance(part, dict)]
        content = "".join(part for part in parts if isinstance(part, str))
    return content if isinstance(content, str) else ""


def _tool_calls(calls: JsonValue, key: str | None) -> tuple[ToolCall, ...]:
    found: list[ToolCall] = []
    for call in calls if isinstance(calls, list) else []:
        function = call.get("function") if isinstance(call, dict) else None
        if isinstance(function, dict):
            arguments = _arguments(function.get("arguments"), key)
            found.append(ToolCall(name=str(function.get("name")), arguments=arguments))
    return tuple(found)


def _arguments(written: JsonValue, key: str | None) -> JsonValue:
    if not isinstance(written, str):
        return written
    value = heard(written, key)
    return value.text if isinstance(value, NotJson) else value


def _usage(told: JsonValue) -> Usage | None:
    if not isinstance(told, dict):
        return None
    given, made = (_count(told.get(name)) for name in ("prompt_tokens", "completion_tokens"))
    return None if given is None or made is None else Usage(input_tokens=given, output_tokens=made)


def _count(told: JsonValue) -> int | None:
    if isinstance(told, bool) or not isinstance(told, int):
        return None
    return told if 0 <= told <= MOST_TOKENS else None
