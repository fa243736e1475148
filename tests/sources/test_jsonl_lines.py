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


ODD = ("1e999", "NaN", '"\\ud83d"', '{"a": 1, "a": 1}', "01")


@given(
    pairs=st.lists(
        st.tuples(
            st.sampled_from(["a", "b", "a:b", "\\u0061"]),
            st.sampled_from(
                (
                    "0",
                    "-0",
                    "1.5",
                    "1e-999",
                    "9007199254740993.0",
                    '"a:"',
                    '{"a": [{"a": 1}]}',
                    *ODD,
                )
            ),
        ),
        max_size=4,
    ),
    space=st.sampled_from(["", " "]),
)
def test_a_quick_look_lets_nothing_pass(pairs: list[tuple[str, str]], space: str) -> None:
    """Keys written twice and odd numbers are found wherever colons stand."""
    line = "{" + ",".join(f'"{key}"{space}:{value}' for key, value in pairs) + "}"
    keys = [json.loads(f'"{key}"') for key, _ in pairs]
    is_right = len(set(keys)) == len(keys) and not any(value in ODD for _, value in pairs)

    parsed = parse_json_line(line.encode(), "f", 2)

    assert isinstance(parsed, Problem) is not is_right
    if is_right:
        assert repr(parsed) == repr(json.loads(line))


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
