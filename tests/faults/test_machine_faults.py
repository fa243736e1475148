"""A full disk, and two processes in one folder: nothing is lost, nothing is mixed up."""

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from fault_projects import FUNCTION, NEARLY, asked, refused, verdict
from small_project import MakeProject, ProjectOnDisk, quiz

MANY = [True] * 400
MEETING = '''\
import os

met = False


def answer(inputs):
    """Tell the test that this process is here, then wait until it lets everybody go on."""
    global met
    if not met:
        met = True
        with open("here", "wb", buffering=0) as here:
            here.write(b".")
        with open("go", "rb"):
            pass
    return "right"
'''


def start(root: Path, *argv: str) -> "subprocess.Popen[str]":
    """Begin a command in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "evalgate", *argv],
        cwd=root,
        env=os.environ | {"PYTHONWARNINGS": "default"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 200 kB; only root can have one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(disk)]
    try:
        mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        mounted = False
    if not mounted:
        pytest.skip("no file system can be mounted here; the limit on a file's size stands in")
    yield disk
    # lazily: MLflow's interpreter outlives a command that is called in process, with its files
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


def test_a_full_disk_keeps_what_there_is(
    project: MakeProject,
    tiny_disk: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Exit 4 with the place; once there is room, the same command goes on and decides."""
    project({})
    repo = ProjectOnDisk(tiny_disk, capsys, monkeypatch)
    repo.write(quiz(MANY, [*MANY[:-1], False]))

    outcome = repo.run("compare", "old", "new")

    (run,) = repo.runs()
    path = tiny_disk / ".evalgate" / "runs" / run / "judgements.jsonl"
    kept = path.read_bytes().count(b"\n")
    assert kept > 0
    assert (outcome.code, outcome.out) == (4, "")
    assert outcome.err == (
        f"error: {path} cannot be written: no space left;"
        f" {kept} cases are kept, and the same command goes on from there\n"
    )
    subprocess.run(["mount", "-o", "remount,size=20m", str(tiny_disk)], check=True)
    again = repo.run("compare", "old", "new")
    assert (again.code, verdict(again)) == (0, "verdict: passed (exit 0)")
    assert repo.runs()[0] == run
    assert len(repo.runs()) == 2
    monkeypatch.chdir("/")  # nobody unmounts the folder that somebody is in


def test_a_file_that_may_not_grow_is_a_fault_of_the_machine(project: MakeProject) -> None:
    """The run that could not be written decides nothing."""
    repo = project(quiz(MANY, MANY))

    ended = subprocess.run(
        [sys.executable, "-m", "evalgate", "compare", "old", "new"],
        cwd=repo.root,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)),
    )

    assert (ended.returncode, ended.stdout) == (4, "")
    assert ended.stderr.startswith("error: ")
    assert "/judgements.jsonl cannot be written: " in ended.stderr
    assert "cases are kept, and the same command goes on from there\n" in ended.stderr


def test_a_report_that_cannot_be_written_is_no_verdict(project: MakeProject) -> None:
    """Nobody takes a missing report for a green one."""
    repo = project(quiz(MANY[:40], NEARLY))
    (repo.root / "r.md").symlink_to("/dev/full")

    outcome = repo.run("compare", "old", "new", "-o", "r.md")

    assert (outcome.code, outcome.out) == (4, "")
    assert outcome.err == "error: r.md cannot be written: No space left on device\n"


def test_two_runs_at_once_in_one_folder(project: MakeProject) -> None:
    """Both are whole and say the same; neither waits for the other."""
    repo = project(asked(FUNCTION, MEETING))
    repo.run("run", "--candidate", "old", "--baseline", "none")
    for pipe in ("here", "go"):
        os.mkfifo(repo.root / pipe)

    both = [start(repo.root, "compare", "old", "new", "-j", "1") for _ in range(2)]
    here = os.open(repo.root / "here", os.O_RDWR)  # never at its end, whoever has gone
    assert b"".join(os.read(here, 1) for _ in both) == b".."
    go = os.open(repo.root / "go", os.O_RDWR)
    printed = [process.communicate(timeout=100) for process in both]
    os.close(here)
    os.close(go)

    assert [process.returncode for process in both] == [0, 0]
    assert printed[0][0] == printed[1][0]
    assert printed[0][0].endswith("verdict: passed (exit 0)\n")
    assert len(repo.runs()) == 3
    for run in repo.runs():
        assert repo.run("show", run, "q40").code == 0
        assert "finished" in repo.run("show", run).out


def test_a_run_that_is_being_written_is_not_resumed_by_another(project: MakeProject) -> None:
    """The second is refused and told why; the first is not disturbed."""
    repo = project(asked(FUNCTION, MEETING))
    for pipe in ("here", "go"):
        os.mkfifo(repo.root / pipe)
    flags = ("--candidate", "new", "--baseline", "none")
    first = start(repo.root, "run", *flags, "-j", "1")
    here = os.open(repo.root / "here", os.O_RDWR)
    assert os.read(here, 1) == b"."
    (run,) = repo.runs()

    second = repo.run("run", *flags, "--resume", run)

    assert second == refused(
        f"the run {run} is being written by another process"
        " (wait for it, or start a run of your own)"
    )
    go = os.open(repo.root / "go", os.O_RDWR)
    first.communicate(timeout=100)
    os.close(here)
    os.close(go)
    assert first.returncode == 3  # a rule compares, and there is no baseline
    assert repo.runs() == [run]
    assert "judged      40 cases" in repo.run("show", run).out
