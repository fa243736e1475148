"""Recordings as JSON lines, for a repository or an artifact."""

import json
from collections.abc import Iterator
from pathlib import Path

from pydantic import Field, TypeAdapter

from evalgate.domain.chat import ChatReply, ChatRequest
from evalgate.domain.record import Finite, Record
from evalgate.errors import Problem, UserMistake
from evalgate.recordings.keys import recording_key
from evalgate.sources.digests import canonical
from evalgate.sources.jsonl import read_jsonl
from evalgate.sources.strict import record_of_line


class RecordedLine(Record):
    """One reply, what it answers, and where it was asked; neither a key nor a header."""

    key: str
    endpoint: str
    request: ChatRequest
    reply: ChatReply
    stored: Finite = Field(ge=0)  # seconds since 1970


class Imported(Record):
    """How many replies a file brought, and how many of its replies were known."""

    added: int
    known: int


_LINE = TypeAdapter(RecordedLine)


def line_of(key: str, endpoint: str, request: str, reply: str, stored: float) -> bytes:
    """Write one row as one line."""
    return (
        canonical(
            {
                "key": key,
                "endpoint": endpoint,
                "request": json.loads(request),
                "reply": json.loads(reply),
                "stored": stored,
            }
        )
        + b"\n"
    )


def read_lines(path: Path, shown_as: str) -> Iterator[RecordedLine]:
    """Read what `line_of` wrote; UserMistake with all faults after the last line."""
    problems: list[Problem] = []
    for number, value in read_jsonl(path, shown_as):
        if isinstance(value, Problem):
            problems.append(value)
            continue
        line = record_of_line(_LINE, value, shown_as, number)
        if not isinstance(line, RecordedLine):
            problems.extend(line)
        elif line.key != recording_key(line.endpoint, line.request):
            fault = "is not the digest of this line's endpoint and request"
            remedy = "a recording that was edited is another one: ask anew"
            problems.append(Problem(fault, shown_as, number, key="key", remedy=remedy))
        else:
            yield line
    if problems:
        raise UserMistake(problems)
