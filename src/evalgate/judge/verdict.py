"""Reading a judge's reply: the score stands where the format puts it, or there is none.

Two formats: `score: 4` in the first line and `justification: …` in the next, or a JSON object
with `score`. What follows the word `justification` is never looked at for a score; anything else
that states another one makes two verdicts.
"""

import json
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from evalgate.domain.judgement import Scored, Unscored
from evalgate.domain.record import JsonValue
from evalgate.domain.scale import Scale
from evalgate.judge.excerpt import quoted
from evalgate.judge.off_scale import score_on
from evalgate.judge.second_verdict import from_first_visible, is_called_a_score, states_another

VERDICT_RULE = 3

_LABELS = ("justification", "reason", "reasoning", "explanation", "rationale")
_MARK = r"[\s*_`\"']*"
_NUMBER = r"[-+\N{MINUS SIGN}]?[0-9]{1,30}(?:\.[0-9]{1,30})?"
_OF = rf"(?:{_MARK}(?:/|out\s+of){_MARK}(?P<of>{_NUMBER}))?"
_SCORE = re.compile(
    rf"[\s>#*_`\"'-]*score{_MARK}[:=]{_MARK}(?P<number>{_NUMBER}){_OF}", re.IGNORECASE
)
_VALUE = re.compile(rf"\s*(?P<number>{_NUMBER}){_OF}\s*", re.IGNORECASE)
_AFTER = re.compile(r"[\s*_`\"'.,;]*")
_LABEL = re.compile(rf"[\s>#*_`\"'.,;|-]*(?:{'|'.join(_LABELS)}){_MARK}[:=]", re.IGNORECASE)
_FENCE = re.compile(r"\s*(?P<ticks>`{3,}|~{3,})[^\S\n]*(?P<language>\w*)[^\S\n]*\n")


@dataclass(frozen=True, slots=True)
class _Stated:
    """A score as a reply states it: the number, the highest one if it says so, and why."""

    number: str
    of: str | None
    reason: str


def read_verdict(reply: str, scale: Scale, *, truncated: bool = False) -> Scored | Unscored:
    """Read the one score that a reply states; anything unexpected is Unscored, never a guess."""
    body = _unfenced(reply.lstrip("\ufeff \t\r\n"))
    if body.startswith("{"):
        stated = _read_json(body, scale)
    else:
        stated = _read_lines(body, scale, truncated=truncated)
    if isinstance(stated, str):
        cut = ", and it was cut off at its length: raise max_tokens" if truncated else ""
        return Unscored(cause="unparsable", detail=f"{stated}{cut}: {quoted(reply)}")
    return _on_scale(stated, scale)


def _read_lines(body: str, scale: Scale, *, truncated: bool) -> _Stated | str:
    """Read the first line; a second verdict outside the justification makes two."""
    first, _, rest = body.partition("\n")
    first = from_first_visible(first)
    found = _SCORE.match(first)
    if found is None:
        return "its first line is no score"
    after = first[found.end() :]
    label = _LABEL.match(after)
    if label is None and not _AFTER.fullmatch(after):
        return "its first line is not one score alone"
    if label is None and truncated and not rest.strip():
        return "nobody knows whether its number is whole"
    if label is not None:
        outside, reason = "", f"{after[label.end() :]}\n{rest}"
    else:
        outside, reason = _parted(rest)
    if states_another(outside, _exact(found["number"]), scale):
        return "it states two scores"
    return _Stated(found["number"], found["of"], reason.lstrip(" \t\r\n*_").rstrip())


def _parted(rest: str) -> tuple[str, str]:
    """Part what stands before the justification from it; without a label both are all of it."""
    lines = rest.split("\n")
    for index, written in enumerate(lines):
        line = from_first_visible(written)
        label = _LABEL.match(line)
        if label is not None:
            reason = [line[label.end() :], *lines[index + 1 :]]
            return "\n".join(lines[:index]), "\n".join(reason)
    return rest, rest


def _read_json(body: str, scale: Scale) -> _Stated | str:
    """Read an object that is the whole reply; a second key that states another score makes two."""
    try:
        value = json.loads(body, object_pairs_hook=_pairs, parse_float=str, parse_constant=_refused)
    except (ValueError, RecursionError):
        return "it is not one JSON object"
    pairs: list[tuple[str, Any]] = value.pairs
    scores = [held for key, held in pairs if _is_score(key)]
    if not scores:
        return "its JSON has no score"
    read = [_read_value(score) for score in scores]
    if any(one is None or one != read[0] for one in read) or read[0] is None:
        return "its JSON has no score that is one number"
    others = (str(held) for key, held in pairs if _may_be_a_score(key) and _is_plain(held))
    if any(states_another(f"score {held}", _exact(read[0][0]), scale) for held in others):
        return "it states two scores"
    reasons = [held for key, held in pairs if key.strip().casefold() in _LABELS]
    reason = reasons[0] if reasons and isinstance(reasons[0], str) else ""
    return _Stated(read[0][0], read[0][1], reason)


def _is_score(key: str) -> bool:
    return key.strip().casefold() == "score"


def _may_be_a_score(key: str) -> bool:
    reasons = any(label in key.casefold() for label in _LABELS)
    return is_called_a_score(key) and not reasons and not _is_score(key)


def _is_plain(held: object) -> bool:
    return isinstance(held, int | str) and not isinstance(held, bool)


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
    if stated.of is not None and float(_exact(stated.of)) != scale.high:
        detail = f"the score is out of {stated.of}, which is not the scale's end: {scale}"
        return Unscored(cause="off_scale", detail=detail)
    exact = _exact(stated.number)
    if _is_rounded_onto(scale, exact):
        detail = f"the score {stated.number} is not on the scale: {scale}"
        return Unscored(cause="off_scale", detail=detail)
    return score_on(scale, float(exact), stated.reason)


def _is_rounded_onto(scale: Scale, exact: Decimal) -> bool:
    """True for a score that only as a float is a whole number, or within the scale's ends."""
    if scale.kind != "continuous" and exact != exact.to_integral_value():
        return True
    # an end is the decimal that was written: 0.1 is not the float's 0.1000000000000000055
    below = scale.low is not None and exact < Decimal(repr(scale.low))
    return below or (scale.high is not None and exact > Decimal(repr(scale.high)))


def _exact(written: str) -> Decimal:
    return Decimal(written.replace("\N{MINUS SIGN}", "-"))


def _unfenced(text: str) -> str:
    """Take a reply that is fenced as a whole out of its fence."""
    opened = _FENCE.match(text)
    if opened is None:
        return text
    inside = text[opened.end() :].rstrip()
    return inside.removesuffix(opened["ticks"]).strip()
