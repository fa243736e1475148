"""The SQLite file: opened by several processes at once, set aside when it is corrupt."""

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from evalgate.errors import Problem, ServiceFailed, UserMistake
from evalgate.sources.own_folder import make_folder

SCHEMA_VERSION = 1
PATIENCE_S = 30.0  # for another process that writes
_SCHEMA = """
CREATE TABLE IF NOT EXISTS replies (
    key TEXT PRIMARY KEY, endpoint TEXT NOT NULL, model TEXT NOT NULL,
    request TEXT NOT NULL, reply TEXT NOT NULL, crc INTEGER NOT NULL, stored_at REAL NOT NULL
)
"""
_CORRUPT = ("SQLITE_CORRUPT", "SQLITE_NOTADB")


class Database:
    """Gives connections to one file; `tell` takes the notice that it was set aside."""

    def __init__(self, path: Path, tell: Callable[[str], None]) -> None:
        self.path = path
        self._tell = tell
        self._lock = threading.Lock()

    def connect(self) -> sqlite3.Connection:
        """Open the file, made or healed where that is needed; ServiceFailed when it cannot be."""
        try:
            make_folder(self.path.parent)
            with self._lock, _alone(self.path):
                try:
                    return _opened(self.path)
                except sqlite3.DatabaseError as error:
                    if not is_corrupt(error):
                        raise
                    self._set_aside()
                    return _opened(self.path)
        except (OSError, sqlite3.Error) as error:
            raise failure(self.path, error) from error

    def reconnect(self, broken: sqlite3.Connection, inode: int) -> sqlite3.Connection:
        """Replace a connection whose file, known by its inode, turned out to be corrupt."""
        broken.close()
        try:
            with self._lock, _alone(self.path):
                if inode_of(self.path) == inode:  # else another process was here first
                    self._set_aside()
        except OSError as error:
            raise failure(self.path, error) from error
        return self.connect()

    def _set_aside(self) -> None:
        number = 1
        while (aside := self.path.with_name(f"{self.path.name}.corrupt-{number}")).exists():
            number += 1
        for ending in ("", "-wal", "-shm"):
            part = self.path.with_name(self.path.name + ending)
            if part.exists():
                part.replace(aside.with_name(aside.name + ending))
        self._tell(
            f"{self.path.name} is corrupt: it lies aside as {aside.name}, "
            "and what only it held is asked again"
        )


def is_corrupt(error: sqlite3.Error) -> bool:
    """True when the file's content is at fault, not the disk and not a lock."""
    return getattr(error, "sqlite_errorname", "").startswith(_CORRUPT)


def inode_of(path: Path) -> int:
    """What tells a file from another one that took its place; 0 without a file."""
    return path.stat().st_ino if path.exists() else 0


def failure(path: Path, error: Exception) -> ServiceFailed:
    """Say that the recordings cannot be read or written."""
    return ServiceFailed(f"{path}: replies cannot be recorded: {error}")


def _opened(path: Path) -> sqlite3.Connection:
    link = sqlite3.connect(path, timeout=PATIENCE_S, isolation_level=None, check_same_thread=False)
    try:
        # a text that was damaged is read all the same, and not believed: it is one reply's end, not
        # that of every command that meets it
        link.text_factory = _text
        # a commit reaches the operating system, which outlives a killed process; the disk is
        # waited for at checkpoints only: a power cut may cost the last moments, never the file
        link.execute("PRAGMA journal_mode = WAL")
        link.execute("PRAGMA synchronous = NORMAL")
        _lay_out(link, path)
        link.execute("SELECT key, crc FROM replies LIMIT 1").fetchone()
    except BaseException:
        link.close()
        raise
    return link


def _text(stored: bytes) -> str:
    return stored.decode("utf-8", "replace")


def _lay_out(link: sqlite3.Connection, path: Path) -> None:
    version = link.execute("PRAGMA user_version").fetchone()[0]
    if version == 0:
        link.execute(_SCHEMA)
        link.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    elif version != SCHEMA_VERSION:
        remedy = "use that evalgate, or move the file away"
        fault = "was written by another version of evalgate"
        raise UserMistake(Problem(fault, path=str(path), remedy=remedy))


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Keep other processes from opening or moving the file meanwhile, where the system can."""
    try:
        import fcntl
    except ImportError:  # Windows, where a file that is open cannot be moved anyway
        yield
        return
    handle = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
