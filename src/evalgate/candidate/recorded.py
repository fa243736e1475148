"""Answers that were given before, one JSON object per line; looked up, never held all at once."""

import hashlib
from collections.abc import Collection
from pathlib import Path

from pydantic import JsonValue, TypeAdapter, ValidationError

from evalgate.candidate.reading import own_error, read_recorded
from evalgate.domain.answer import Answer, NotProduced, Produced, Unanswered
from evalgate.domain.case import CaseId, Question
from evalgate.domain.identity import CandidateIdentity
from evalgate.domain.specs import MOST_TRIALS
from evalgate.errors import Problem, UserMistake
from evalgate.sources.jsonl import LONGEST_LINE_BYTES, parse_json_line

_CASE_ID: TypeAdapter[str] = TypeAdapter(CaseId)


class _Index:
    """Where each case's line starts, and the fingerprint of the bytes that were read."""

    def __init__(self) -> None:
        self.digest = ""
        self.stamp = (0, 0)  # size and time of change
        self.places: dict[str, tuple[int, int]] = {}  # offset, line number; of the first trials
        self.later: dict[tuple[str, int], tuple[int, int]] = {}  # the same, by case and trial
        self.trials = 1

    def place_of(self, case_id: str, trial: int) -> tuple[int, int] | None:
        """Where an answer is, if the file has it."""
        return self.later.get((case_id, trial)) if trial else self.places.get(case_id)

    def remember(self, case_id: str, trial: int, place: tuple[int, int]) -> None:
        """Note where an answer is."""
        self.trials = max(self.trials, trial + 1)
        if trial:
            self.later[case_id, trial] = place
        else:
            self.places[case_id] = place


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

    @property
    def trials(self) -> int:
        """How many answers of one case the file has at most."""
        return self._index.trials

    async def answer(self, question: Question) -> Answer:
        """Look the case up."""
        return self.remembered(question)

    def remembered(self, question: Question) -> Answer:
        """The same, for who has no event loop."""
        place = self._index.place_of(question.case_id, question.trial)
        if place is None:
            trial = f" in trial {question.trial}" if question.trial else ""
            return Unanswered(
                cause="not_recorded", detail=f"{self.shown_as} has no line for this case{trial}"
            )
        return self._read((question.case_id, question.trial), *place)

    async def aclose(self) -> None:
        """Nothing is open."""

    def _read(self, wanted: tuple[str, int], offset: int, number: int) -> Answer:
        try:
            with self._path.open("rb") as file:
                if _stamp(self._path) == self._index.stamp:
                    file.seek(offset)
                    read = _read_line(file.readline(), self.shown_as, number)
                    if not isinstance(read, Problem) and read[:2] == wanted:
                        return read[2]
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
        fault, remedy = ("has no answers", "")
        if index.later:
            fault, remedy = ("has no first answers", "a case's first `trial` is 0")
        problems.append(Problem(fault, path=shown_as, remedy=remedy))
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
    case_id, trial, _ = read
    if (earlier := index.place_of(case_id, trial)) is not None:
        which = f"{case_id!r} in trial {trial}" if trial else f"{case_id!r}"
        fault = f"{which} is already on line {earlier[1]}"
        remedy = "an id is given once, or once in each `trial`" if trial else "an id is given once"
        return (Problem(fault, shown_as, place[1], key="id", remedy=remedy),)
    index.remember(case_id, trial, place)
    return ()


def _read_line(
    line: bytes, shown_as: str, number: int
) -> tuple[str, int, Produced | NotProduced] | Problem:
    """Give a line's case id, trial and answer, or say what is wrong with it."""
    value = parse_json_line(line, shown_as, number)
    if isinstance(value, Problem):
        return value
    try:
        case_id = _CASE_ID.validate_python(value.pop("id", None))
    except ValidationError:
        fault = "must be a text of 1 to 200 characters without spaces"
        return Problem(fault, shown_as, number, key="id")
    trial = value.pop("trial", 0)
    if not isinstance(trial, int) or isinstance(trial, bool) or not 0 <= trial < MOST_TRIALS:
        fault = f"must be a whole number from 0 to {MOST_TRIALS - 1}"
        return Problem(fault, shown_as, number, key="trial")
    if "error" in value:
        error = _read_error(value, Problem("", shown_as, number, key="error"))
        return error if isinstance(error, Problem) else (case_id, trial, error)
    answer = read_recorded(value)
    if isinstance(answer, NotProduced) and answer.cause == "own_error":
        # The line is at fault, not the candidate that was recorded.
        fault = answer.detail.removeprefix("returned ")
        return Problem(fault, shown_as, number)
    return case_id, trial, answer


def _read_error(value: dict[str, JsonValue], place: Problem) -> NotProduced | Problem:
    error = value.pop("error")
    if not isinstance(error, str) or not error.strip():
        return Problem(
            "must be a text: why there is no answer", place.path, place.line, key="error"
        )
    if value:
        fault = f"stands beside {', '.join(sorted(value))}; a line has an answer or an error"
        return Problem(fault, place.path, place.line, key="error")
    return own_error(error)


def _stamp(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_size, status.st_mtime_ns
