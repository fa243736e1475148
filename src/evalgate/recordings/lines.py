"""Recordings as JSON lines, for a repository or an artifact."""

from collections.abc import Iterator
from pathlib import Path

from pydantic import Field, JsonValue, TypeAdapter

from evalgate.domain.chat import ChatReply, ChatRequest
from evalgate.domain.record import Finite, Record
from evalgate.errors import Problem, UserMistake
from evalgate.recordings.keys import recording_key
from evalgate.sources.digests import canonical, digest_of_json
from evalgate.sources.jsonl import read_jsonl
from evalgate.sources.strict import record_of_line

LAST_MOMENT = 253_402_300_800  # the end of the year 9999, beyond which there is no date


class Recording(Record):
    """One reply, what it answers, and where it was asked; neither a key nor a header."""

    key: str
    endpoint: str
    request: ChatRequest
    reply: ChatReply
    stored: Finite = Field(ge=0, lt=LAST_MOMENT)  # seconds since 1970


class RecordedLine(Recording):
    """A recording as it is carried; the digest is of the whole line without it."""

    digest: str


class Exported(Record):
    """How many replies were written, and how many were damaged and left out."""

    written: int
    damaged: int


class Imported(Record):
    """How many replies a file brought, and how many of its replies were known."""

    added: int
    known: int


_LINE = TypeAdapter(RecordedLine)


def line_of(recording: Recording) -> bytes:
    """Write one recording as one line."""
    line = recording.model_dump(mode="json", exclude_defaults=True)
    return canonical({**line, "digest": digest_of_json(line)}) + b"\n"


def read_lines(path: Path, shown_as: str) -> Iterator[RecordedLine]:
    """Read what `line_of` wrote; UserMistake with all faults after the last line.

    A digest finds what was changed by mistake. Whoever may write the file can write a digest too.
    """
    problems: list[Problem] = []
    replies: dict[str, tuple[int, ChatReply]] = {}
    for number, value in read_jsonl(path, shown_as):
        if isinstance(value, Problem):
            problems.append(value)
            continue
        line = record_of_line(_LINE, value, shown_as, number)
        if not isinstance(line, RecordedLine):
            problems.extend(line)
            continue
        first, reply = replies.setdefault(line.key, (number, line.reply))
        problem = _problem_of(line, value, shown_as, number)
        if problem is None and reply != line.reply:
            fault = f"is another one than that of line {first}, which answers the same"
            problem = Problem(fault, shown_as, number, key="reply", remedy="keep one of them")
        if problem is None:
            yield line
        else:
            problems.append(problem)
    if problems:
        raise UserMistake(problems)


def is_worth_keeping(reply: ChatReply) -> bool:
    """False for an empty reply, which may be the endpoint's fault as well as the model's."""
    said = bool(reply.text.strip() or reply.tool_calls)
    return said or reply.truncated or reply.refused


def _problem_of(
    line: RecordedLine, written: dict[str, JsonValue], shown_as: str, number: int
) -> Problem | None:
    key, fault = "", ""
    if line.digest != digest_of_json({k: v for k, v in written.items() if k != "digest"}):
        key, fault = "digest", "is not the digest of this line"
    elif line.key != recording_key(line.endpoint, line.request):
        key, fault = "key", "is not the digest of this line's endpoint and request"
    elif not is_worth_keeping(line.reply):
        key, fault = "reply", "is empty, and such a reply is never recorded"
    remedy = "a recording that was edited is another one: ask anew"
    return Problem(fault, shown_as, number, key=key, remedy=remedy) if fault else None
