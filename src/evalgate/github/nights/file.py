"""`nights.jsonl`: one line for each night and suite, oldest first, read as somebody else's data."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from pydantic import TypeAdapter

from evalgate.domain.night import MOST_NIGHTS, PastNight
from evalgate.domain.record import JsonValue
from evalgate.domain.shard import MOST_JOBS
from evalgate.errors import Problem, UserMistake
from evalgate.github.reports import refuse_odd
from evalgate.results.manifests import seal_of, write_whole
from evalgate.sources.jsonl import read_jsonl
from evalgate.sources.strict import record_of_line

FILE = "nights.jsonl"
LARGEST_BYTES = 16 << 20
MOST_LINES, MOST_FAULTS = MOST_NIGHTS * MOST_JOBS, 5
ADAPTER: TypeAdapter[PastNight] = TypeAdapter(PastNight)


def load_nights(path: Path, shown_as: str) -> tuple[PastNight, ...]:
    """Read the file; raise UserMistake for one that was edited, or that no night wrote."""
    refuse_odd(path, shown_as, LARGEST_BYTES)
    found: list[PastNight] = []
    problems: list[Problem] = []
    for number, line in read_jsonl(path, shown_as):
        read = line if isinstance(line, Problem) else _read(line, shown_as, number)
        if isinstance(read, PastNight):
            found.append(read)
        else:
            problems += [read] if isinstance(read, Problem) else read
        if len(problems) > MOST_FAULTS or number > MOST_LINES:
            break
    problems = problems or list(_out_of_order(found, shown_as))
    if problems:
        raise UserMistake(problems[:MOST_FAULTS])
    return tuple(found)


def _read(
    line: dict[str, JsonValue], shown_as: str, number: int
) -> PastNight | tuple[Problem, ...]:
    read = record_of_line(ADAPTER, line, shown_as, number)
    if isinstance(read, PastNight) and read.seal != seal_of(line):
        return (Problem("was edited after it was written", shown_as, number),)
    return read


def _out_of_order(nights: Sequence[PastNight], shown_as: str) -> Iterator[Problem]:
    if len(nights) > MOST_LINES or len(_keys(nights)) > MOST_NIGHTS:
        yield Problem(f"has more than {MOST_NIGHTS} nights", shown_as)
    seen = [(one.suite, _key(one)) for one in nights]
    if len(set(seen)) < len(seen):
        yield Problem("has a suite twice in one night", shown_as)
    # by their runs: a clock may have gone back
    numbers = [one.workflow_run for one in nights if one.workflow_run]
    if any(one > next_ for one, next_ in itertools.pairwise(numbers)):
        yield Problem("does not begin with the oldest night", shown_as)


def _key(night: PastNight) -> int | str:
    """Which night a line is of; outside of GitHub Actions each run is one."""
    return night.workflow_run or night.run_id


def _keys(nights: Iterable[PastNight]) -> list[int | str]:
    return list(dict.fromkeys(map(_key, nights)))


def last_of(nights: Sequence[PastNight]) -> tuple[PastNight, ...]:
    """What the last night said, suite by suite."""
    last = (nights[-1].date, nights[-1].workflow_run) if nights else None
    return tuple(one for one in nights if (one.date, one.workflow_run) == last)


def with_tonight(
    before: Sequence[PastNight], tonight: Sequence[PastNight], most_bytes: int = LARGEST_BYTES
) -> tuple[PastNight, ...]:
    """The newest nights, tonight's last; what a night said in an earlier attempt is forgotten."""
    again = set(_keys(tonight))
    kept = [*(one for one in before if _key(one) not in again), *tonight]
    newest = set(_keys(kept)[-MOST_NIGHTS:])
    lines = [(one, len(_written(one).encode())) for one in kept if _key(one) in newest]
    while sum(size for _, size in lines) > most_bytes and len(_keys(o for o, _ in lines)) > 1:
        oldest = _key(lines[0][0])
        lines = [each for each in lines if _key(each[0]) != oldest]
    return tuple(one for one, _ in lines)


def write_nights(path: Path, nights: Sequence[PastNight]) -> None:
    """Seal every line, and write them."""
    write_whole(path, "".join(map(_written, nights)))


def _written(night: PastNight) -> str:
    sealed = night.model_copy(update={"seal": seal_of(night.model_dump(mode="json"))})
    return sealed.model_dump_json() + "\n"
