"""Kill -9, Ctrl-C, two processes, a full disk: what was paid for is kept, and paid for once."""

import os
import random
import signal
import subprocess
import time

import pytest

from live_project import (
    GREEN,
    gates,
    last_run,
    live,
    models_asked,
    recorded,
    start,
    told,
    verdict_of,
)
from model_stub import ModelStub
from small_project import MakeProject, ProjectOnDisk

CASES = 120
IN_FLIGHT = 4
PATIENT = "timeout_s: 20, max_attempts: 2"
# every fifth answer is wrong: a case that is lost or judged twice moves the estimate
ORDERS = [f"say={'right' if number % 5 else 'wrong'}" for number in range(CASES)]
COMMAND = ("run", "-j", str(IN_FLIGHT))


@pytest.fixture
def repo(project: MakeProject, stub: ModelStub) -> ProjectOnDisk:
    """A project whose endpoint takes its time."""
    stub.latency_s = 0.01
    return project(live(stub, ORDERS, gates(stub, provider=PATIENT)))


def ended(process: "subprocess.Popen[str]") -> tuple[int, str, str]:
    """The exit code and what was printed."""
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


def estimate(repo: ProjectOnDisk) -> float:
    """The share of right answers in the newest run."""
    scores = [case.judgements["correct"] for case in last_run(repo).values()]
    assert len(scores) == CASES
    return sum(score.score for score in scores if score.kind == "scored") / CASES


@pytest.mark.parametrize("kills", [2, pytest.param(6, marks=pytest.mark.slow)])
def test_killed_at_any_moment_it_repeats_at_most_what_was_in_flight(
    repo: ProjectOnDisk, stub: ModelStub, kills: int
) -> None:
    """The endpoint counts; the run that comes of it is whole and its verdict the same."""
    chance = random.Random(kills)
    for _ in range(kills):
        process = start(repo, *COMMAND)
        stub.await_requests(chance.randint(1, 2 * CASES // (kills + 2)))
        process.send_signal(signal.SIGKILL)
        assert ended(process)[0] == -signal.SIGKILL

    outcome = repo.run(*COMMAND)

    assert (outcome.code, verdict_of(outcome), told(outcome)) == (0, GREEN, [])
    assert estimate(repo) == 0.8
    assert len(repo.runs()) == 1  # it went on with the same run
    assert recorded(repo) == len(stub.asked) == 2 * CASES
    assert stub.requests - 2 * CASES <= kills * IN_FLIGHT
    assert max(stub.asked.values()) <= 1 + kills
    before = stub.requests
    again = repo.run(*COMMAND)
    assert (again.code, again.out, stub.requests) == (0, outcome.out, before)


def test_ctrl_c_keeps_every_reply_that_arrived(repo: ProjectOnDisk, stub: ModelStub) -> None:
    """Exit 130 at once, in words; the same command asks only the rest."""
    process = start(repo, *COMMAND)
    stub.await_requests(40)
    begun = time.monotonic()
    os.kill(process.pid, signal.SIGINT)
    code, out, err = ended(process)
    took_s = time.monotonic() - begun

    (run,) = repo.runs()
    kept = len(last_run(repo))
    assert (code, out) == (130, "")
    assert err == (
        f"stopped: {kept} of {CASES} cases are kept in {run}; the same command goes on from there\n"
    )
    assert took_s < 2
    asked, arrived = stub.requests, recorded(repo)
    assert asked - arrived <= IN_FLIGHT
    assert arrived >= 2 * kept

    outcome = repo.run(*COMMAND)

    assert (outcome.code, verdict_of(outcome)) == (0, GREEN)
    assert (repo.runs(), estimate(repo)) == ([run], 0.8)
    assert stub.requests - asked == 2 * CASES - arrived


@pytest.mark.slow
def test_two_processes_share_one_file_of_recordings(repo: ProjectOnDisk, stub: ModelStub) -> None:
    """Neither waits, fails or loses a reply of the other; afterwards nothing need be asked."""
    both = [start(repo, *COMMAND) for _ in range(2)]
    printed = [ended(process) for process in both]

    assert [(code, out.splitlines()[-1]) for code, out, _ in printed] == [(0, GREEN)] * 2
    assert printed[0][1] == printed[1][1]
    assert recorded(repo) == len(stub.asked) == 2 * CASES
    assert max(stub.asked.values()) <= 2
    before = stub.requests
    assert repo.run(*COMMAND, "--offline").code == 0
    assert stub.requests == before


def test_a_full_disk_loses_nothing_that_was_paid_for(repo: ProjectOnDisk, stub: ModelStub) -> None:
    """Exit 4 and no verdict; nothing is asked that cannot be kept, and with room it goes on."""
    code, out, err = ended(start(repo, *COMMAND, file_bytes=60_000))

    assert (code, out) == (4, "")
    assert err.startswith("error: ")
    assert "Traceback" not in err
    asked, kept = stub.requests, recorded(repo)
    assert 0 < kept < 2 * CASES
    assert asked - kept <= IN_FLIGHT

    outcome = repo.run(*COMMAND)

    assert (outcome.code, verdict_of(outcome)) == (0, GREEN)
    assert estimate(repo) == 0.8
    # a reply that could not be recorded was used all the same, and stands in the run
    assert 2 * CASES - asked <= stub.requests - asked <= 2 * CASES - kept


def test_another_prompt_is_another_question(repo: ProjectOnDisk, stub: ModelStub) -> None:
    """Nothing that was said to the old one answers for the new one; the judge asks about it."""
    repo.run(*COMMAND)
    stub.bodies.clear()
    prompt = repo.read("candidates/new.yaml").replace("Reply", "Please reply")
    repo.write({"candidates/new.yaml": prompt})

    assert repo.run(*COMMAND).code == 0

    assert models_asked(stub) == {"m": CASES}  # the same answers to the same cases: judged before


def test_another_endpoint_is_asked_anew(repo: ProjectOnDisk, stub: ModelStub) -> None:
    """A model of the same name somewhere else is another model."""
    repo.run(*COMMAND)
    with ModelStub() as other:
        other.voice = stub.voice
        repo.write({"gates.yaml": gates(other, provider=PATIENT)})

        assert repo.run(*COMMAND).code == 0

        assert other.requests == 2 * CASES
