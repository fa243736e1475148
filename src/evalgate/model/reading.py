"""From the bytes of a chat completion to a reply, or why they are none."""

import json
from typing import Any

from pydantic import JsonValue

from evalgate.domain.answer import ToolCall, Usage
from evalgate.domain.chat import ChatReply
from evalgate.model.retrying import Transient

EXCERPT = 200


def parse_completion(content: bytes, latency_s: float) -> ChatReply | Transient:
    """Read what an endpoint sent with status 200; only its first choice is looked at."""
    said = _completion(content)
    if isinstance(said, Transient):
        return said
    choice = said["choices"][0]
    message, finish = choice["message"], choice.get("finish_reason")
    reply = ChatReply(
        text=_text(message.get("content")) or _text(message.get("refusal")),
        tool_calls=_tool_calls(message.get("tool_calls")),
        truncated=finish == "length",
        refused=finish == "content_filter" or bool(message.get("refusal")),
        usage=_usage(said.get("usage")),
        latency_s=latency_s,
    )
    if reply.text.strip() or reply.tool_calls or reply.truncated or reply.refused:
        return reply
    return Transient("server_error", "the reply is empty", reply=reply)


def _completion(content: bytes) -> dict[str, Any] | Transient:
    """The reply as JSON, with a message in its first choice."""
    fault = ""
    said: Any = None
    try:
        said = json.loads(content)
    except (ValueError, RecursionError):
        fault = "is not JSON: " + content[:EXCERPT].decode("utf-8", "replace")
    match said:
        case _ if fault:
            pass
        case {"error": error} if error:
            fault = f"is an error: {str(error)[:EXCERPT]}"
        case {"choices": [{"finish_reason": "error"}, *_]}:
            fault = "was broken off by an error"
        case {"choices": [{"message": {}}, *_]}:
            return dict(said)
        case _:
            fault = "has no choices"
    return Transient("server_error", f"the reply {fault}")


def _text(content: JsonValue) -> str:
    if isinstance(content, list):  # some endpoints send parts
        parts = [part.get("text") for part in content if isinstance(part, dict)]
        content = "".join(part for part in parts if isinstance(part, str))
    if not isinstance(content, str):
        return ""
    # half a character (a lone surrogate) can be kept in no file
    return content.encode("utf-8", "replace").decode("utf-8")


def _tool_calls(calls: JsonValue) -> tuple[ToolCall, ...]:
    found: list[ToolCall] = []
    for call in calls if isinstance(calls, list) else []:
        function = call.get("function") if isinstance(call, dict) else None
        if isinstance(function, dict):
            found.append(ToolCall(name=str(function.get("name")), arguments=_arguments(function)))
    return tuple(found)


def _arguments(function: dict[str, JsonValue]) -> JsonValue:
    written = function.get("arguments")
    if not isinstance(written, str):
        return written
    try:
        value: JsonValue = json.loads(written, parse_constant=str)
    except (ValueError, RecursionError):
        return written
    return value


def _usage(told: JsonValue) -> Usage | None:
    if not isinstance(told, dict):
        return None
    counts = [told.get(name) for name in ("prompt_tokens", "completion_tokens")]
    given, made = (each if isinstance(each, int) and each >= 0 else None for each in counts)
    return None if given is None or made is None else Usage(input_tokens=given, output_tokens=made)
