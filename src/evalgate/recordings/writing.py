"""One thread that commits replies, as many at once as have arrived since the last commit."""

import queue
import sqlite3
import threading
from concurrent.futures import Future
from dataclasses import dataclass, field

from evalgate.recordings.database import Database, failure, inode_of, is_corrupt

Row = tuple[str, str, str, str, str, int, float]
MOST_AT_ONCE = 500
INSERT = "INSERT OR REPLACE INTO replies VALUES (?, ?, ?, ?, ?, ?, ?)"


@dataclass(frozen=True, slots=True)
class _Put:
    row: Row
    done: Future[None] = field(default_factory=Future)


class Writer:
    """Takes rows from any thread; a row's future is done when the row is committed."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._queue: queue.SimpleQueue[_Put | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def put(self, row: Row) -> Future[None]:
        """Hand in a row; the future carries ServiceFailed when it could not be kept."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._run, name="evalgate-recordings", daemon=True
                )
                self._thread.start()
            put = _Put(row)
            put.done.set_running_or_notify_cancel()  # a reply is kept even if nobody waits for it
            self._queue.put(put)
        return put.done

    def close(self) -> None:
        """Commit what was handed in, then end the thread; a later put starts another."""
        with self._lock:
            thread, self._thread = self._thread, None
            if thread is not None:
                self._queue.put(None)
                thread.join()

    def _run(self) -> None:
        link: sqlite3.Connection | None = None
        while (first := self._queue.get()) is not None:
            batch, ended = [first], False
            while len(batch) < MOST_AT_ONCE and not ended:
                try:
                    following = self._queue.get_nowait()
                except queue.Empty:
                    break
                ended = following is None
                if following is not None:
                    batch.append(following)
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
            for put in batch:
                put.done.set_exception(error)
        else:
            for put in batch:
                put.done.set_result(None)
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
    try:
        link.execute("BEGIN IMMEDIATE")
        link.executemany(INSERT, rows)
        link.execute("COMMIT")
    except sqlite3.Error:
        if link.in_transaction:
            link.execute("ROLLBACK")
        raise
