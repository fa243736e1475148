"""What an application's URL replied, as an answer."""

import json

from pydantic import JsonValue

from evalgate.candidate.reading import own_error, read_returned
from evalgate.domain.answer import NotProduced, Produced
from evalgate.domain.specs import HttpSpec
from evalgate.domain.template import as_text


def read_reply(
    spec: HttpSpec, status: int, content: bytes, latency_s: float
) -> Produced | NotProduced:
    """Find the answer where the spec says it is; anything else is the candidate's own error."""
    text = content.decode("utf-8", "replace")
    if not 200 <= status < 300:
        words = text.strip()[:500]
        return own_error(f"HTTP {status}" + (f": {words}" if words else ""))
    if spec.answer is None and spec.contexts is None and spec.usage is None:
        return read_returned(text, latency_s=latency_s)
    try:
        reply: JsonValue = json.loads(text)
    except (ValueError, RecursionError):
        return own_error(f"the reply is not JSON: {text.strip()[:200]}")
    return _read_json(spec, reply, text, latency_s)


def _read_json(
    spec: HttpSpec, reply: JsonValue, whole: str, latency_s: float
) -> Produced | NotProduced:
    read: dict[str, object] = {"text": whole}
    if spec.answer is not None:
        found = pick(reply, spec.answer)
        if not found:
            return own_error(f"the reply has nothing at {spec.answer}: {whole.strip()[:200]}")
        read["text"] = "\n".join("" if value is None else as_text(value) for value in found)
    if spec.contexts is not None:
        read["contexts"] = [as_text(value) for value in _flat(pick(reply, spec.contexts))]
    if spec.usage is not None:
        counts = {
            "input_tokens": pick(reply, spec.usage.input_tokens),
            "output_tokens": pick(reply, spec.usage.output_tokens),
        }
        if all(counts.values()):
            read["usage"] = {name: found[0] for name, found in counts.items()}
    return read_returned(read, latency_s=latency_s)


def pick(value: JsonValue, path: str) -> list[JsonValue]:
    """Follow a dotted path; a number enters a list, `*` every element of one."""
    here = [value]
    for part in path.split("."):
        there: list[JsonValue] = []
        for item in here:
            match item:
                case dict() if part in item:
                    there.append(item[part])
                case list() if part == "*":
                    there += item
                case list() if part.isascii() and part.isdigit() and len(part) < 10:
                    there += item[int(part) : int(part) + 1]
                case _:
                    pass
        here = there
    return here


def _flat(found: list[JsonValue]) -> list[JsonValue]:
    """Take a single list for its elements: contexts are given as `docs` or as `docs.*.text`."""
    match found:
        case [list(items)]:
            return items
        case _:
            return [item for item in found if item is not None]
