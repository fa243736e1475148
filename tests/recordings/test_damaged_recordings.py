"""Rows and lines that changed since they were written: not believed, and no end of anything."""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evalgate.domain.chat import ChatReply, ChatRequest
from evalgate.domain.message import Message
from evalgate.errors import UserMistake
from evalgate.recordings.keys import recording_key
from evalgate.recordings.lines import Exported
from evalgate.recordings.store import Recordings
from evalgate.sources.digests import digest_of_json

ENDPOINT = "http://127.0.0.1/v1"


def request(text: str) -> ChatRequest:
    """One user message."""
    return ChatRequest(model="p:/m", messages=(Message(role="user", content=text),))


def put(recordings: Recordings, text: str, said: str = "yes") -> str:
    """Record a reply and return its key."""
    asked = request(text)
    key = recording_key(ENDPOINT, asked)
    recordings.put(key, asked, ENDPOINT, ChatReply(text=said, cost_usd=0.25)).result(10)
    return key


DAMAGE = {
    "a reply that is not UTF-8": "reply = CAST(X'7B2274C328FF' AS TEXT)",
    "a reply that is bytes": "reply = CAST(reply AS BLOB)",
    "a reply that is no JSON": "reply = '{'",
    "a flipped letter": "reply = replace(reply, 'yes', 'yep')",
    "a checksum that is no number": "crc = 'x'",
}
ELSEWHERE = {
    "a question that is not UTF-8": "request = CAST(X'C328FF' AS TEXT)",
    "another question": "request = replace(request, 'broken', 'another')",
    "another endpoint": "endpoint = 'http://elsewhere'",
    "a time that is none": "stored_at = 'soon'",
    "a time that is no date": "stored_at = 1e300",
    "a model that is not UTF-8, and a flipped letter": (
        "model = CAST(X'FF' AS TEXT), reply = replace(reply, 'yes', 'yep')"
    ),
}


def damage(path: Path, how: str) -> None:
    """Change the row of the question that is called broken."""
    link = sqlite3.connect(path)
    with link:
        changed = link.execute(f"UPDATE replies SET {how} WHERE request LIKE '%broken%'")
        assert changed.rowcount == 1
    link.close()


@pytest.mark.parametrize("how", DAMAGE)
def test_a_damaged_reply_is_asked_again_and_overwritten(tmp_path: Path, how: str) -> None:
    """It is not known, stops nobody, and a new one takes its place."""
    recordings = Recordings(tmp_path / "r.db")
    sound, broken = put(recordings, "sound"), put(recordings, "broken")
    damage(tmp_path / "r.db", DAMAGE[how])

    assert recordings.get(broken) is None
    assert recordings.get(sound) is not None
    put(recordings, "broken", "again")

    found = recordings.get(broken)
    assert found is not None
    assert found.text == "again"
    recordings.close()


@pytest.mark.parametrize("how", [*DAMAGE, *ELSEWHERE])
def test_a_damaged_row_is_counted_and_not_carried(tmp_path: Path, how: str) -> None:
    """Statistics and exports say how many they passed over; an import replaces them."""
    recordings = Recordings(tmp_path / "r.db")
    put(recordings, "broken")
    recordings.export(tmp_path / "whole.jsonl")
    put(recordings, "sound")
    damage(tmp_path / "r.db", {**DAMAGE, **ELSEWHERE}[how])

    stats = recordings.stats()
    assert (stats.replies, stats.damaged, stats.cost_usd) == (1, 1, 0.25)
    assert stats.by_model == {"p:/m": 1}
    assert recordings.export(tmp_path / "a.jsonl") == Exported(written=1, damaged=1)
    assert b"broken" not in (tmp_path / "a.jsonl").read_bytes()
    if how in DAMAGE:
        assert recordings.import_(tmp_path / "whole.jsonl", "whole.jsonl").added == 1
        assert recordings.stats().damaged == 0
    recordings.close()


def test_a_damaged_key_keeps_no_file_closed(tmp_path: Path) -> None:
    """The first thing that is read of it is a key."""
    recordings = Recordings(tmp_path / "r.db")
    put(recordings, "broken")
    damage(tmp_path / "r.db", "key = CAST(X'C328FF' AS TEXT)")
    recordings.close()

    assert recordings.get("k") is None
    assert recordings.stats().damaged == 1
    recordings.close()


def sealed(line: dict[str, Any]) -> dict[str, Any]:
    """Write the digest anew, as anybody can."""
    content = {name: value for name, value in line.items() if name != "digest"}
    return {**content, "digest": digest_of_json(content)}


def edit(line: dict[str, Any], **reply: Any) -> dict[str, Any]:
    """Change the reply of a line."""
    return {**line, "reply": {**line["reply"], **reply}}


Line = dict[str, Any]
EDITED: dict[str, tuple[Callable[[Line], list[Line]], str]] = {
    "a reply": (lambda line: [edit(line, text="no")], "digest: is not the digest"),
    "a cost": (lambda line: [edit(line, cost_usd=0.0)], "digest: is not the digest"),
    "a time": (lambda line: [{**line, "stored": 1.0}], "digest: is not the digest"),
    "no digest": (
        lambda line: [{name: value for name, value in line.items() if name != "digest"}],
        "digest",
    ),
    "an endpoint under a new digest": (
        lambda line: [sealed({**line, "endpoint": "http://elsewhere"})],
        "key: is not the digest",
    ),
    "two replies to one question": (
        lambda line: [line, sealed(edit(line, text="no"))],
        "reply: is another one than that of line 1",
    ),
    "an empty reply": (lambda line: [sealed(edit(line, text=" "))], "reply: is empty"),
    "a time beyond all dates": (lambda line: [sealed({**line, "stored": 1e300})], "stored"),
}


@pytest.mark.parametrize("what", EDITED)
def test_a_line_that_was_edited_is_refused(tmp_path: Path, what: str) -> None:
    """With its place, and nothing of the file is taken in."""
    here, there = Recordings(tmp_path / "a.db"), Recordings(tmp_path / "b.db")
    put(here, "q")
    here.export(tmp_path / "a.jsonl")
    change, fault = EDITED[what]
    lines = change(json.loads((tmp_path / "a.jsonl").read_text()))
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))

    with pytest.raises(UserMistake) as refused:
        there.import_(tmp_path / "a.jsonl", "a.jsonl")

    assert fault in str(refused.value)
    assert f"a.jsonl:{len(lines)}" in str(refused.value)
    assert there.stats().replies == 0
    here.close()
    there.close()


def test_a_line_may_be_written_another_way(tmp_path: Path) -> None:
    """Spaces and the order of names mean nothing, and the same line twice is one."""
    here, there = Recordings(tmp_path / "a.db"), Recordings(tmp_path / "b.db")
    key = put(here, "q \u2028 ü")
    here.export(tmp_path / "a.jsonl")
    line = json.loads((tmp_path / "a.jsonl").read_text())
    turned = json.dumps(dict(reversed(line.items())), indent=None, separators=(" , ", " : "))
    (tmp_path / "a.jsonl").write_text(f"{turned}\n{turned}\n")

    taken = there.import_(tmp_path / "a.jsonl", "a.jsonl")

    assert (taken.added, there.get(key)) == (1, here.get(key))
    here.close()
    there.close()
