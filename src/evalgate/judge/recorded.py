"""The judge whose replies or scores were given before."""

import hashlib
from collections.abc import Mapping
from typing import NamedTuple

from evalgate.domain.answer import Produced
from evalgate.domain.case import Case
from evalgate.domain.judgement import Scored, Unscored
from evalgate.domain.record import JsonValue
from evalgate.domain.scale import Scale
from evalgate.domain.specs import RecordedJudgeSpec
from evalgate.errors import Problem, UserMistake
from evalgate.judge.declaration import fingerprint, refuse_expected_key
from evalgate.judge.off_scale import score_on
from evalgate.judge.place import Place
from evalgate.judge.reply import read_reply, scores_of_words
from evalgate.sources.digests import digest_of_file
from evalgate.sources.jsonl import read_jsonl

READING_RULE = 1

Recorded = float | str | None
"""A score, a reply, or None where the line holds neither."""


class RecordedJudge(NamedTuple):
    """Looks up what was said of this case and this answer's exact text."""

    name: str
    scale: Scale
    digest: str
    scores_of_words: Mapping[str, float]
    recorded: Mapping[bytes, Recorded]

    async def judge(self, case: Case, answer: Produced) -> Scored | Unscored:
        """Look up the judgement and read it."""
        key = key_of(case.id, answer.text)
        if key not in self.recorded:
            detail = "there is no line for this case and this answer"
            return Unscored(cause="not_recorded", detail=detail)
        match self.recorded[key]:
            case None:
                detail = "the line for this case and this answer holds no judgement"
                return Unscored(cause="not_recorded", detail=detail)
            case str(reply):
                return read_reply(reply, self.scores_of_words)
            case score:
                return score_on(self.scale, score)


def build_recorded(spec: RecordedJudgeSpec, place: Place) -> RecordedJudge:
    """Load the file, or raise UserMistake with every line that is wrong."""
    problems: list[Problem] = []
    if not (place.folder / spec.file).exists():
        remedy = f"{place.shown_as} names it"
        raise UserMistake(Problem("there is no such file", place.show(spec.file), remedy=remedy))
    refuse_expected_key(spec, place, problems)
    words = scores_of_words(spec.read, spec.scale, place, problems) if spec.read else {}
    recorded = load_recorded(spec, place, problems)
    if problems:
        raise UserMistake(problems)
    files = {"file": digest_of_file(place.folder / spec.file)}
    digest = fingerprint(spec, spec.scale, READING_RULE, files)
    return RecordedJudge(place.name, spec.scale, digest, words, recorded)


def load_recorded(
    spec: RecordedJudgeSpec, place: Place, problems: list[Problem]
) -> dict[bytes, Recorded]:
    """Read the file into memory: a short key and a value for each line."""
    shown_as = place.show(spec.file)
    recorded: dict[bytes, Recorded] = {}
    first_lines: dict[bytes, int] = {}
    replies: dict[str, str] = {}  # judges repeat themselves: keep each reply once
    for number, line in read_jsonl(place.folder / spec.file, shown_as):
        parsed = line if isinstance(line, Problem) else parse_recorded(line, spec)
        if isinstance(parsed, Problem):
            problems.append(Problem(parsed.fault, shown_as, number, parsed.column, parsed.key))
            continue
        key, value = parsed
        if isinstance(value, str):
            value = replies.setdefault(value, value)
        first = first_lines.setdefault(key, number)
        if recorded.setdefault(key, value) != value:
            fault = f"judges the same case and answer differently from line {first}"
            problems.append(Problem(fault, shown_as, number, remedy="keep one of them"))
    if not recorded and not problems:
        problems.append(Problem("holds no line", path=shown_as))
    return recorded


def parse_recorded(
    line: Mapping[str, JsonValue], spec: RecordedJudgeSpec
) -> tuple[bytes, Recorded] | Problem:
    """Read one line; a field that is missing or null is no judgement, not a fault."""
    case_id, answer = line.get("id"), line.get("answer")
    if not isinstance(case_id, str) or not isinstance(answer, str):
        wrong = "answer" if isinstance(case_id, str) else "id"
        return Problem("is missing or not a text", key=wrong)
    field = spec.reply or spec.score or ""
    value = _parse_value(line.get(field), field, is_reply=spec.reply is not None)
    return value if isinstance(value, Problem) else (key_of(case_id, answer), value)


def _parse_value(value: JsonValue, field: str, *, is_reply: bool) -> Recorded | Problem:
    match value:
        case None:
            return None
        case str() if is_reply:
            return value
        case int() | float() if not is_reply:  # true and false are 1 and 0
            try:
                return float(value)
            except OverflowError:
                return Problem("is too large a number", key=field)
        case _:
            return Problem("is not a text" if is_reply else "is not a number", key=field)


def key_of(case_id: str, answer: str) -> bytes:
    """Return 16 bytes that stand for a case and an answer's exact text."""
    both = f"{len(case_id)}:{case_id}{answer}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(both, digest_size=16).digest()
