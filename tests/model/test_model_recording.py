"""The client and its recordings: what was paid for is not asked again."""

import asyncio
import os
import random
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from evalgate.domain.chat import ChatReply, ModelFailed
from evalgate.errors import ServiceFailed
from evalgate.recordings.store import Recordings
from model_asking import SECRET, ask, ask_one, client_of, question
from model_stub import ModelStub

TESTS = Path(__file__).parents[1]


def test_a_second_run_asks_nothing(stub: ModelStub, tmp_path: Path) -> None:
    """The same replies, marked as paid for before."""
    questions = [question(f"q {n}", temperature=0) for n in range(20)]
    with_recordings = Recordings(tmp_path / "r.db")
    first = ask(client_of(stub, with_recordings), *questions)
    with_recordings.close()
    client = client_of(stub, Recordings(tmp_path / "r.db"))

    second = ask(client, *questions)

    assert stub.requests == 20
    assert [r.text for r in first if isinstance(r, ChatReply)] == [
        r.text for r in second if isinstance(r, ChatReply) and r.recorded
    ]
    assert (client.spending.calls, client.spending.recorded_share) == (0, 1.0)


def test_all_that_determines_a_reply_is_in_its_key(stub: ModelStub, tmp_path: Path) -> None:
    """Another parameter, trial, attempt or model is another question."""
    base = question("q")
    others = [
        base.model_copy(update=change)
        for change in (
            {"parameters": {"seed": 1}},
            {"trial": 1},
            {"attempt": 1},
            {"model": "stub:/other"},
        )
    ]

    ask(client_of(stub, Recordings(tmp_path / "r.db")), base, *others)

    assert stub.requests == 5


def test_errors_are_never_recorded(stub: ModelStub, tmp_path: Path) -> None:
    """What failed is asked again by the next run."""
    recordings = Recordings(tmp_path / "r.db")
    kinds = ("500", "429", "400", "too_long", "no_choices", "not_json", "cut")

    ask(client_of(stub, recordings), *(question(f"fault={kind}") for kind in kinds))

    assert recordings.stats().replies == 0
    recordings.close()


def test_offline_names_what_is_missing(stub: ModelStub, tmp_path: Path) -> None:
    """What is recorded is answered, the rest is not asked."""
    recordings = Recordings(tmp_path / "r.db")
    ask(client_of(stub, recordings), question("known"))

    known, unknown = ask(
        client_of(stub, recordings, offline=True), question("known"), question("unknown")
    )

    assert isinstance(known, ChatReply)
    assert isinstance(unknown, ModelFailed)
    assert (unknown.cause, stub.requests) == ("not_recorded", 1)
    recordings.close()


def test_offline_needs_no_key(stub: ModelStub, tmp_path: Path) -> None:
    """A pull request from a fork has none."""
    recordings = Recordings(tmp_path / "r.db")
    ask(client_of(stub, recordings), question("known"))

    reply = ask_one(client_of(stub, recordings, offline=True, keys={}), question("known"))

    assert isinstance(reply, ChatReply)
    recordings.close()


def test_asking_afresh_replaces_what_was_recorded(stub: ModelStub, tmp_path: Path) -> None:
    """The new reply is the one that is kept."""
    recordings = Recordings(tmp_path / "r.db")
    ask(client_of(stub, recordings), question("q"))

    reply = ask_one(client_of(stub, recordings, fresh=True), question("q"))

    assert isinstance(reply, ChatReply)
    assert (reply.recorded, stub.requests, recordings.stats().replies) == (False, 2, 1)
    recordings.close()


def test_recorded_replies_come_even_when_the_budget_is_spent(
    stub: ModelStub, tmp_path: Path
) -> None:
    """They cost nothing."""
    from evalgate.domain.provider import Budget

    recordings = Recordings(tmp_path / "r.db")
    ask(client_of(stub, recordings), question("q"))
    client = client_of(stub, recordings, budget=Budget(max_minutes=1e-9))
    client.spending.usd = 1.0

    assert isinstance(ask_one(client, question("q")), ChatReply)
    recordings.close()


def test_the_key_is_nowhere_in_the_file(stub: ModelStub, tmp_path: Path) -> None:
    """Neither the database nor its log holds it."""
    recordings = Recordings(tmp_path / "r.db")
    ask(client_of(stub, recordings), *(question(f"q {n}") for n in range(5)))

    written = b"".join(file.read_bytes() for file in tmp_path.iterdir())

    recordings.close()
    assert b"q 4" in written
    assert SECRET.encode() not in written
    assert b"authorization" not in written.lower()


FULL_DISK = """
import asyncio, resource, signal, sys
from pathlib import Path
from evalgate.errors import ServiceFailed
from evalgate.recordings.store import Recordings
from model_asking import client_of, question

class Stub:
    base_url = sys.argv[1]

async def main():
    recordings = Recordings(Path(sys.argv[2]))
    client = client_of(Stub, recordings)
    async with client:
        await client.complete(question("first"))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))
        reply = await client.complete(question("say=" + "long " * 20_000))
        print(len(reply.text), type(client.unrecorded).__name__)
        try:
            await client.complete(question("third"))
        except ServiceFailed as failed:
            print("stopped:", failed)

asyncio.run(main())
"""


def python(code: str, *arguments: str) -> subprocess.Popen[str]:
    """Start a process that sees the tests' own modules."""
    path = os.pathsep.join([str(TESTS), *sys.path])
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        env={**os.environ, "PYTHONPATH": path},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_full_disk_stops_the_run_after_the_reply_is_used(stub: ModelStub, tmp_path: Path) -> None:
    """What was paid for is handed on; the next question is not asked."""
    with python(FULL_DISK, stub.base_url, str(tmp_path / "r.db")) as process:
        out, err = process.communicate(timeout=60)

    assert err == ""
    assert out.startswith("100000 ServiceFailed\nstopped: ")
    assert stub.requests == 2


RECORDING = """
import asyncio, os, sys
from pathlib import Path
import pyreqwest.client
from evalgate.recordings.store import Recordings
from model_asking import client_of, question

class Stub:
    base_url = sys.argv[1]

async def main():
    recordings = Recordings(Path(sys.argv[2]))
    questions = [question(f"q {n}") for n in range(int(sys.argv[3]))]
    async with client_of(Stub, recordings, max_in_flight=8) as client:
        await asyncio.gather(*(client.complete(each) for each in questions))
    recordings.close()

for line in sys.stdin:  # each line is one run, in a process of its own
    if (child := os.fork()) == 0:
        asyncio.run(main())
        os._exit(0)
    print(child, flush=True)
    print(os.waitpid(child, 0)[1], flush=True)
"""


@pytest.mark.slow
def test_a_killed_process_repeats_at_most_what_was_in_flight(
    stub: ModelStub, tmp_path: Path
) -> None:
    """Killed at twenty random moments, it gets all done; the endpoint counts."""
    chance, total = random.Random(7), 400
    stub.latency_s = 0.01
    with python(RECORDING, stub.base_url, str(tmp_path / "r.db"), str(total)) as runs:
        assert runs.stdin is not None
        assert runs.stdout is not None
        for _ in range(20):
            started = len(stub.asked)
            runs.stdin.write("\n")
            runs.stdin.flush()
            child = int(runs.stdout.readline())
            stub.await_requests(chance.randint(9, 20))
            os.kill(child, signal.SIGKILL)
            assert int(runs.stdout.readline()) == signal.SIGKILL
            assert len(stub.asked) >= started  # a round may be all repeats
        runs.stdin.write("\n")
        _, err = runs.communicate(timeout=60)

    assert err == ""
    repeated = stub.requests - total
    assert len(stub.asked) == total
    assert 0 < repeated <= 8 * 20
    recordings = Recordings(tmp_path / "r.db")
    assert recordings.stats().replies == total
    recordings.close()


def test_the_next_question_goes_out_when_the_last_reply_is_kept(
    stub: ModelStub, tmp_path: Path
) -> None:
    """While another process holds the file a reply waits in its slot, and nobody else gets it."""
    recordings = Recordings(tmp_path / "r.db")
    client = client_of(stub, recordings, max_in_flight=1)

    async def both() -> None:
        async with client:
            assert recordings.get("nothing") is None  # the file is made
            other = sqlite3.connect(tmp_path / "r.db", isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
            asking = [asyncio.create_task(client.complete(question(f"q {n}"))) for n in range(2)]
            while not client.spending.output_tokens:  # noqa: ASYNC110 - the first reply is read
                await asyncio.sleep(0)
            for _ in range(100):
                await asyncio.sleep(0)
            assert (client.spending.in_flight, stub.requests) == (0, 1)
            other.execute("ROLLBACK")
            other.close()
            await asyncio.gather(*asking)

    asyncio.run(both())

    assert (stub.requests, recordings.stats().replies) == (2, 2)
    recordings.close()


@pytest.mark.slow
def test_two_processes_share_one_file(stub: ModelStub, tmp_path: Path) -> None:
    """Both write at once, nothing is lost and nothing fails."""
    path = str(tmp_path / "r.db")
    processes = [python(RECORDING, stub.base_url, path, "200") for _ in range(2)]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    for process in processes:
        with process:
            out, err = process.communicate(timeout=60)
            assert (out.split()[1], err) == ("0", "")

    recordings = Recordings(tmp_path / "r.db")
    assert recordings.stats().replies == 200
    recordings.close()


def test_a_stopped_run_keeps_every_reply_that_arrived(stub: ModelStub, tmp_path: Path) -> None:
    """Ctrl-C cancels the tasks; what came in before is there."""
    recordings = Recordings(tmp_path / "r.db")

    async def stopped() -> None:
        client = client_of(stub, recordings)
        async with client:
            await client.complete(question("arrived"))
            stub.held.set()
            task = asyncio.create_task(client.complete(question("on its way")))
            while not stub.in_flight:  # noqa: ASYNC110 - it is counted in another thread
                await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(stopped())
    recordings.close()

    assert Recordings(tmp_path / "r.db").stats().replies == 1


@pytest.mark.parametrize("fresh", [False, True])
def test_a_file_that_cannot_be_made_is_a_failed_service(
    stub: ModelStub, tmp_path: Path, fresh: bool
) -> None:
    """Nothing is asked that could not be kept."""
    (tmp_path / "file").write_text("")

    with pytest.raises(ServiceFailed, match="replies cannot be recorded"):
        ask(client_of(stub, Recordings(tmp_path / "file" / "r.db"), fresh=fresh), question("q"))

    assert stub.requests == 0
