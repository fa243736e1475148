"""Answers that were given before, one JSON object per line; looked up, never held all at once."""

import hashlib
from collections.abc import Collection
from pathlib import Path

from pydantic import JsonValue, TypeAdapter, ValidationError

from evalgate.candidate.reading import own_error, read_recorded
from evalgate.domain.answer import Answer, NotProduced, Produced, Unanswered
from evalgate.domain.case import CaseId, Question
from evalgate.domain.identity import CandidateIdentity
from evalgate.errors import Problem, UserMistake
from evalgate.sources.jsonl import LONGEST_LINE_BYTES, parse_json_line

_CASE_ID: TypeAdapter[str] = TypeAdapter(CaseId)


class _Index:
    """Where each case's line starts, and the fingerprint of the bytes that were read."""

    def __init__(self) -> None:
        self.digest = ""
        self.stamp = (0, 0)  # size and time of change
        self.places: dict[str, tuple[int, int]] = {}  # offset, line number


class RecordedCandidate:
    """Looks answers up in a file; all of its faults are raised when it is opened."""

    def __init__(self, name: str, path: Path, *, shown_as: str, origin: str = "") -> None:
        self._path = path
        self.shown_as = shown_as
        self._index = _index(path, shown_as)
        self.identity = CandidateIdentity(
            name=name, kind="recorded", digest=self._index.digest, complete=True, origin=origin
        )

    @property
    def case_ids(self) -> Collection[str]:
        """The cases that the file answers."""
        return self._index.places.keys()

    async def answer(self, question: Question) -> Answer:
        """Look the case up."""
        place = self._index.places.get(question.case_id)
        if place is None:
            return Unanswered(
                cause="not_recorded", detail=f"{self.shown_as} has no line for this case"
            )
        return self._read(question.case_id, *place)

    async def aclose(self) -> None:
        """Nothing is open."""

    def _read(self, case_id: str, offset: int, number: int) -> Answer:
        try:
            with self._path.open("rb") as file:
                if _stamp(self._path) == self._index.stamp:
                    file.seek(offset)
                    read = _read_line(file.readline(), self.shown_as, number)
                    if not isinstance(read, Problem) and read[0] == case_id:
                        return read[1]
        except FileNotFoundError:
            pass
        raise UserMistake(
            Problem("changed while it was being read", path=self.shown_as, remedy="run it again")
        )


def _index(path: Path, shown_as: str) -> _Index:
    """Read the file once: check every line, remember where it is, fingerprint the bytes."""
    index, hashed, problems = _Index(), hashlib.sha256(), list[Problem]()
    try:
        with path.open("rb") as file:
            index.stamp = _stamp(path)
            offset, number = 0, 0
            while line := file.readline(LONGEST_LINE_BYTES + 1):
                number += 1
                hashed.update(line)
                if len(line) > LONGEST_LINE_BYTES:
                    problems.append(Problem("the line is longer than 64 MiB", shown_as, number))
                    break
                if line.strip():
                    problems += _remember(index, line, (offset, number), shown_as)
                offset += len(line)
    except FileNotFoundError:
        raise UserMistake(Problem("there is no such file", path=shown_as)) from None
    except OSError as error:
        fault = f"cannot be read: {error.strerror or error}"
        raise UserMistake(Problem(fault, path=shown_as)) from error
    if not problems and not index.places:
        problems.append(Problem("has no answers", path=shown_as))
    if problems:
        raise UserMistake(problems)
    index.digest = f"sha256:{hashed.hexdigest()}"
    return index


def _remember(
    index: _Index, line: bytes, place: tuple[int, int], shown_as: str
) -> tuple[Problem, ...]:
    """Note where a line's case is; or say what is wrong with the line."""
    read = _read_line(line, shown_as, place[1])
    if isinstance(read, Problem):
        return (read,)
    case_id, _ = read
    if case_id in index.places:
        fault = f"{case_id!r} is already on line {index.places[case_id][1]}"
        return (Problem(fault, shown_as, place[1], key="id", remedy="an id is given once"),)
    index.places[case_id] = place
    return ()


def _read_line(
    line: bytes, shown_as: str, number: int
) -> tuple[str, Produced | NotProduced] | Problem:
    """Give a line's case id and answer, or say what is wrong with it."""
    value = parse_json_line(line, shown_as, number)
    if isinstance(value, Problem):
        return value
    try:
        case_id = _CASE_ID.validate_python(value.pop("id", None))
    except ValidationError:
        fault = "must be a text of 1 to 200 characters without spaces"
        return Problem(fault, shown_as, number, key="id")
    if "error" in value:
        return _read_error(case_id, value, Problem("", shown_as, number, key="error"))
    answer = read_recorded(value)
    if isinstance(answer, NotProduced) and answer.cause == "own_error":
        # The line is at fault, not the candidate that was recorded.
        fault = answer.detail.removeprefix("returned ")
        return Problem(fault, shown_as, number)
    return case_id, answer


def _read_error(
    case_id: str, value: dict[str, JsonValue], place: Problem
) -> tuple[str, NotProduced] | Problem:
    error = value.pop("error")
    if not isinstance(error, str) or not error.strip():
        return Problem(
            "must be a text: why there is no answer", place.path, place.line, key="error"
        )
    if value:
        fault = f"stands beside {', '.join(sorted(value))}; a line has an answer or an error"
        return Problem(fault, place.path, place.line, key="error")
    return case_id, own_error(error)


def _stamp(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_size, status.st_mtime_ns
