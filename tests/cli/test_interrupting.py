"""Ctrl-C and kill -9, in real processes: what is judged stays judged."""

import json
import os
import re
import signal
import subprocess
import sys
import time

import pytest

from ci_repository import begun, committed, merged
from command_scenarios import counting
from small_project import GATES, MakeProject, ProjectOnDisk

pytestmark = pytest.mark.slow

KEPT = 12
# the first twelve answer at once, the others wait for a file that a test may write
SLOW = """\
import threading
from pathlib import Path

HERE = Path(__file__).parent


def answer(inputs):
    with (HERE / "asked.txt").open("a") as file:
        file.write(inputs["question"] + "\\n")
    if int(inputs["question"].split()[1]) > 12 and not (HERE / "go").exists():
        threading.Event().wait()
    return "right"
"""


def _hear_sigint() -> None:
    # a shell that starts its jobs in the background has them ignore SIGINT, and children inherit it
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Begun:
    """A run in a process of its own, stopped when the slow questions are reached."""

    def __init__(self, repo: ProjectOnDisk, *argv: str) -> None:
        self.repo = repo
        self.process = subprocess.Popen(
            [sys.executable, "-m", "evalgate", *argv],
            cwd=repo.root,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            process_group=0,
            preexec_fn=_hear_sigint,  # noqa: PLW1509 - no threads here that could hold a lock
        )
        deadline = time.monotonic() + 60
        while len(self.judged()) < KEPT:
            assert self.process.poll() is None, self.process.communicate()
            assert time.monotonic() < deadline
            # there is nothing to wait on but the file: the process is on its own
            os.sched_yield()

    def judged(self) -> list[str]:
        """Which cases are on disk."""
        files = list(self.repo.root.glob(".evalgate/runs/*/judgements.jsonl"))
        if not files:
            return []
        whole = files[0].read_text(encoding="utf-8").rpartition("\n")[0]
        return [json.loads(line)["id"] for line in whole.splitlines()]

    def ended_by(self, number: signal.Signals) -> tuple[int, str, str, float]:
        """Send a signal as a terminal does; the exit, what was said, and how long it took."""
        begun = time.monotonic()
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=30)
        return self.process.returncode, out, err, time.monotonic() - begun


def slow_project(project: MakeProject, *, digest_of: bool) -> ProjectOnDisk:
    """A candidate that hangs at its thirteenth question."""
    files = counting(16, digest_of=["answering.py"] if digest_of else [])
    return project(files | {"answering.py": SLOW})


def asked(repo: ProjectOnDisk) -> list[str]:
    """Which questions the function was asked, since it was last looked."""
    questions = repo.read("asked.txt").splitlines()
    repo.write({"asked.txt": ""})
    return questions


@pytest.mark.parametrize("digest_of", [False, True], ids=["opaque", "digest_of"])
def test_ctrl_c_keeps_what_there_is_and_says_how_to_go_on(
    project: MakeProject, digest_of: bool
) -> None:
    """It ends at once with 130; what it says to do asks only what had no answer yet."""
    repo = slow_project(project, digest_of=digest_of)
    argv = ["run", "--baseline", "none", "-j", "2"]

    code, out, err, took_s = Begun(repo, *argv).ended_by(signal.SIGINT)

    (run,) = repo.runs()
    how = (
        "the same command goes on"
        if digest_of
        else (f"the same command with `--resume {run}` goes on")
    )
    assert (code, out) == (130, "")
    assert err == f"stopped: 12 of 16 cases are kept in {run}; {how} from there\n"
    assert took_s < 3
    first = asked(repo)
    repo.write({"go": ""})
    again = repo.run(*argv, *([] if digest_of else ["--resume", run]))
    assert again.code == 3, again.err
    assert repo.runs() == [run]
    assert sorted(asked(repo)) == sorted({f"question {n}" for n in range(13, 17)})
    assert len(first) <= KEPT + 2
    assert repo.run("show", run).out.startswith(f"run {run}: finished\n")


def test_a_stopped_compare_says_how_its_run_is_gone_on_with(project: MakeProject) -> None:
    """`compare` has no `--resume`: the command that has is told."""
    repo = slow_project(project, digest_of=False)

    code, _, err, _ = Begun(repo, "compare", "new", "old", "-j", "2").ended_by(signal.SIGINT)

    (run,) = repo.runs()
    assert code == 130
    assert err == (
        f"stopped: 12 of 16 cases are kept in {run}; go on with"
        f" `evalgate run quiz --candidate new --resume {run}`\n"
    )


def test_a_killed_run_is_readable_and_gone_on_with(project: MakeProject) -> None:
    """After kill -9 the run can be listed, and the same command repeats what was in flight."""
    repo = slow_project(project, digest_of=True)
    argv = ["run", "--baseline", "none", "-j", "2"]

    code, _, _, _ = Begun(repo, *argv).ended_by(signal.SIGKILL)

    (run,) = repo.runs()
    listed = repo.run("runs")
    assert (code, listed.code, listed.err) == (-signal.SIGKILL, 0, "")
    assert re.search(rf"{re.escape(run)} +running \(partial\)", listed.out)
    assert repo.run("show", run, "q12").code == 0
    asked(repo)
    repo.write({"go": ""})
    assert repo.run(*argv).code == 3
    assert repo.runs() == [run]
    assert set(asked(repo)) == {f"question {number}" for number in range(13, 17)}


FUNCTION = """\
import os
import re
import threading


def judge(inputs, expected, answer):
    with open("judging.txt", "a") as file:
        file.write(f"{os.getpid()}\\n")
    if int(inputs["question"].split()[1]) > 12:
        HANG
    return 1
"""
RUNAWAY = """\
def answer(inputs):
    return "right" if int(inputs["question"].split()[1]) <= 12 else "a" * 60 + "b"
"""


@pytest.mark.parametrize(
    ("judge", "files"),
    [
        pytest.param(
            "kind: python\nfunction: judging:judge\nscale: {kind: binary}\n",
            {"judging.py": FUNCTION.replace("HANG", "threading.Event().wait()")},
            id="python, waiting",
        ),
        pytest.param(
            "kind: python\nfunction: judging:judge\nscale: {kind: binary}\n",
            {"judging.py": FUNCTION.replace("HANG", "re.search('(a+)+$', 'a' * 60 + 'b')")},
            id="python, in C code",
        ),
        pytest.param(
            "kind: regex\npattern: 'right|(a|aa)+$'\ntimeout_s: 600\n",
            {"answering.py": RUNAWAY},
            id="regex",
        ),
    ],
)
def test_a_judge_that_hangs_does_not_outlive_ctrl_c(
    project: MakeProject, judge: str, files: dict[str, str]
) -> None:
    """What is judged is kept, the command ends at once, and nothing is left running."""
    repo = project(counting(16))
    repo.write({"judges/exact_match/judge.yaml": judge, **files})

    # one at a time: C code that hangs would keep back what its neighbour has to say
    code, _, err, took_s = Begun(repo, "run", "--baseline", "none", "-j", "1").ended_by(
        signal.SIGINT
    )

    assert (code, err[:8]) == (130, "stopped:")
    assert took_s < 2
    if (repo.root / "judging.txt").exists():
        for pid in set(repo.read("judging.txt").split()):
            with pytest.raises(ProcessLookupError):
                os.kill(int(pid), 0)


@pytest.mark.parametrize("digest_of", [False, True], ids=["opaque", "digest_of"])
def test_a_shard_that_was_stopped_is_no_shard(project: MakeProject, digest_of: bool) -> None:
    """A cancelled job leaves nothing that `merge` takes for a shard; to run it again is all."""
    repo = slow_project(project, digest_of=digest_of)
    alone = GATES.replace("    baseline: old\n", "").partition("      - {score: exact_match, max")
    repo.write({"gates.yaml": alone[0]})
    base = begun(repo)
    committed(repo, {"candidates/new.yaml": repo.read("candidates/new.yaml") + "# changed\n"})
    assert repo.run("ci", "plan", "--base", base).code == 0
    argv = ["ci", "run", "--suite", "quiz", "--shard", "1/1", "--out", "shards", "--base", base]

    code, out, err, took_s = Begun(repo, *argv).ended_by(signal.SIGINT)

    (run,) = repo.runs()
    how = "the same command goes on from there" if digest_of else "run the same command again"
    assert (code, out) == (130, "")
    assert err == f"stopped: 12 of 16 cases are kept in {run}; {how}\n"
    assert took_s < 3
    assert not list(repo.root.glob("shards/**/shard.json"))
    refused = merged(repo)
    assert (refused.code, refused.err) == (
        4,
        "error: shard 1/1 of quiz is missing: run what did not finish again\n",
    )
    repo.write({"go": ""})
    assert repo.run(*argv).code == 0
    assert merged(repo).code == 0
