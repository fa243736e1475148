"""docs/false-green.md names tests that exist, for every mistake of the field."""

import ast
import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
TABLE = TESTS.parent / "docs" / "false-green.md"
ROW = re.compile(r"^\| (L\d+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
NAMED = re.compile(r"`([\w/]+\.py)::(\w+)`")


def names_in(file: Path) -> set[str]:
    """The names of a file's tests."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, functions) and node.name.startswith("test_")
    }


def rows() -> list[tuple[str, str, str, str]]:
    """Number, mistake, why not here, shown by."""
    return [found.groups() for found in ROW.finditer(TABLE.read_text(encoding="utf-8"))]  # type: ignore[misc]  # the pattern has four groups


def test_all_twenty_eight_mistakes_are_there_in_order() -> None:
    """None is left out, none is told twice."""
    assert [number for number, *_ in rows()] == [f"L{number}" for number in range(1, 29)]


def test_every_test_that_the_table_names_exists() -> None:
    """A test that was renamed or deleted is missed here."""
    named = NAMED.findall(TABLE.read_text(encoding="utf-8"))

    missing = [
        f"{file}::{name}"
        for file, name in named
        if not (TESTS / file).is_file() or name not in names_in(TESTS / file)
    ]

    assert missing == []
    assert len(named) >= 25


def test_every_row_names_a_test_or_says_why_there_is_none() -> None:
    """`cannot occur: ` and a reason, where there is nothing to run."""
    for number, _, _, shown in rows():
        assert NAMED.search(shown) or shown.startswith("cannot occur: "), number
