"""JSON lines: strict about keys, numbers and bytes, each fault with its line."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from evalgate.errors import Problem, UserMistake
from evalgate.sources.jsonl import parse_json_line, read_jsonl

JSON_VALUES: st.SearchStrategy[JsonValue] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param(b'{"a": 1', "f:3:8: is not JSON: Expecting ',' delimiter", id="cut off"),
        pytest.param(
            b'{"a": 1,\n',
            "f:3:9: is not JSON: Expecting property name enclosed in double quotes",
            id="cut off, with its line break",
        ),
        pytest.param(
            b'{"a": 1, "a": 2}',
            "f:3: is not JSON: the key 'a' is written twice",
            id="key written twice",
        ),
        pytest.param(b'{"a": NaN}', "f:3: is not JSON: NaN is not a JSON number", id="NaN"),
        pytest.param(
            b'{"a": -Infinity}', "f:3: is not JSON: -Infinity is not a JSON number", id="infinity"
        ),
        pytest.param(
            b'{"a": 1e999}', "f:3: is not JSON: 1e999 is too large for a number", id="overflow"
        ),
        pytest.param(b"[1]", "f:3: is not a JSON object", id="a list"),
        pytest.param(b"null", "f:3: is not a JSON object", id="null"),
        pytest.param(b'{"a": "\xff"}', "f:3: is not UTF-8 (save it as UTF-8)", id="not UTF-8"),
        pytest.param(
            b'{"a": "\\ud800"}',
            "f:3: is not JSON: half a character (a lone surrogate)",
            id="surrogate",
        ),
        pytest.param(
            b'{"a":' + b"[" * 100_000, "f:3: is nested too deeply", id="nested too deeply"
        ),
    ],
)
def test_a_line_that_is_refused(line: bytes, expected: str) -> None:
    """The fault names the line, and the column where there is one."""
    assert str(parse_json_line(line, "f", 3)) == expected


def test_a_surrogate_pair_is_a_character() -> None:
    """Only half of a pair is a fault."""
    assert parse_json_line(b'{"a": "\\ud83d\\ude00"}', "f", 1) == {"a": "\U0001f600"}


@given(value=st.dictionaries(st.text(), JSON_VALUES), ascii_only=st.booleans())
def test_what_was_written_is_read(value: dict[str, JsonValue], ascii_only: bool) -> None:
    """An object survives being written and read."""
    line = json.dumps(value, ensure_ascii=ascii_only).encode()
    assert parse_json_line(line, "f", 1) == value


@given(
    line=st.binary(max_size=40) | st.text(alphabet='{}[]":,\\ud8e1.-NaInfity \n').map(str.encode)
)
def test_whatever_is_in_the_line(line: bytes) -> None:
    """A line is an object or a Problem; nothing is raised."""
    parsed = parse_json_line(line.replace(b"\n", b" "), "f", 2)
    assert isinstance(parsed, dict) or parsed.line == 2


def test_a_broken_line_in_the_middle_costs_only_itself(tmp_path: Path) -> None:
    """Lines keep their numbers over blank lines, and a byte order mark is no fault."""
    path = tmp_path / "f.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"a": 1}\r\n\n{"a": \n{"a": 2}')
    lines = list(read_jsonl(path, "f"))
    assert [number for number, _ in lines] == [1, 3, 4]
    assert [line for _, line in lines if not isinstance(line, Problem)] == [{"a": 1}, {"a": 2}]


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    """A missing file and a folder are messages."""
    with pytest.raises(UserMistake, match=r"^f: there is no such file$"):
        list(read_jsonl(tmp_path / "f", "f"))
    with pytest.raises(UserMistake, match=r"^f: cannot be read: Is a directory$"):
        list(read_jsonl(tmp_path, "f"))
