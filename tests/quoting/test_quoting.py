"""Hostile text is harmless in every sink."""

import csv
import html
import io
import json
import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from rich.cells import cell_len

from evalgate.quoting import (
    for_ci_log,
    for_csv,
    for_json,
    for_markdown,
    for_terminal,
    for_xml,
    lines_for_terminal,
    redacted,
    shortened,
)
from evalgate.quoting.visible import visible

KEY = "sk-proj-" + "a1B2" * 6
PIECES = [
    "\x1b[31m", "\x1b]8;;http://x\x07", "\x9b2J", "\r", "\n", "\r\n", "\t", "\u202e", "\u200b",
    "\ufeff", "\u2028", "\x85", "\x00", "\ufffe", "\ud800", "::error::no", "##[error]no",
    "##vso[task]", "::", "</testcase>", "]]>", "<b>", "&amp;", "&#64;", "@everyone", "#12",
    "#123;", "GH-7", "a/b#3", "`", "``` ", "[x](http://e.x)", "![x](y)", "<http://e.x>",
    "http://e.x", "www.e.x", "me@e.x", "|", "\\", "$x$", ":tada:",
    "0123456789abcdef0123456789abcdef01234567", "- ", "+ ", "# ", "1. ", "=", "=cmd()", "-1",
    "~~~", "__", "**", "    ", "\uff1d", "'", '"', ",", ";", "word", " ", "界", "👩\u200d🚀", "[-",
    "-]", "{+", "+}",
]  # fmt: skip
hostile = st.one_of(
    st.text(alphabet=st.characters(), max_size=40),
    st.lists(st.sampled_from(PIECES), max_size=8).map("".join),
)

UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)


@given(hostile)
def test_nothing_that_steers_a_terminal_survives(text: str) -> None:
    """No control, bidi, zero-width or surrogate character and no second line reaches a screen."""
    quoted = for_terminal(text)

    assert not UNSEEN.search(quoted)
    assert len(quoted.splitlines()) <= 1
    assert quoted.encode("utf-8").decode("utf-8") == quoted


@given(hostile)
def test_quoting_for_a_terminal_twice_changes_nothing(text: str) -> None:
    """A table may quote its cells again."""
    assert for_terminal(for_terminal(text)) == for_terminal(text)


@given(hostile, st.integers(min_value=0, max_value=20))
def test_a_width_is_kept(text: str, width: int) -> None:
    """Wide characters count twice."""
    assert cell_len(for_terminal(text, width)) <= width


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("\x1b[31mred\x1b[0m", "␛[31mred␛[0m", id="an escape sequence is shown"),
        pytest.param("a\r\nb\nc\td", "a␤b␤c d", id="lines become one"),
        pytest.param("a\rverdict", "a␍verdict", id="a carriage return overwrites nothing"),
        pytest.param("ab\u202etxt", "ab<U+202E>txt", id="text is not turned round"),
        pytest.param("pa\u200bss", "pa<U+200B>ss", id="zero width is seen"),
        pytest.param("\x9b31m", "<U+009B>31m", id="a one-byte escape sequence is shown"),
        pytest.param("a\x7fb", "a␡b", id="delete"),
        pytest.param("\ud800", "<U+D800>", id="half a character can be written"),
        pytest.param("naïve 界 ❤️", "naïve 界 ❤️", id="other people's letters stay"),
        pytest.param("::error::x", "\\::error::x", id="a command to the runner"),
    ],
)
def test_for_terminal_shows_what_it_takes_out(text: str, expected: str) -> None:
    """Nothing is dropped in silence."""
    assert for_terminal(text) == expected


def test_a_cut_text_ends_in_an_ellipsis() -> None:
    """The reader sees that there is more."""
    assert for_terminal("abcdef", 4) == "abc…"
    assert for_terminal("abcd", 4) == "abcd"
    assert shortened("abcdef", 4) == "abc…"
    assert shortened("abcdef", 0) == ""


def test_lines_are_cut_wherever_a_reader_could_see_one() -> None:
    """No line end hides inside a line."""
    assert lines_for_terminal("a\rb\r\nc\u2028d\n::e") == ["a", "b", "c", "d", "\\::e"]


@given(hostile)
def test_no_line_in_a_ci_log_is_a_command(text: str) -> None:
    """GitHub trims a line before it looks for `::`, and finds `##[` anywhere."""
    quoted = for_ci_log(text)

    for line in re.split("[\r\n]", quoted):
        assert not line.strip().startswith("::")
        assert not re.search(r"##\w*\[", line)
    assert for_ci_log(quoted) == quoted


@given(hostile)
def test_markdown_is_only_text(text: str) -> None:
    """A Markdown parser finds nothing in the quoted text but text, in a line or in a table."""
    quoted = for_markdown(text)
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])

    assert "\n" not in quoted
    for page in (quoted, f"- {quoted}", f"| a | b |\n| --- | --- |\n| {quoted} | end |"):
        tokens = parser.parse(page)
        inner = [child.type for token in tokens for child in token.children or ()]
        assert set(inner) <= {"text"}, page
    cells = parser.parse(f"| a | b |\n| --- | --- |\n| {quoted} | end |")
    assert [token.content for token in cells if token.type == "inline"][-1] == "end"
    blocks = [token.type for token in parser.parse(quoted)]
    assert blocks in ([], ["paragraph_open", "inline", "paragraph_close"])


@given(hostile)
def test_markdown_links_nobody_and_nothing(text: str) -> None:
    """What GitHub looks for after rendering is broken up."""
    shown = html.unescape(for_markdown(text))

    assert not re.search(r"[@#]\w", shown)
    assert not re.search(r"(?i)://|www\.\w|:\w+:|gh-\d", shown)
    assert not re.search(r"(?<![0-9A-Za-z])[0-9a-fA-F]{7,64}(?![0-9A-Za-z])", shown)


@given(hostile)
def test_markdown_shows_the_text_itself(text: str) -> None:
    """Quoting loses nothing that a reader would see."""
    shown = html.unescape(for_markdown(text)).replace("\u200b", "")
    plain = re.sub("\r\n|[\n\x85\u2028\u2029]", "␤", text)

    for word in re.findall(r"[A-Za-z0-9]+", plain):
        assert word in shown


@given(st.lists(hostile, min_size=1, max_size=4))
def test_no_csv_cell_is_a_formula(cells: list[str]) -> None:
    """After a round through the csv module no cell starts what a spreadsheet would run."""
    file = io.StringIO(newline="")
    csv.writer(file).writerow([for_csv(cell) for cell in cells])
    (row,) = csv.reader(io.StringIO(file.getvalue(), newline=""))

    assert len(row) == len(cells)
    assert not any(cell.lstrip().startswith(("=", "+", "-", "@", "\uff1d")) for cell in row)
    assert not any(cell.startswith(("\t", "\r", "\n")) for cell in row)
    assert [for_csv(cell) for cell in row] == row
    assert file.getvalue().encode("utf-8").decode("utf-8") == file.getvalue()


@given(hostile)
def test_xml_parses_and_holds_the_text(text: str) -> None:
    """Any text can stand in an element and in an attribute."""
    quoted = for_xml(text)
    element = ET.Element("testcase", name=quoted)
    element.text = quoted
    read = ET.fromstring(ET.tostring(element, encoding="utf-8"))

    assert (read.text or "", read.get("name")) == (quoted, quoted)
    assert for_xml(quoted) == quoted


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(f"key {KEY}.", "key [redacted].", id="OpenAI"),
        pytest.param("ghp_" + "x9" * 18, "[redacted]", id="GitHub"),
        pytest.param("AKIA" + "IOSF" * 4, "[redacted]", id="AWS"),
        pytest.param("Bearer abc123def456ghi", "Bearer [redacted]", id="a bearer token"),
        pytest.param(f"t=eyJ{'a1' * 9}.{'b2' * 9}.c3", "t=[redacted]", id="a JSON web token"),
        pytest.param("https://me:secret@host/x", "https://[redacted]@host/x", id="a password"),
        pytest.param(
            "-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----!", "[redacted]!", id="PEM"
        ),
        pytest.param(
            "a risk-free task-oriented desk", "a risk-free task-oriented desk", id="words"
        ),
        pytest.param("the bearer of good tidings", "the bearer of good tidings", id="a bearer"),
    ],
)
def test_what_looks_like_a_key_is_taken_out(text: str, expected: str) -> None:
    """Keys go, prose stays."""
    assert redacted(text) == expected


@given(hostile)
def test_printed_json_says_the_same_and_steers_no_screen(text: str) -> None:
    """Only escapes are added: whoever reads the JSON gets every character back."""
    printed = for_json(json.dumps([text], ensure_ascii=False))

    assert json.loads(printed) == [text]
    assert visible(printed, keep="\n") == printed


@given(hostile)
def test_redacting_twice_changes_nothing(text: str) -> None:
    """What was taken out is not taken for a key."""
    once = redacted(f"Bearer {text} {KEY}")

    assert redacted(once) == once
    assert KEY not in once


@pytest.mark.parametrize(
    "piece",
    [
        "\n", " x", "\n ", "::", "#", "##[", "-eyJ", "eyJa.", "-eyJabcdefgh.", "bearer ", "sk-",
        "://a:", "a@", "-----BEGIN PRIVATE KEY-----", "0", "gh-", "www", "\x1b[", "=", "&#",
    ],
)  # fmt: skip
def test_repetition_does_not_make_quoting_slow(piece: str) -> None:
    """Work grows with the text's length, not with its square: this would take minutes."""
    text = piece * (100_000 // len(piece))

    for quote in (for_terminal, for_markdown, for_csv, for_xml, for_ci_log, redacted):
        assert quote(text)
