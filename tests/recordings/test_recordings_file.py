"""The recordings file: what is put is there, damage costs what it hit, and it can be carried."""

import asyncio
import datetime as dt
import json
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.domain.answer import ToolCall, Usage
from evalgate.domain.chat import ChatReply, ChatRequest
from evalgate.domain.message import Message
from evalgate.errors import UserMistake
from evalgate.recordings.keys import recording_key
from evalgate.recordings.lines import Exported
from evalgate.recordings.store import Recordings

ENDPOINT = "http://127.0.0.1/v1"
REPLY = ChatReply(
    text="yes ü\u2028",
    tool_calls=(ToolCall(name="f", arguments={"a": [1, None]}),),
    truncated=True,
    usage=Usage(input_tokens=3, output_tokens=1),
    latency_s=0.5,
    cost_usd=0.25,
)


def request(text: str, **parameters: float) -> ChatRequest:
    """One user message."""
    return ChatRequest(
        model="p:/m", messages=(Message(role="user", content=text),), parameters=dict(parameters)
    )


def put(recordings: Recordings, text: str, reply: ChatReply = REPLY) -> str:
    """Record a reply and wait until it is kept; return its key."""
    asked = request(text)
    key = recording_key(ENDPOINT, asked)
    recordings.put(key, asked, ENDPOINT, reply).result(10)
    return key


def test_what_is_put_is_there_for_everybody(tmp_path: Path) -> None:
    """Also for another process's connection, and marked as recorded."""
    one, other = Recordings(tmp_path / "a" / "r.db"), Recordings(tmp_path / "a" / "r.db")
    key = put(one, "q")

    assert other.get(key) == REPLY.model_copy(update={"recorded": True})
    assert other.get("sha256:0") is None
    one.close()
    other.close()


def test_a_reply_that_was_recorded_is_put_as_one_that_was_not(tmp_path: Path) -> None:
    """Whether it was looked up is no part of what was said."""
    recordings = Recordings(tmp_path / "r.db")
    key = put(recordings, "q", REPLY.model_copy(update={"recorded": True}))

    recordings.export(tmp_path / "out.jsonl")

    assert recordings.get(key) is not None
    assert "recorded" not in json.loads((tmp_path / "out.jsonl").read_text())["reply"]
    recordings.close()


@given(text=st.text(), other=st.text(), seed=st.integers(), endpoint=st.sampled_from(["a", "b"]))
def test_a_key_is_the_same_for_the_same_question_alone(
    text: str, other: str, seed: int, endpoint: str
) -> None:
    """Text, parameters and endpoint tell keys apart."""
    key = recording_key("a", request(text, seed=1))

    same = (text, seed, endpoint) == (other, 1, "a")
    assert (key == recording_key(endpoint, request(other, seed=seed))) == same


def test_a_thousand_replies_a_second_are_no_burden(tmp_path: Path) -> None:
    """Committed together: far below a millisecond each, on a slow machine too."""
    recordings = Recordings(tmp_path / "r.db")
    asked = [(recording_key(ENDPOINT, each), each) for each in map(request, map(str, range(2000)))]
    begun = time.perf_counter()
    waiting = [recordings.put(key, each, ENDPOINT, REPLY) for key, each in asked]
    for each in waiting:
        each.result(10)
    taken = time.perf_counter() - begun

    assert recordings.stats().replies == 2000
    assert taken / 2000 < 0.001
    recordings.close()


def test_many_threads_put_and_look_up(tmp_path: Path) -> None:
    """One object, eight threads."""
    recordings = Recordings(tmp_path / "r.db")
    lost: list[str] = []

    def work(thread: int) -> None:
        for number in range(50):
            key = put(recordings, f"{thread} {number}")
            if recordings.get(key) is None:
                lost.append(key)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (lost, recordings.stats().replies) == ([], 400)
    recordings.close()


@pytest.mark.parametrize(
    "content",
    [b"not a database at all, though long enough to be one" * 40, b"SQLite format 3\0 no"],
)
def test_a_file_that_is_no_database_is_set_aside(tmp_path: Path, content: bytes) -> None:
    """It is said, the file is kept, and the work goes on."""
    path, notices = tmp_path / "recordings.db", list[str]()
    path.write_bytes(content)
    recordings = Recordings(path, notices.append)

    assert recordings.get("k") is None
    key = put(recordings, "q")

    assert recordings.get(key) is not None
    assert (tmp_path / "recordings.db.corrupt-1").read_bytes() == content
    assert len(notices) == 1
    assert "recordings.db.corrupt-1" in notices[0]
    recordings.close()


def test_damage_in_the_middle_costs_at_most_the_files_content(tmp_path: Path) -> None:
    """Found while reading or writing, not only when the file is opened."""
    path, notices = tmp_path / "recordings.db", list[str]()
    first = Recordings(path, notices.append)
    keys = [put(first, f"q{n} " + "word " * 200) for n in range(200)]
    first.close()
    content = bytearray(path.read_bytes())
    content[4096 * 3 : -4096] = b"\xa5" * (len(content) - 4096 * 4)
    path.write_bytes(content)

    recordings = Recordings(path, notices.append)
    found = [recordings.get(key) for key in keys]
    again = [put(recordings, f"q{n} " + "word " * 200) for n in range(200)]

    assert all(reply in (None, REPLY.model_copy(update={"recorded": True})) for reply in found)
    assert all(recordings.get(key) is not None for key in again)
    assert len(notices) == 1
    recordings.close()


def test_a_reply_that_changed_on_the_disk_is_not_believed(tmp_path: Path) -> None:
    """A flipped letter is no reply."""
    recordings = Recordings(tmp_path / "r.db")
    key = put(recordings, "q")
    recordings.close()
    with sqlite3.connect(tmp_path / "r.db") as link:
        link.execute("UPDATE replies SET reply = replace(reply, 'yes', 'yep')")
    link.close()

    assert recordings.get(key) is None
    put(recordings, "q")
    assert recordings.get(key) is not None
    recordings.close()


def test_a_file_of_another_version_is_a_mistake(tmp_path: Path) -> None:
    """A newer evalgate's recordings are not thrown away by an older one."""
    with sqlite3.connect(tmp_path / "r.db") as link:
        link.execute("PRAGMA user_version = 99")
    link.close()

    with pytest.raises(UserMistake, match="another version of evalgate"):
        Recordings(tmp_path / "r.db").get("k")


def test_recordings_are_carried_as_lines(tmp_path: Path) -> None:
    """Export, import elsewhere, export again: the same bytes."""
    here, there = Recordings(tmp_path / "a.db"), Recordings(tmp_path / "b.db")
    keys = [put(here, f"q{n}") for n in range(5)]
    put(there, "q0", ChatReply(text="mine"))

    assert here.export(tmp_path / "a.jsonl") == Exported(written=5, damaged=0)
    brought = there.import_(tmp_path / "a.jsonl", "a.jsonl")

    assert (brought.added, brought.known) == (4, 1)
    kept = there.get(keys[0])
    assert kept is not None
    assert kept.text == "mine"
    assert there.get(keys[1]) == REPLY.model_copy(update={"recorded": True})
    fresh = Recordings(tmp_path / "c.db")
    fresh.import_(tmp_path / "a.jsonl", "a.jsonl")
    fresh.export(tmp_path / "c.jsonl")
    assert (tmp_path / "c.jsonl").read_bytes() == (tmp_path / "a.jsonl").read_bytes()
    for each in (here, there, fresh):
        each.close()


def test_lines_that_were_edited_are_refused_together(tmp_path: Path) -> None:
    """All faults with their lines, and nothing is taken in."""
    recordings = Recordings(tmp_path / "a.db")
    for n in range(3):
        put(recordings, f"q{n}")
    recordings.export(tmp_path / "a.jsonl")
    lines = (tmp_path / "a.jsonl").read_text().strip().split("\n")
    lines[0] = lines[0].replace('"content":"q', '"content":"Q')
    lines[1] = lines[1].replace('"endpoint"', '"endpiont"')
    (tmp_path / "a.jsonl").write_text("\n".join([*lines, "{"]))
    other = Recordings(tmp_path / "b.db")

    with pytest.raises(UserMistake) as refused:
        other.import_(tmp_path / "a.jsonl", "a.jsonl")

    assert sorted({problem.line for problem in refused.value.problems}) == [1, 2, 4]
    assert other.stats().replies == 0
    recordings.close()
    other.close()


def test_statistics_say_what_is_there(tmp_path: Path) -> None:
    """How many replies, of which models, how large, what they cost."""
    recordings = Recordings(tmp_path / "r.db")
    assert recordings.stats().replies == 0
    put(recordings, "a")
    put(recordings, "b")

    stats = recordings.stats()

    assert (stats.replies, stats.cost_usd, stats.by_model) == (2, 0.5, {"p:/m": 2})
    assert stats.size_bytes > 0
    assert stats.oldest is not None
    assert stats.newest is not None
    recordings.close()


def test_pruning_keeps_what_is_newer_or_named(tmp_path: Path) -> None:
    """The rest is gone, from the disk too."""
    recordings = Recordings(tmp_path / "r.db")
    keys = [put(recordings, f"q{n}", ChatReply(text="long " * 1000)) for n in range(20)]
    long_ago, soon = (dt.datetime.fromtimestamp(at, dt.UTC) for at in (0, 4e9))

    assert recordings.prune(newer_than=long_ago) == 0
    assert recordings.prune(newer_than=soon, keep=keys[:1]) == 19
    assert recordings.get(keys[0]) is not None
    assert recordings.prune(keep=[]) == 1
    recordings.close()

    assert (tmp_path / "r.db").stat().st_size < 20_000


def test_replies_that_arrive_together_are_all_kept(tmp_path: Path) -> None:
    """More of them than one statement takes, and in two event loops at once."""
    recordings = Recordings(tmp_path / "r.db")

    async def together(name: str) -> None:
        asked = [request(f"{name} {n}") for n in range(1200)]
        keys = [recording_key(ENDPOINT, each) for each in asked]
        kept = (recordings.keep(*each, ENDPOINT, REPLY) for each in zip(keys, asked, strict=True))
        await asyncio.gather(*kept)

    with ThreadPoolExecutor(2) as threads:
        for done in [threads.submit(asyncio.run, together(name)) for name in "ab"]:
            done.result()

    assert recordings.stats().replies == 2400
    recordings.close()


def test_what_arrived_is_kept_when_its_event_loop_ends(tmp_path: Path) -> None:
    """Whoever waited for it was stopped before the thread was told."""
    recordings = Recordings(tmp_path / "r.db")
    loop = asyncio.new_event_loop()
    kept = loop.create_task(recordings.keep("k", request("q"), ENDPOINT, REPLY))
    loop.call_soon(loop.stop)
    loop.run_forever()
    assert not kept.done()
    kept.cancel()
    loop.run_until_complete(asyncio.wait([kept]))
    loop.close()
    recordings.close()

    assert recordings.get("k") == REPLY.model_copy(update={"recorded": True})
    recordings.close()
