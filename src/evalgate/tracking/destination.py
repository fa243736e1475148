"""Where MLflow keeps the runs, and whether it can at this moment."""

import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

from evalgate.domain.names import OWN_FOLDER
from evalgate.quoting import redacted_addresses
from evalgate.sources.own_folder import make_folder

DEFAULT_EXPERIMENT = "evalgate"
OPENING_WAIT_S = 60.0  # somebody else may be creating the tables, which takes seconds
PORTS = {"postgresql": 5432, "mysql": 3306, "mssql": 1433}


@dataclass(frozen=True, slots=True)
class Destination:
    """A tracking server or database, an experiment in it, and where artifacts go.

    `artifacts` is for a database; a server decides that itself.
    """

    uri: str
    experiment: str = DEFAULT_EXPERIMENT
    artifacts: Path | None = None
    patience_s: float = 5.0

    def __str__(self) -> str:
        """The address without its password."""
        return redacted_addresses(self.uri)

    def page(self, experiment_id: str, run_id: str) -> str:
        """Where people see a run; empty for a database, which no browser can open."""
        parts = urlsplit(self.uri)
        if parts.scheme not in {"http", "https"}:
            return ""
        place = parts.netloc.rpartition("@")[2]  # without a password
        base = f"{parts.scheme}://{place}{parts.path.rstrip('/')}"
        return f"{base}/#/experiments/{quote(experiment_id)}/runs/{quote(run_id)}"

    @property
    def is_database(self) -> bool:
        """True when MLflow talks to a database itself, without a server."""
        return self.uri.partition(":")[0].partition("+")[0] in {"sqlite", *PORTS}


def destination_for(root: Path, uri: str = "", experiment: str = "") -> Destination:
    """Take what the environment says; by default a database under the project's `.evalgate`."""
    own = root.absolute() / OWN_FOLDER
    return Destination(
        uri=uri or f"sqlite:///{(own / 'mlflow.db').as_posix()}",
        experiment=experiment or DEFAULT_EXPERIMENT,
        artifacts=own / "mlartifacts",
    )


def is_made(destination: Destination) -> bool:
    """True for a database in a file that is there."""
    scheme, _, path = destination.uri.partition(":///")
    return scheme == "sqlite" and Path(path.partition("?")[0]).is_file()


@contextmanager
def opening(destination: Destination) -> Iterator[None]:
    """Keep others out while a database's tables are created, and knock at it first.

    MLflow would try a broken database for minutes, and fails where two processes create one
    at once. Raises OSError and sqlite3.Error.
    """
    if not destination.is_database:
        yield
        return
    from sqlalchemy.engine import make_url

    url = make_url(destination.uri)
    backend = url.get_backend_name()
    if backend != "sqlite":
        if url.host:
            address = (url.host, url.port or PORTS[backend])
            socket.create_connection(address, destination.patience_s).close()
        yield
    elif not url.database or url.database == ":memory:":
        yield
    else:
        database = Path(url.database)
        make_folder(database.parent)
        with _alone(database):  # first: whoever creates the tables holds the database for long
            _knock(database, destination.patience_s)
            yield


def _knock(database: Path, patience_s: float) -> None:
    """Raise when the file is locked, read-only or damaged."""
    with closing(_connect(database, patience_s)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("SELECT count(*) FROM sqlite_master")
        connection.execute("ROLLBACK")


@contextmanager
def _alone(database: Path) -> Iterator[None]:
    """Hold a lock beside the database; it is gone with the process that holds it."""
    beside = database.with_name(f"{database.name}.lock")
    with closing(_connect(beside, OPENING_WAIT_S)) as lock:
        lock.execute("BEGIN EXCLUSIVE")
        yield


def _connect(path: Path, timeout_s: float) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=timeout_s, isolation_level=None)
