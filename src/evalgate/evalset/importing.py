"""A table of rows into a new version of an evalset."""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pydantic import TypeAdapter

from evalgate.domain.case import Case
from evalgate.domain.evalset import CaseSchema
from evalgate.domain.record import JsonValue
from evalgate.errors import Problem, UserMistake
from evalgate.evalset.mapping import ColumnMapping
from evalgate.evalset.reading import Faults, case_check
from evalgate.evalset.store import (
    FILE,
    FOLDER,
    Evalset,
    Evalsets,
    next_version,
    parse_reference,
)
from evalgate.evalset.tables import Row, Table, open_table
from evalgate.sources.atomic import written_whole
from evalgate.sources.strict import record_of_line

ADAPTER: TypeAdapter[Case] = TypeAdapter(Case)
NEW_FILE = b'schema_version: 1\ndescription: ""\nlicence: ""\nversions: []\n'
SAME_ID = "{{id!r}} is already the id of {unit} {{first}}"
SAME_INPUTS = "has the inputs of {unit} {{first}} again (remove one, or name a column of ids)"


@dataclass(frozen=True, slots=True)
class Imported:
    """A version that was written: `ids_made` when the rows had none and got them from content."""

    ref: str
    path: Path
    cases: int
    ids_made: bool


def import_file(evalsets: Evalsets, file: Path, to: str, mapping: ColumnMapping) -> Imported:
    """Write the rows of `file` as the new version `to`; on any fault nothing is written."""
    target, is_new = _target(evalsets, to)
    table = open_table(file)
    if table.columns is not None and (problems := mapping.problems_with(table.columns, str(file))):
        raise UserMistake(problems)
    folder = target.path.parent
    made = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    faults = Faults(str(file))
    try:
        with written_whole(target.path, new=True) as out:
            repeated = (SAME_ID if mapping.id else SAME_INPUTS).format(unit=table.unit)
            check = case_check(target, faults, repeated)
            count = _write(out, _cases(table, mapping, faults), check, faults)
            faults.raise_any()
        if is_new:
            with suppress(FileExistsError), written_whole(folder / FILE, new=True) as out:
                out.write(NEW_FILE)
    except FileExistsError:
        raise UserMistake(_taken(target, [target.version])) from None
    except BaseException:
        if made:
            with suppress(OSError):  # somebody else has written into it meanwhile
                folder.rmdir()
        raise
    return Imported(to, target.path, count, mapping.id is None)


def _target(evalsets: Evalsets, to: str) -> tuple[Evalset, bool]:
    name, version = parse_reference(to)
    is_new = name not in evalsets.names()
    known = [] if is_new else evalsets.versions(name)
    path = evalsets.folder / name / f"{version}.jsonl"
    shown_as = f"{FOLDER}/{name}/{version}.jsonl"
    schema = CaseSchema() if is_new else evalsets.spec(name).case_schema
    target = Evalset(to, name, version, path, shown_as, "", 0, False, schema)
    if version in known or path.exists():
        raise UserMistake(_taken(target, [*known, version]))
    return target, is_new


def _taken(target: Evalset, known: list[str]) -> Problem:
    fault = "is there already, and a version is never overwritten"
    free = next_version(known)
    return Problem(fault, target.shown_as, remedy=f"import to {target.name}@{free}")


def _cases(table: Table, mapping: ColumnMapping, faults: Faults) -> Iterator[tuple[int, Case]]:
    """The rows that are cases; what is wrong with the others goes to `faults`."""
    columns: dict[str, None] = {}
    for number, row in table.rows:
        case = _case(row, mapping, faults.shown_as, number)
        if isinstance(case, Case):
            yield number, case
        else:
            for problem in case:
                faults.add(problem)
        if not isinstance(row, Problem):
            columns.update(dict.fromkeys(row))
    if table.columns is None and columns:  # a column that no row has is a typing mistake
        for problem in mapping.problems_with(columns, faults.shown_as):
            faults.add(problem)


def _case(
    row: Row | Problem, mapping: ColumnMapping, shown_as: str, number: int
) -> Case | tuple[Problem, ...]:
    if isinstance(row, Problem):
        return (row,)
    found = mapping.case_of(row, shown_as, number)
    if isinstance(found, tuple):
        return found
    return record_of_line(ADAPTER, found, shown_as, number)


def _write(
    out: BinaryIO,
    cases: Iterator[tuple[int, Case]],
    check: Callable[[Case, int], None],
    faults: Faults,
) -> int:
    count = 0
    for number, case in cases:
        check(case, number)
        count += 1
        if not faults.count:
            out.write(line_of(case))
    if not count and not faults.count:
        faults.add(Problem("has no rows", faults.shown_as))
    return count


def line_of(case: Case) -> bytes:
    """A case as one line of an evalset's file; what is absent is left out."""
    written: dict[str, JsonValue] = case.model_dump(mode="json", exclude_defaults=True)
    return json.dumps(written, ensure_ascii=False, allow_nan=False).encode() + b"\n"
