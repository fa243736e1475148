"""What a candidate returned, as an answer; a fault in it is the candidate's own error."""

import json
from collections.abc import Callable, Mapping
from typing import cast

from pydantic import JsonValue, ValidationError
from pydantic_core import to_json

from evalgate.domain.answer import NotProduced, Produced
from evalgate.sources.nearest import did_you_mean

LONGEST_ANSWER_BYTES = 10 << 20
LONGEST_DETAIL = 1000
KNOWN_KEYS = ("text", "answer", "contexts", "tool_calls", "usage", "latency_s", "cost_usd")

PLAIN_KEYS = frozenset({"text", "latency_s", "cost_usd"})


def read_returned(returned: object, *, latency_s: float | None = None) -> Produced | NotProduced:
    """Read text, or a mapping with `text` (or `answer`) and what else is known of the answer.

    `latency_s` is what was measured; a latency that the candidate states itself goes before it.
    """
    match returned:
        case str():
            return _read_mapping({"text": returned}, latency_s)
        case Mapping():
            try:
                return _read_mapping(dict(returned), latency_s)
            except Exception as error:  # noqa: BLE001 # a mapping of its own class may raise anything
                return own_error(f"returned a mapping that cannot be read: {said(error)}")
        case _:
            return own_error(f"returned {type(returned).__name__}, not text or a mapping")


def read_recorded(line: dict[str, JsonValue]) -> Produced | NotProduced:
    """Read an answer from a line that is JSON already: nothing in it needs to be replaced."""
    quickly = _read_plain(line)
    return quickly or _read_mapping(cast("dict[object, object]", line.copy()), None, to_json)


def _read_plain(line: dict[str, JsonValue]) -> Produced | None:
    """The answer where the line is a text and numbers without a fault, as most are; else None."""
    plain = {"text" if key == "answer" else key: value for key, value in line.items()}
    if len(plain) < len(line) or not plain.keys() <= PLAIN_KEYS:
        return None
    try:
        produced = Produced.model_validate(plain, strict=True)
    except ValidationError:
        return None
    fits = len(produced.text) < LONGEST_ANSWER_BYTES // 8  # a character takes six bytes at most
    return produced if fits and produced.text.strip() else None


ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False)


def _written(answer: dict[object, object]) -> bytes:
    """Write an answer as JSON; what UTF-8 cannot hold is replaced before any file sees it."""
    return ENCODER.encode(answer).encode("utf-8", "replace")


def own_error(detail: str) -> NotProduced:
    """Blame the candidate; `detail` is cut and made fit for UTF-8."""
    fit = detail.encode("utf-8", "replace").decode("utf-8")
    if len(fit) > LONGEST_DETAIL:
        fit = fit[: LONGEST_DETAIL - 1] + "…"
    return NotProduced(cause="own_error", detail=fit)


def said(error: BaseException) -> str:
    """Write an exception as `ValueError: its words`, even when its words cannot be had."""
    try:
        words = str(error)
    except Exception:  # noqa: BLE001 # an exception of the candidate's own class may raise anything
        words = ""
    return f"{type(error).__name__}: {words}" if words else type(error).__name__


def _read_mapping(
    returned: dict[object, object],
    latency_s: float | None,
    write: Callable[[dict[object, object]], bytes] = _written,
) -> Produced | NotProduced:
    unknown = [key for key in returned if key not in KNOWN_KEYS]
    if unknown:
        return own_error("; ".join(_unknown_key(key) for key in unknown[:5]))
    if "text" in returned and "answer" in returned:
        return own_error("returned both `text` and `answer`, which mean the same")
    text_key = "answer" if "answer" in returned else "text"
    if text_key not in returned:
        return own_error("returned a mapping without `text`")
    if latency_s is not None:
        returned.setdefault("latency_s", latency_s)
    text = returned.pop(text_key)
    try:
        content = write({**returned, "text": text})
    except (TypeError, ValueError, RecursionError) as error:
        return own_error(f"returned what JSON cannot hold: {error}")
    if len(content) > LONGEST_ANSWER_BYTES:
        return own_error("returned more than 10 MiB")
    return _read_json(content, text_key)


def _read_json(content: bytes, text_key: str) -> Produced | NotProduced:
    try:
        # JSON in strict mode: lists become tuples, "3" does not become 3.
        produced = Produced.model_validate_json(content, strict=True)
    except ValidationError as error:
        faults = [
            f"{_place(detail['loc'], text_key)}: {detail['msg'][:1].lower()}{detail['msg'][1:]}"
            for detail in error.errors(include_url=False, include_input=False)[:5]
        ]
        return own_error("; ".join(faults))
    if not produced.text.strip():
        return NotProduced(cause="empty", detail="the answer is empty")
    return produced


def _place(loc: tuple[int | str, ...], text_key: str) -> str:
    return ".".join(
        text_key if part == "text" and i == 0 else str(part) for i, part in enumerate(loc)
    )


def _unknown_key(key: object) -> str:
    if not isinstance(key, str):
        return f"returned a mapping with a key that is {type(key).__name__}, not text"
    near = did_you_mean(key, KNOWN_KEYS)
    return f"returned the key {key!r}, which is not known" + (f" ({near})" if near else "")
