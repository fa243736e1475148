"""The cases of an evalset, streamed; every fault of the file is told at once."""

import hashlib
import os
from collections.abc import Callable, Iterator
from random import Random
from typing import BinaryIO

from pydantic import JsonValue, TypeAdapter

from evalgate.domain.case import Case
from evalgate.errors import Problem, UserMistake
from evalgate.evalset.case_schema import compile_schema
from evalgate.evalset.store import FILE, FOLDER, Evalset
from evalgate.sources.digests import canonical, digest_of_file
from evalgate.sources.jsonl import LONGEST_LINE_BYTES, parse_json_line
from evalgate.sources.strict import record_of_line

ADAPTER: TypeAdapter[Case] = TypeAdapter(Case)
MOST_FAULTS = 50


class Faults:
    """Collects problems; keeps the first fifty and counts the rest."""

    def __init__(self, shown_as: str) -> None:
        self.shown_as = shown_as
        self.count = 0
        self._kept: list[Problem] = []

    def add(self, problem: Problem) -> None:
        """Take one more."""
        self.count += 1
        if len(self._kept) < MOST_FAULTS:
            self._kept.append(problem)

    def raise_any(self) -> None:
        """Raise all of them as one UserMistake, if there is any."""
        if self.count > len(self._kept):
            rest = self.count - len(self._kept)
            self._kept.append(Problem(f"and {rest} more faults", self.shown_as))
        if self.count:
            raise UserMistake(self._kept)


def read_cases(evalset: Evalset, seed: int | None = None) -> Iterator[Case]:
    """Yield the cases of a file that `verify_cases` accepted, in its order or in the seed's.

    Holds one case at a time, and with a seed the place of each. A line that is broken is a
    UserMistake at once, and so is a file that is not, or while it is read no longer, the one that
    was opened: whoever stops after a few cases has none of another file.
    """
    stamp = _stamp(evalset)
    _refuse_changed(evalset, _digest_now(evalset))
    for number, parsed in _lines(evalset) if seed is None else _shuffled_lines(evalset, seed):
        case = _case(parsed, evalset.shown_as, number)
        if not isinstance(case, Case):
            raise UserMistake(case)
        if (now := _stamp(evalset)) != stamp:
            _refuse_changed(evalset, _digest_now(evalset))
            stamp = now  # it was touched, or put back as it was
        yield case


def verify_cases(evalset: Evalset) -> int:
    """Read the whole file once and count its cases, or tell all that is wrong with it."""
    return sum(1 for _ in checked_cases(evalset))


def checked_cases(evalset: Evalset) -> Iterator[Case]:
    """Yield the cases that can be read; at the end raise all that is wrong with the file.

    Holds the ids only. A file that is not the one that was opened is all that is told of it.
    """
    faults = Faults(evalset.shown_as)
    check = case_check(evalset, faults)
    number = 0
    for number, parsed in _lines(evalset):
        case = _case(parsed, evalset.shown_as, number)
        if isinstance(case, Case):
            check(case, number)
            yield case
        else:
            for problem in case:
                faults.add(problem)
    if not number:
        faults.add(Problem("has no cases", evalset.shown_as, remedy="write one case per line"))
    faults.raise_any()


REPEATED = "{id!r} is already the id of line {first}"


def case_check(
    evalset: Evalset, faults: Faults, repeated: str = REPEATED
) -> Callable[[Case, int], None]:
    """Make the check of the case at a place: its id is new, and it fits the case schema.

    `repeated` are the words for an id that an earlier case has.
    """
    violations = compile_schema(evalset.case_schema, f"{FOLDER}/{evalset.name}/{FILE}")
    seen: dict[str, int] = {}

    def check(case: Case, number: int) -> None:
        first = seen.setdefault(case.id, number)
        if first != number:
            fault = repeated.format(id=case.id, first=first)
            faults.add(Problem(fault, faults.shown_as, number, key="id"))
        for key, fault in violations(case):
            faults.add(Problem(fault, faults.shown_as, number, key=key))

    return check


def _lines(evalset: Evalset) -> Iterator[tuple[int, dict[str, JsonValue] | Problem]]:
    """Yield each line that is not blank; at the end the bytes read must be those of the digest."""
    hashed = hashlib.sha256()
    with _opened(evalset) as file:
        number = 0
        while line := file.readline(LONGEST_LINE_BYTES + 1):
            number += 1
            hashed.update(line)
            if len(line) > LONGEST_LINE_BYTES:
                yield number, Problem("the line is longer than 64 MiB", evalset.shown_as, number)
                return
            if line.strip():
                yield number, parse_json_line(line, evalset.shown_as, number)
    _refuse_changed(evalset, f"sha256:{hashed.hexdigest()}")


def _shuffled_lines(
    evalset: Evalset, seed: int
) -> Iterator[tuple[int, dict[str, JsonValue] | Problem]]:
    """Yield each line that is not blank, in an order that the seed alone decides."""
    places: list[tuple[int, int]] = []  # line number and where it begins
    begin = 0
    with _opened(evalset) as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                places.append((number, begin))
            begin += len(line)
        Random(seed).shuffle(places)  # noqa: S311 - an order keeps no secret
        for number, place in places:
            file.seek(place)
            yield number, parse_json_line(file.readline(), evalset.shown_as, number)


def _refuse_changed(evalset: Evalset, digest: str) -> None:
    """Raise UserMistake when the file's bytes are not those that the evalset was opened with."""
    if digest != evalset.digest:
        raise UserMistake(
            Problem("changed while it was being read", evalset.shown_as, remedy="run it again")
        )


def _opened(evalset: Evalset) -> BinaryIO:
    try:
        return evalset.path.open("rb")
    except OSError as error:
        raise _unreadable(evalset, error) from error


def _digest_now(evalset: Evalset) -> str:
    try:
        return digest_of_file(evalset.path)
    except OSError as error:
        raise _unreadable(evalset, error) from error


def _stamp(evalset: Evalset) -> tuple[int, ...]:
    """What differs once a file was written to or replaced; asked for every case, so it is cheap."""
    try:
        found = os.stat(evalset.path)  # noqa: PTH116 - half the time of Path.stat
    except OSError as error:
        raise _unreadable(evalset, error) from error
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _unreadable(evalset: Evalset, error: OSError) -> UserMistake:
    fault = f"cannot be read: {error.strerror or error}"
    return UserMistake(Problem(fault, evalset.shown_as))


def _case(
    parsed: dict[str, JsonValue] | Problem, shown_as: str, number: int
) -> Case | tuple[Problem, ...]:
    if isinstance(parsed, Problem):
        return (parsed,)
    return record_of_line(ADAPTER, parsed, shown_as, number)


def case_digests(case: Case) -> tuple[str, str]:
    """Fingerprint a case's inputs and what is expected of it."""
    return short_digest(case.inputs), short_digest(case.expected)


def short_digest(value: JsonValue) -> str:
    """Sixteen hexadecimal digits that tell two values of one evalset apart."""
    return hashlib.sha256(canonical(value)).hexdigest()[:16]
