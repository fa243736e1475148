"""One thread that commits replies, as many at once as have arrived since the last commit."""

import asyncio
import contextlib
import queue
import sqlite3
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import chain

from evalgate.recordings.database import Database, failure, inode_of, is_corrupt

Row = tuple[str, str, str, str, str, int, float]
MOST_AT_ONCE = 500  # rows; twice as many are still one statement for SQLite
INSERT = "INSERT OR REPLACE INTO replies VALUES (?, ?, ?, ?, ?, ?, ?)"


@dataclass(frozen=True, slots=True)
class _Put:
    row: Row
    done: Future[None] | asyncio.Future[None]


class Writer:
    """Takes rows from any thread; a row's future is done when the row is committed."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._queue: queue.SimpleQueue[Sequence[_Put] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._arrived: dict[asyncio.AbstractEventLoop, list[_Put]] = {}  # not handed in yet

    def put(self, row: Row) -> Future[None]:
        """Hand in a row; the future carries ServiceFailed when it could not be kept."""
        done: Future[None] = Future()
        done.set_running_or_notify_cancel()  # a reply is kept even if nobody waits for it
        self._hand_in(_Put(row, done))
        return done

    def put_from_loop(self, row: Row) -> asyncio.Future[None]:
        """Hand in a row; rows that arrive together wake the thread once, and it the event loop."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        with self._lock:
            together = self._arrived.setdefault(loop, [])
            together.append(_Put(row, done))
        if len(together) == 1:
            loop.call_soon(self._hand_in_together, loop)
        return done

    def close(self) -> None:
        """Commit what was handed in, then end the thread; a later put starts another."""
        for loop in list(self._arrived):
            self._hand_in_together(loop)
        with self._lock:
            thread, self._thread = self._thread, None
            if thread is not None:
                self._queue.put(None)
                thread.join()

    def _hand_in_together(self, loop: asyncio.AbstractEventLoop) -> None:
        with self._lock:
            together = self._arrived.pop(loop, [])
        for begin in range(0, len(together), MOST_AT_ONCE):
            self._hand_in(*together[begin : begin + MOST_AT_ONCE])

    def _hand_in(self, *puts: _Put) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._run, name="evalgate-recordings", daemon=True
                )
                self._thread.start()
            self._queue.put(puts)

    def _run(self) -> None:
        link: sqlite3.Connection | None = None
        while (first := self._queue.get()) is not None:
            batch, ended = [*first], False
            while len(batch) < MOST_AT_ONCE and not ended:
                try:
                    following = self._queue.get_nowait()
                except queue.Empty:
                    break
                ended = following is None
                batch += following or ()
            link = self._commit(link, batch)
            if ended:
                break
        if link is not None:
            link.close()

    def _commit(
        self, link: sqlite3.Connection | None, batch: list[_Put]
    ) -> sqlite3.Connection | None:
        try:
            link = link or self._database.connect()
            link = self._written(link, [put.row for put in batch])
        except Exception as error:  # noqa: BLE001 - each caller is told; the thread must go on
            _tell(batch, error)
        else:
            _tell(batch, None)
        return link

    def _written(self, link: sqlite3.Connection, rows: list[Row]) -> sqlite3.Connection:
        path = self._database.path
        inode = inode_of(path)
        try:
            _insert(link, rows)
        except sqlite3.Error as error:
            if not is_corrupt(error):
                raise failure(path, error) from error
            link = self._database.reconnect(link, inode)
            try:
                _insert(link, rows)
            except sqlite3.Error as again:
                raise failure(path, again) from again
        return link


def _insert(link: sqlite3.Connection, rows: list[Row]) -> None:
    # one statement is one transaction, and gives up the interpreter's lock once instead of for
    # every row: an event loop that is busy meanwhile is slow to hand it back
    more = ", (?, ?, ?, ?, ?, ?, ?)" * (len(rows) - 1)
    link.execute(INSERT + more, tuple(chain.from_iterable(rows)))


def _tell(batch: Sequence[_Put], error: Exception | None) -> None:
    """Say to all who wait what became of their rows."""
    loops: dict[asyncio.AbstractEventLoop, list[asyncio.Future[None]]] = {}
    for put in batch:
        if isinstance(put.done, asyncio.Future):
            loops.setdefault(put.done.get_loop(), []).append(put.done)
        else:
            _settle(put.done, error)
    for loop, waiting in loops.items():
        with contextlib.suppress(RuntimeError):  # the loop was closed: nobody waits any more
            loop.call_soon_threadsafe(_settle_all, waiting, error)


def _settle_all(waiting: Sequence[asyncio.Future[None]], error: Exception | None) -> None:
    for done in waiting:
        if not done.done():  # else whoever waited was cancelled; the reply is kept all the same
            _settle(done, error)


def _settle(done: Future[None] | asyncio.Future[None], error: Exception | None) -> None:
    if error is None:
        done.set_result(None)
    else:
        done.set_exception(error)
