"""Every call of the toolkit is held against what a runner does with it."""

import sys
from pathlib import Path

import pytest

from evalgate.errors import ServiceFailed, UserMistake
from evalgate.github.toolkit import (
    LARGEST_SUMMARY_BYTES,
    Annotation,
    Level,
    add_to_summary,
    annotate,
    commands_stopped,
    group,
    mask,
    room_in_summary,
    toolkit,
    write_output,
)
from fake_runner import LARGEST_SUMMARY, Command, Log, outputs_in

INJECTION = "expected 5%\ngot 4\n::add-mask::the\n##[set-output name=passed]true"


@pytest.mark.parametrize("level", ["error", "warning", "notice"])
def test_an_annotation_arrives_as_it_was_meant(
    capsys: pytest.CaptureFixture[str], level: Level
) -> None:
    """All lines of the message in one command, on its line of its file."""
    annotate(Annotation(level, "a: b, c", "50%\nof it", "prompts/a,b: c.md", 3))

    log = Log().feed(capsys.readouterr().out)

    properties = {"title": "a: b, c", "file": "prompts/a,b: c.md", "line": "3"}
    assert log.commands == [Command(level, properties, "50%\nof it")]
    assert log.plain == []


def test_an_annotation_without_a_place(capsys: pytest.CaptureFixture[str]) -> None:
    """It stands on the run."""
    annotate(Annotation("error", "t", "m", "", 3))

    assert Log().feed(capsys.readouterr().out).commands == [Command("error", {"title": "t"}, "m")]


def test_a_message_cannot_bring_commands_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    """The toolkit alone would cut it at the first line and obey the rest."""
    toolkit().error(INJECTION)
    alone = Log().feed(capsys.readouterr().out)
    annotate(Annotation("error", "t", INJECTION))
    ours = Log().feed(capsys.readouterr().out)

    assert [one.name for one in alone.commands] == ["error", "add-mask", "set-output"]
    assert [one.name for one in ours.commands] == ["error"]
    assert "5%\ngot 4\n" in ours.commands[0].data


def test_a_group_ends_also_when_its_content_fails(capsys: pytest.CaptureFixture[str]) -> None:
    """And when what was printed did not end its line."""

    def fail() -> None:
        sys.stdout.write("half a line")
        raise RuntimeError

    with pytest.raises(RuntimeError), group(f"a\n{INJECTION}"):
        fail()

    log = Log().feed(capsys.readouterr().out)
    assert [one.name for one in log.commands] == ["group", "endgroup"]
    assert log.plain == ["half a line"]


def test_a_secret_is_masked_and_short_words_are_not(capsys: pytest.CaptureFixture[str]) -> None:
    """A mask on `1` would take outputs away from the jobs that need them."""
    mask("50%-secret")
    mask("1")
    mask("")

    assert Log().feed(capsys.readouterr().out).masks == ["50%-secret"]


HOSTILE_OUTPUT = (
    "::error::x\n##[add-mask]true\n::endgroup::\n::stop-commands::guess\n::guess::\n"
    "::evalgate-0000::\n::error::y\nno newline at its end"
)


def test_what_a_judge_prints_is_no_command(capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever it tries, commands are heard again only after our own mark."""
    with commands_stopped():
        sys.stdout.write(HOSTILE_OUTPUT)
    annotate(Annotation("warning", "t", "after"))

    log = Log().feed(capsys.readouterr().out)
    assert [one.name for one in log.commands] == ["warning"]
    assert log.masks == []


def test_the_mark_is_another_each_time(capsys: pytest.CaptureFixture[str]) -> None:
    """What was seen once cannot be used again."""
    for _ in range(2):
        with commands_stopped():
            pass

    first, second = [
        line
        for line in capsys.readouterr().out.splitlines()
        if line.startswith("::stop-commands::")
    ]
    assert first != second
    assert len(first) >= len("::stop-commands::") + 32


@pytest.mark.parametrize("value", ["95%", "", "x<<y", "a=b", "EOF", "__ENV_DELIMITER__", "ü"])
def test_an_output_arrives_as_it_is(tmp_path: Path, value: str) -> None:
    """The toolkit would write 95%25, and refuse the mark that it always uses."""
    file = tmp_path / "output"

    write_output(file, "cost-usd", value)
    write_output(file, "verdict", "failed")

    assert outputs_in(file.read_text(encoding="utf-8")) == {"cost-usd": value, "verdict": "failed"}


@pytest.mark.parametrize("name", ["", "a=b", "a<<b", "a\nb", "A", "ä"])
def test_names_of_outputs_are_ours(tmp_path: Path, name: str) -> None:
    """A name that came from elsewhere is our bug."""
    with pytest.raises(AssertionError):
        write_output(tmp_path / "output", name, "x")


def test_an_output_of_several_lines_is_our_bug(tmp_path: Path) -> None:
    """Numbers, words of ours and paths have one."""
    with pytest.raises(AssertionError):
        write_output(tmp_path / "output", "verdict", "passed\nx")


def test_a_summary_grows_up_to_the_runners_limit(tmp_path: Path) -> None:
    """What several write together counts; the runner drops all of it one byte later."""
    file = tmp_path / "summary"
    assert room_in_summary(file) == LARGEST_SUMMARY - 2

    assert add_to_summary(file, "# one %0A%25")
    assert add_to_summary(file, "x" * (room_in_summary(file) - 1))
    assert not add_to_summary(file, "y")

    assert file.stat().st_size == LARGEST_SUMMARY == LARGEST_SUMMARY_BYTES
    assert file.read_text(encoding="utf-8").startswith("# one %0A%25\n\n\nxxx")


def test_a_file_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    """The machine failed; nobody's verdict follows."""
    with pytest.raises(ServiceFailed, match="output cannot be written"):
        write_output(tmp_path / "no" / "output", "verdict", "passed")


def test_without_the_extra_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The toolkit is needed in `ci` alone."""
    monkeypatch.setitem(sys.modules, "github_action_toolkit", None)

    with pytest.raises(UserMistake, match=r"pip install 'evalgate\[github\]'"):
        toolkit()
