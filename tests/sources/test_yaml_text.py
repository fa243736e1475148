"""Strict YAML: what is read, what is refused, and where it says the fault is."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.errors import Problem, UserMistake
from evalgate.sources.yaml_text import load_yaml, parse_yaml


def messages(text: str | bytes, environment: dict[str, str] | None = None) -> list[str]:
    content = text.encode() if isinstance(text, str) else text
    with pytest.raises(UserMistake) as caught:
        parse_yaml(content, "f.yaml", environment or {})
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("a: 1\nb: [x, 2.5]\n", {"a": 1, "b": ["x", 2.5]}, id="plain values"),
        pytest.param("a: no\nb: on\nc: true", {"a": "no", "b": "on", "c": True}, id="no is text"),
        pytest.param("a: 1:30", {"a": "1:30"}, id="a time is not 90"),
        pytest.param("a: 2026-11-21", {"a": "2026-11-21"}, id="a date stays text"),
        pytest.param("a: '7'\nb: !!str 7", {"a": "7", "b": "7"}, id="quoted numbers stay text"),
        pytest.param("1: x\nyes: y", {"1": "x", "yes": "y"}, id="keys are text"),
        pytest.param("a: &x [1]\nb: *x", {"a": [1], "b": [1]}, id="an alias is its value again"),
        pytest.param("\ufeffa: 1", {"a": 1}, id="byte order mark"),
        pytest.param("a: ~\nb:\nc: =\n", {"a": None, "b": None, "c": "="}, id="nothing"),
    ],
)
def test_yaml_reads(text: str, expected: object) -> None:
    """Values are what a person who reads the file sees."""
    assert parse_yaml(text.encode(), "f.yaml", {}).value == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "a: 1\nb: 2\na: 3\n",
            "f.yaml:3:1: 'a' is written twice (keep one of them)",
            id="key written twice",
        ),
        pytest.param(
            "r:\n  - {x: 1, x: 2}\n",
            "f.yaml:2:12: r.0: 'x' is written twice (keep one of them)",
            id="key written twice deep inside",
        ),
        pytest.param(
            "a:\n\t- b\n",
            "f.yaml:2:1: a tab is used for indentation (YAML is indented with spaces)",
            id="tab",
        ),
        pytest.param(
            "a: {b: ${HOME}}\n",
            "f.yaml:1:9: expected ',' or '}', but got '{'"
            ' (write "${VAR}" in quotes between { and })',
            id="variable without quotes in braces",
        ),
        pytest.param(
            'a: "\\UFFFFFFFF"\n',
            "f.yaml:1: has an escape or a directive that is not YAML",
            id="a character that does not exist",
        ),
        pytest.param("a: .nan", "f.yaml:1:4: a: is not a finite number (write a number)", id="nan"),
        pytest.param(
            "a: [1, -.inf]",
            "f.yaml:1:8: a.1: is not a finite number (write a number)",
            id="infinity",
        ),
        pytest.param(
            "a: 1.0e+999", "f.yaml:1:4: a: is not a finite number (write a number)", id="overflow"
        ),
        pytest.param(
            "a: &x\n  b: *x\n",
            "f.yaml:1:4: a.b: refers to itself",
            id="an anchor that refers to itself",
        ),
        pytest.param("a: *x", "f.yaml:1:4: found undefined alias 'x'", id="unknown anchor"),
        pytest.param(
            "d: &d {x: 1}\na:\n  <<: *d\n",
            "f.yaml:3:3: a.<<: merge keys are not read (write the keys out)",
            id="merge key",
        ),
        pytest.param(
            "? [a]\n: b", "f.yaml:1:3: a key must be plain text", id="a key that is a list"
        ),
        pytest.param(
            "a: !!python/name:os.system x",
            "a: the tag tag:yaml.org,2002:python/name:os.system is not allowed (use plain values)",
            id="python tag",
        ),
        pytest.param(
            "a: !!set {x, y}",
            "a: the tag tag:yaml.org,2002:set is not allowed (use plain values)",
            id="set",
        ),
        pytest.param(
            "a: !!int ''",
            "f.yaml:1:4: a: is not a whole number (write it with digits)",
            id="empty integer",
        ),
        pytest.param(
            "a: !!int x",
            "f.yaml:1:4: a: is not a whole number (write it with digits)",
            id="wrong integer",
        ),
        pytest.param(
            "a: [1\n",
            "f.yaml:1:6: expected ',' or ']', but got '<stream end>'",
            id="unfinished list",
        ),
        pytest.param(
            "a: 1\n---\nb: 2\n",
            "f.yaml:2:1: a second document begins here (a file holds one)",
            id="two documents",
        ),
        pytest.param("", "f.yaml:1: is empty", id="empty"),
        pytest.param("# nothing\n", "f.yaml:1: is empty", id="only a comment"),
        pytest.param(
            "a: 1\nb: \x07",
            "f.yaml:2: the character '\\x07' is not allowed",
            id="control character",
        ),
        pytest.param("[" * 1200, "f.yaml:1: is nested too deeply", id="nested too deeply"),
        pytest.param(
            b"a: 1\nb: \xff\n", "f.yaml:2: is not UTF-8 (save it as UTF-8)", id="not UTF-8"
        ),
        pytest.param(
            '"a\\nb": {x: 1, x: 2}',
            "f.yaml:1:16: a\\nb: 'x' is written twice (keep one of them)",
            id="a line break in a key",
        ),
    ],
)
def test_yaml_refuses(text: str | bytes, expected: str) -> None:
    """Each fault is one line: its place, its key, what is wrong, what to do."""
    [message] = messages(text)
    assert message.endswith(expected)
    assert "\n" not in message


def test_several_faults_are_told_at_once() -> None:
    """Nobody mends a file one fault at a time."""
    assert messages("a: .inf\nb: ${GONE}\nc: {d: 1, d: 2}\n") == [
        "f.yaml:1:4: a: is not a finite number (write a number)",
        "f.yaml:2:4: b: the variable GONE is not set (set it, or write ${GONE:-default})",
        "f.yaml:3:11: c: 'd' is written twice (keep one of them)",
    ]


def test_a_few_aliases_cannot_fill_the_memory() -> None:
    """Nine lines that stand for a billion values are refused."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    assert messages("\n".join(lines)) == ["f.yaml:1: holds more than 200000 values"]


@pytest.mark.parametrize(
    ("written", "environment", "expected"),
    [
        pytest.param("${X}", {"X": "1"}, "1", id="set"),
        pytest.param("${X:-d}", {}, "d", id="default"),
        pytest.param("${X:-d}", {"X": ""}, "", id="set but empty is set"),
        pytest.param("${X:-}", {}, "", id="empty default"),
        pytest.param("a${X}b${Y:-c}", {"X": "1"}, "a1bc", id="inside text"),
        pytest.param("$X ${1}", {}, "$X ${1}", id="not a variable"),
        pytest.param("${X}", {"X": "${X}"}, "${X}", id="expanded once"),
    ],
)
def test_variables(written: str, environment: dict[str, str], expected: str) -> None:
    """`${VAR}` is the variable and `${VAR:-default}` what stands in for it."""
    assert parse_yaml(f"a: '{written}'".encode(), "f.yaml", environment).value == {"a": expected}


def test_without_an_environment_nothing_expands() -> None:
    """In the script of a workflow `${VAR}` is the shell's, and `on` is a key like any other."""
    placed = parse_yaml(b'on: push\nrun: echo "${GONE} ${X:-y}"\n', "f.yaml", None)

    assert placed.value == {"on": "push", "run": 'echo "${GONE} ${X:-y}"'}


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """A missing file is a message, not a traceback."""
    with pytest.raises(UserMistake, match=r"^gates\.yaml: there is no such file$"):
        load_yaml(tmp_path / "gates.yaml", "gates.yaml", {})


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    """What cannot be read says why."""
    with pytest.raises(UserMistake, match=r"^gates\.yaml: cannot be read: Is a directory$"):
        load_yaml(tmp_path, "gates.yaml", {})


def test_an_enormous_file_is_refused(tmp_path: Path) -> None:
    """A file that is no configuration is not read into memory."""
    (tmp_path / "f").write_bytes(b"#" * ((4 << 20) + 1))
    with pytest.raises(UserMistake, match="is longer than 4 MiB"):
        load_yaml(tmp_path / "f", "f", {})


def test_a_value_knows_its_place() -> None:
    """A key is placed where it is written, an item where it begins, a missing key at its parent."""
    placed = parse_yaml(b"a:\n  - {b: 1}\n  - c\n", "f.yaml", {})
    assert placed.place_of(("a", 0, "b")) == (2, 6)
    assert placed.place_of(("a", 1)) == (3, 5)
    assert placed.place_of(("a", 0, "gone")) == (2, 5)


PIECES = st.lists(
    st.sampled_from(
        [
            *"ab:-?[]{}#&*!|>'\"%@,~=<. \t\n\r\\0123$xu\x85\u2028\x00",
            "${A}",
            "!!int ",
            "!!bool ",
            "<<: ",
            "&a ",
            "*a",
            "\n  ",
            "- ",
            "---\n",
            "%YAML 1.1\n",
        ]
    ),
    max_size=40,
).map("".join)


@given(
    content=st.one_of(
        PIECES.map(str.encode),
        st.binary(max_size=60),
        st.text().map(lambda text: text.encode("utf-8", "surrogatepass")),
    )
)
def test_whatever_is_in_the_file(content: bytes) -> None:
    """Parsing raises nothing but UserMistake, and every fault lies on a line of the file."""
    problems: tuple[Problem, ...] = ()
    try:
        parse_yaml(content, "f.yaml", {})
    except UserMistake as mistake:
        problems = mistake.problems or (Problem("nothing said"),)
    lines = max(1, len(content.decode("utf-8", "replace").splitlines()))
    assert all(1 <= problem.line <= lines for problem in problems)
