"""Replies by content key: looked up, kept the moment they arrive, counted, pruned, carried."""

import contextlib
import datetime as dt
import sqlite3
import sys
import threading
import time
import zlib
from collections import Counter
from collections.abc import Callable, Collection
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from evalgate.domain.chat import ChatReply, ChatRequest
from evalgate.domain.recorded import RecordingStats
from evalgate.recordings.database import Database, failure, inode_of, is_corrupt
from evalgate.recordings.lines import Exported, Imported, line_of, read_lines
from evalgate.recordings.rows import ALL, recordings_of, reply_of
from evalgate.recordings.writing import INSERT, Row, Writer
from evalgate.sources.atomic import written_whole

ONE = "SELECT reply, crc FROM replies WHERE key = ?"


def _say(notice: str) -> None:
    sys.stderr.write(f"{notice}\n")


class Recordings:
    """The file at `path`, made when it is first needed; several threads and processes may use it.

    `tell` takes one line when a corrupt file was set aside, from whichever thread noticed.
    """

    def __init__(self, path: Path, tell: Callable[[str], None] = _say) -> None:
        self._database = Database(path, tell)
        self._writer = Writer(self._database)
        self._link: sqlite3.Connection | None = None
        self._inode = 0
        self._lock = threading.Lock()

    def get(self, key: str) -> ChatReply | None:
        """Look up what was said before; a reply that was damaged on the disk is not known."""
        found = self._fetch(ONE, key)
        if not found:
            return None
        reply = reply_of(*found[0])
        return reply.model_copy(update={"recorded": True}) if reply is not None else None

    def put(self, key: str, request: ChatRequest, endpoint: str, reply: ChatReply) -> Future[None]:
        """Keep a reply; done when it survives the end of this process, or with ServiceFailed."""
        return self._writer.put(_row(key, request, endpoint, reply))

    async def keep(self, key: str, request: ChatRequest, endpoint: str, reply: ChatReply) -> None:
        """Keep a reply as `put` does, and return when it survives the end of this process."""
        await self._writer.put_from_loop(_row(key, request, endpoint, reply))

    def stats(self) -> RecordingStats:
        """Count what is kept."""
        damaged = 0
        models: Counter[str] = Counter()
        times: list[float] = []
        cost_usd = 0.0
        for found in recordings_of(self._fetch(ALL)):
            if found is None:
                damaged += 1
                continue
            models[found.request.model] += 1
            times.append(found.stored)
            cost_usd += found.reply.cost_usd or 0.0
        files = (self._path.with_name(self._path.name + end) for end in ("", "-wal"))
        return RecordingStats(
            replies=len(times),
            size_bytes=sum(file.stat().st_size for file in files if file.exists()),
            oldest=min(times, default=None),
            newest=max(times, default=None),
            cost_usd=cost_usd,
            by_model=dict(sorted(models.items())),
            damaged=damaged,
        )

    def prune(self, *, newer_than: dt.datetime | None = None, keep: Collection[str] = ()) -> int:
        """Drop every reply that is neither newer nor among the keys; return how many."""
        since = newer_than.timestamp() if newer_than is not None else float("inf")
        with self._lock:
            link = self._connected()
            try:
                link.execute("CREATE TEMP TABLE IF NOT EXISTS kept (key TEXT PRIMARY KEY)")
                link.execute("DELETE FROM kept")
                link.executemany("INSERT OR IGNORE INTO kept VALUES (?)", [(key,) for key in keep])
                dropped = link.execute(
                    "DELETE FROM replies WHERE stored_at < ? AND key NOT IN (SELECT key FROM kept)",
                    (since,),
                ).rowcount
                with contextlib.suppress(sqlite3.OperationalError):  # another process reads
                    link.execute("VACUUM")
            except sqlite3.Error as error:
                raise failure(self._path, error) from error
        return dropped

    def export(self, path: Path) -> Exported:
        """Write all sound replies as JSON lines, in the order of their keys."""
        written = damaged = 0
        with self._lock, written_whole(path) as file:
            try:
                for found in recordings_of(self._connected().execute(ALL)):
                    if found is None:
                        damaged += 1
                        continue
                    file.write(line_of(found))
                    written += 1
            except sqlite3.Error as error:
                raise failure(self._path, error) from error
        return Exported(written=written, damaged=damaged)

    def import_(self, path: Path, shown_as: str) -> Imported:
        """Take in what `export` wrote; what is known already stays as it is.

        Raises UserMistake with all faults of the file, and then takes in nothing.
        """
        rows: list[Row] = [
            _row(line.key, line.request, line.endpoint, line.reply, line.stored)
            for line in read_lines(path, shown_as)
        ]
        with self._lock:
            link = self._connected()
            try:
                link.execute("BEGIN IMMEDIATE")
                new = {row[0]: row for row in rows if _known(link, row[0]) is None}
                link.executemany(INSERT, new.values())  # in the place of what was damaged
                link.execute("COMMIT")
            except sqlite3.Error as error:
                if link.in_transaction:
                    link.execute("ROLLBACK")
                raise failure(self._path, error) from error
        return Imported(added=len(new), known=len(rows) - len(new))

    def close(self) -> None:
        """Commit what was put; the file is opened again when it is needed again."""
        self._writer.close()
        with self._lock:
            if self._link is not None:
                self._link.close()
                self._link = None

    @property
    def _path(self) -> Path:
        return self._database.path

    def _connected(self) -> sqlite3.Connection:
        if self._link is None:
            self._link = self._database.connect()
            self._inode = inode_of(self._path)
        return self._link

    def _fetch(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        with self._lock:
            try:
                return self._connected().execute(query, values).fetchall()
            except sqlite3.Error as error:
                if not is_corrupt(error) or self._link is None:
                    raise failure(self._path, error) from error
                self._link = self._database.reconnect(self._link, self._inode)
                self._inode = inode_of(self._path)
                return []


def _known(link: sqlite3.Connection, key: str) -> ChatReply | None:
    found = link.execute(ONE, (key,)).fetchone()
    return reply_of(*found) if found is not None else None


def _row(
    key: str, request: ChatRequest, endpoint: str, reply: ChatReply, stored: float | None = None
) -> Row:
    if reply.recorded:
        reply = reply.model_copy(update={"recorded": False})
    written = reply.model_dump_json(exclude_defaults=True)
    asked = request.model_dump_json(exclude_defaults=True)
    at = time.time() if stored is None else stored
    return (key, endpoint, request.model, asked, written, zlib.crc32(written.encode()), at)
