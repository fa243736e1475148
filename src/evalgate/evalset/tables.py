"""Rows of a CSV, JSONL or Parquet file, one at a time, each with the number people find it by."""

import csv
import datetime as dt
import decimal
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evalgate.domain.record import JsonValue
from evalgate.errors import Problem, UserMistake
from evalgate.sources.jsonl import read_jsonl
from evalgate.sources.nearest import did_you_mean

Row = Mapping[str, Any]
LONGEST_CELL = 64 << 20


@dataclass(frozen=True, slots=True)
class Table:
    """The rows, and the columns that all of them share (None where rows differ, as in JSONL)."""

    columns: list[str] | None
    rows: Iterator[tuple[int, Row | Problem]]
    unit: str  # what a row's number counts


def open_table(path: Path) -> Table:
    """Open a file by its suffix."""
    if not path.is_file():
        raise UserMistake(Problem("there is no such file", str(path)))
    match path.suffix.lower():
        case ".csv":
            return _csv(path)
        case ".jsonl" | ".ndjson":
            return Table(None, read_jsonl(path, str(path)), "line")
        case ".parquet":
            return _parquet(path)
        case suffix:
            remedy = did_you_mean(suffix, [".csv", ".jsonl", ".parquet"])
            raise UserMistake(Problem("is of no kind that can be read", str(path), remedy=remedy))


def _csv(path: Path) -> Table:
    rows = _csv_rows(path)
    _, header = next(rows, (1, []))
    twice = sorted({name for name in header if header.count(name) > 1})
    if not header or twice:
        fault = f"the column {twice[0]!r} is there twice" if twice else "has no header line"
        raise UserMistake(Problem(fault, str(path), 1))
    return Table(header, _named(path, header, rows), "line")


def _csv_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    limit = csv.field_size_limit(LONGEST_CELL)  # the module's own: 128 KiB, less than a document
    number = 1
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            for row in reader:
                if row:
                    yield number, row
                number = reader.line_num + 1  # where the next row begins
    except UnicodeDecodeError:
        fault = Problem("is not UTF-8", str(path), number, remedy="save it as UTF-8")
        raise UserMistake(fault) from None
    except csv.Error as error:
        raise UserMistake(Problem(f"is not CSV: {error}", str(path), number)) from None
    finally:
        csv.field_size_limit(limit)


def _named(
    path: Path, header: list[str], rows: Iterator[tuple[int, list[str]]]
) -> Iterator[tuple[int, Row | Problem]]:
    for number, row in rows:
        if len(row) == len(header):
            yield number, dict(zip(header, row, strict=True))
        else:
            fault = f"has {len(row)} cells, the header has {len(header)}"
            yield number, Problem(fault, str(path), number)


def _parquet(path: Path) -> Table:
    from pyarrow import ArrowException
    from pyarrow.parquet import ParquetFile

    try:
        file = ParquetFile(path)
    except (ArrowException, OSError) as error:
        raise UserMistake(Problem(f"is not Parquet: {error}", str(path))) from None

    def rows() -> Iterator[tuple[int, Row | Problem]]:
        number = 0
        try:
            with file:
                for batch in file.iter_batches(batch_size=1024):
                    for row in batch.to_pylist():
                        number += 1
                        yield number, row
        except (ArrowException, OSError) as error:
            raise UserMistake(Problem(f"is damaged: {error}", str(path), number)) from None

    return Table(list(file.schema_arrow.names), rows(), "row")


def plain(value: object) -> JsonValue:
    """A cell as JSON: a date becomes its ISO text, NaN nothing; else it is a ValueError."""
    match value:
        case None | str() | bool() | int():
            return value
        case float():
            return None if math.isnan(value) else _finite(value)
        case dt.datetime() | dt.date() | dt.time():
            return value.isoformat()
        case decimal.Decimal():
            return plain(int(value) if value == value.to_integral_value() else float(value))
        case list() | tuple():
            return [plain(item) for item in value]
        case dict():
            return {str(key): plain(item) for key, item in value.items()}
        case _:
            msg = f"a {type(value).__name__} has no JSON form"
            raise ValueError(msg)


def _finite(value: float) -> float:
    if math.isinf(value):
        msg = "infinity is not a number"
        raise ValueError(msg)
    return value
