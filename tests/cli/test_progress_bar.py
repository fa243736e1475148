"""How far a run is: the line itself, and that it stays on terminals."""

import os
import pty
import subprocess
import sys

import pytest

from command_scenarios import MANY, counting
from evalgate.cli.progress_bar import CLEAR_LINE, ProgressBar, is_watched
from evalgate.cli.screen import say
from small_project import MakeProject, quiz


@pytest.mark.parametrize(
    ("total", "before", "judged", "failed", "elapsed_s", "line"),
    [
        (40, 0, 0, 0, 0.0, "new on quiz@v1 [........................] 0/40, 0.0/s, starting"),
        (40, 0, 10, 0, 5.0, "new on quiz@v1 [######..................] 10/40, 2.0/s, 15 s left"),
        (40, 20, 10, 0, 1.0, "new on quiz@v1 [##################......] 30/40, 10/s, 1 s left"),
        (40, 0, 40, 3, 2.0,
         "new on quiz@v1 [########################] 40/40, 20/s, 0 s left, 3 without a score"),
        (40, 40, 0, 0, 1.0, "new on quiz@v1 [########################] 40/40, 0.0/s, starting"),
    ],
    ids=["begun", "under way", "gone on with", "done with failures", "nothing to do"],
)  # fmt: skip
def test_the_line_says_how_far_and_how_long(  # noqa: PLR0917 - one table's columns
    capsys: pytest.CaptureFixture[str],
    total: int, before: int, judged: int, failed: int, elapsed_s: float, line: str,
) -> None:  # fmt: skip
    """Rate and time left are those of this try, not of an earlier one."""
    bar = ProgressBar()
    bar.started("new on quiz@v1", total, before)
    for number in range(judged):
        bar.judged(failed=number < failed, spent_usd=0.0)

    assert bar.line(elapsed_s) == line


def test_a_hostile_name_cannot_move_the_cursor() -> None:
    """What a candidate is called is somebody's words."""
    bar = ProgressBar()
    bar.started("\x1b[2Jnew", 1, 0)

    assert "\x1b" not in bar.line(1.0)


def test_nothing_is_drawn_where_nobody_looks(project: MakeProject) -> None:
    """What is no terminal gets no bar: stderr is a file here."""
    outcome = project(quiz(MANY, MANY)).run("compare", "old", "new")

    assert outcome.err == ""


def on_a_terminal(folder: str, *argv: str) -> tuple[int, str]:
    """Run evalgate with a terminal as its stderr; the exit code and what the terminal got."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "evalgate", *argv],
        cwd=folder,
        env={name: value for name, value in os.environ.items() if name != "CI"},
        stdout=subprocess.DEVNULL,
        stderr=theirs,
    )
    os.close(theirs)
    seen = b""
    try:
        while chunk := os.read(ours, 4096):
            seen += chunk
    except OSError:  # how Linux says that nobody holds the other end any more
        pass
    finally:
        os.close(ours)
    return process.wait(timeout=60), seen.decode()


@pytest.mark.slow
def test_a_terminal_sees_the_bar_and_is_left_clean(project: MakeProject) -> None:
    """The bar is drawn while the run goes on, and its line is cleared in the end."""
    repo = project(counting(8))

    code, seen = on_a_terminal(str(repo.root), "run", "--baseline", "none", "--limit", "8")

    assert code == 3
    assert f"{CLEAR_LINE}new on quiz@v1 [........................] 0/8, 0.0/s" in seen
    assert seen.rpartition(CLEAR_LINE)[2].startswith("run: ")


def test_nobody_watches_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal is watched, unless CI says that it is a log."""
    ours, theirs = pty.openpty()
    with os.fdopen(ours), os.fdopen(theirs, "w") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        monkeypatch.delenv("CI", raising=False)
        watched = is_watched()
        monkeypatch.setenv("CI", "true")

        assert (watched, is_watched()) == (True, False)


@pytest.mark.parametrize(
    ("variable", "shown"),
    [("", "verdict: \x1b[32mpassed\x1b[0m\r\n"), ("NO_COLOR", "verdict: passed\r\n"),
     ("CI", "verdict: passed\r\n")],
    ids=["a terminal", "NO_COLOR", "CI"],
)  # fmt: skip
def test_a_verdict_is_coloured_for_people_only(
    monkeypatch: pytest.MonkeyPatch, variable: str, shown: str
) -> None:
    """Colour is for a terminal whose owner did not refuse it."""
    for name in ("CI", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    if variable:
        monkeypatch.setenv(variable, "1")
    ours, theirs = pty.openpty()
    with os.fdopen(ours, "rb", buffering=0) as seen, os.fdopen(theirs, "w") as terminal:
        monkeypatch.setattr(sys, "stdout", terminal)
        say("verdict: passed")

        assert seen.read(1000).decode() == shown
