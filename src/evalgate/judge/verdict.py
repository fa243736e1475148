"""Reading a judge's reply: the score stands where the format puts it, or there is none.

Two formats: `score: 4` in the first line and `justification: …` in the next, or a JSON object
with `score`. What follows the word `justification` is never looked at for a score.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

from evalgate.domain.judgement import Scored, Unscored
from evalgate.domain.record import JsonValue
from evalgate.domain.scale import Scale
from evalgate.judge.excerpt import quoted
from evalgate.judge.off_scale import score_on

READING_RULE = 1

_MARK = r"[\s*_`\"']*"
_NUMBER = r"[-+\N{MINUS SIGN}]?[0-9]{1,30}(?:\.[0-9]{1,30})?"
_OF = rf"(?:\s*(?:/|out\s+of)\s*(?P<of>{_NUMBER}))?"
_SCORE = re.compile(
    rf"[\s>#*_`\"'-]*score{_MARK}[:=]{_MARK}(?P<number>{_NUMBER}){_OF}", re.IGNORECASE
)
_VALUE = re.compile(rf"\s*(?P<number>{_NUMBER}){_OF}\s*", re.IGNORECASE)
_AFTER = re.compile(r"[\s*_`\"'.,;]*")
_LABEL = re.compile(
    rf"[\s>#*_`\"'.,;|-]*(?:justification|reason|reasoning){_MARK}[:=]", re.IGNORECASE
)
_FENCE = re.compile(r"\s*(?P<ticks>`{3,}|~{3,})[^\S\n]*(?P<language>\w*)[^\S\n]*\n")
_LABELS = ("justification", "reason", "reasoning", "explanation", "rationale")


@dataclass(frozen=True, slots=True)
class _Stated:
    """A score as a reply states it: the number, the highest one if it says so, and why."""

    number: str
    of: str | None
    reason: str


def read_verdict(reply: str, scale: Scale, *, truncated: bool = False) -> Scored | Unscored:
    """Read the one score that a reply states; anything unexpected is Unscored, never a guess."""
    body = _unfenced(reply.lstrip("\ufeff \t\r\n"))
    stated = _read_json(body) if body.startswith("{") else _read_lines(body, truncated=truncated)
    if isinstance(stated, str):
        cut = ", and it was cut off at its length: raise max_tokens" if truncated else ""
        return Unscored(cause="unparsable", detail=f"{stated}{cut}: {quoted(reply)}")
    return _on_scale(stated, scale)


def _read_lines(body: str, *, truncated: bool) -> _Stated | str:
    """Read the first line; a second verdict before the justification begins makes two."""
    first, _, rest = body.partition("\n")
    found = _SCORE.match(first)
    if found is None:
        return "its first line is no score"
    stated = _Stated(found["number"], found["of"], "")
    after = first[found.end() :]
    label = _LABEL.match(after)
    if label is None and not _AFTER.fullmatch(after):
        return "its first line is not one score alone"
    if label is None and truncated and not rest.strip():
        return "nobody knows whether its number is whole"
    reason = _justification(rest, stated) if label is None else f"{after[label.end() :]}\n{rest}"
    if reason is None:
        return "it states two scores"
    return _Stated(stated.number, stated.of, reason.lstrip(" \t\r\n*_").rstrip())


def _justification(rest: str, stated: _Stated) -> str | None:
    """Give what is said after the score; None when another score is stated before it begins."""
    lines = rest.split("\n")
    for index, line in enumerate(lines):
        label = _LABEL.match(line)
        if label is not None:
            return "\n".join([line[label.end() :], *lines[index + 1 :]])
        again = _SCORE.match(line)
        if again is not None and _differs(again, stated):
            return None
    return rest


def _differs(again: "re.Match[str]", stated: _Stated) -> bool:
    return _number(again["number"]) != _number(stated.number) or (again["of"] != stated.of)


def _read_json(body: str) -> _Stated | str:
    """Read an object that is the whole reply; a key that is written twice makes two verdicts."""
    try:
        value = json.loads(body, object_pairs_hook=_pairs, parse_float=str, parse_constant=_refused)
    except (ValueError, RecursionError):
        return "it is not one JSON object"
    pairs: list[tuple[str, Any]] = value.pairs
    scores = [held for key, held in pairs if key.strip().casefold() == "score"]
    if not scores:
        return "its JSON has no score"
    read = [_read_value(score) for score in scores]
    if any(one is None or one != read[0] for one in read) or read[0] is None:
        return "its JSON has no score that is one number"
    reasons = [held for key, held in pairs if key.strip().casefold() in _LABELS]
    reason = reasons[0] if reasons and isinstance(reasons[0], str) else ""
    return _Stated(read[0][0], read[0][1], reason)


@dataclass(frozen=True, slots=True)
class _Object:
    """A JSON object with all its keys, also those that are written twice."""

    pairs: list[tuple[str, Any]]


def _pairs(pairs: list[tuple[str, Any]]) -> _Object:
    return _Object(pairs)


def _refused(constant: str) -> JsonValue:
    raise ValueError(constant)  # NaN and Infinity are no JSON


def _read_value(value: object) -> tuple[str, str | None] | None:
    match value:
        case bool():
            return None
        case int():
            return (str(value), None) if abs(value) < 10**30 else None
        case str():  # a text, or a decimal number kept as it was written
            found = _VALUE.fullmatch(value)
            return (found["number"], found["of"]) if found else None
        case _:
            return None


def _on_scale(stated: _Stated, scale: Scale) -> Scored | Unscored:
    if stated.of is not None and _number(stated.of) != scale.high:
        detail = f"the score is out of {stated.of}, which is not the scale's end: {scale}"
        return Unscored(cause="off_scale", detail=detail)
    return score_on(scale, _number(stated.number), stated.reason)


def _number(written: str) -> float:
    return float(written.replace("\N{MINUS SIGN}", "-"))


def _unfenced(text: str) -> str:
    """Take a reply that is fenced as a whole out of its fence."""
    opened = _FENCE.match(text)
    if opened is None:
        return text
    inside = text[opened.end() :].rstrip()
    return inside.removesuffix(opened["ticks"]).strip()
