"""The Observer's own SQLite: one writer thread, one reader thread, write-ahead log.

PostgreSQL may be down, so nothing here needs it. A disk that refuses to write degrades the
history, never the watching: see `Store.trouble`.
"""

import asyncio
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import structlog

from valero.kit.errors import Unavailable

T = TypeVar("T")
log = structlog.get_logger(__name__)

#: each entry brings the file one version further; never edit one, append
STEPS = (
    """
    CREATE TABLE leases (
        lease_id TEXT PRIMARY KEY,
        service TEXT NOT NULL,
        instance TEXT NOT NULL,
        nonce TEXT NOT NULL,
        url TEXT NOT NULL,
        pid INTEGER NOT NULL,
        version TEXT NOT NULL,
        registered_at TEXT NOT NULL,
        UNIQUE (service, instance)
    ) STRICT;
    CREATE TABLE events (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at REAL NOT NULL,
        service TEXT NOT NULL,
        instance TEXT NOT NULL,
        kind TEXT NOT NULL,
        severity TEXT NOT NULL,
        de TEXT NOT NULL,
        en TEXT NOT NULL,
        state_before TEXT,
        state_after TEXT,
        why TEXT NOT NULL
    ) STRICT;
    CREATE INDEX events_by_service ON events (service, id);
    CREATE INDEX events_by_instance ON events (instance, id);
    CREATE TABLE samples (
        at INTEGER NOT NULL,
        instance TEXT NOT NULL,
        cpu_percent REAL,
        memory_mb REAL,
        latency_ms REAL,
        db_connections REAL,
        PRIMARY KEY (instance, at)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX samples_by_age ON samples (at);
    """,
)


class HistoryUnavailable(Unavailable):
    """The Observer's own database cannot be read; live data is still right."""

    title_de = "Verlauf nicht verfügbar"
    title_en = "History not available"


class Store:
    """Open with `Store.open(path)`, close with `close()`; both are blocking-safe coroutines."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.trouble: str | None = None
        self._writer = ThreadPoolExecutor(1, "observer-writer")
        self._reader = ThreadPoolExecutor(1, "observer-reader")
        self._connections: dict[str, sqlite3.Connection] = {}

    @classmethod
    async def open(cls, path: Path) -> "Store":
        """The store at `path`, created or brought to the newest version.

        A file that is no database is put aside: its history is lost to the view, not to the disk.
        """
        store = cls(path)
        await asyncio.get_running_loop().run_in_executor(store._writer, store._open)
        return store

    async def write(self, change: Callable[[sqlite3.Connection], T]) -> T:
        """Run `change` in one transaction on the writer thread.

        Raises sqlite3.Error if the disk refuses; `trouble` then says why until a write succeeds.
        """
        return await asyncio.get_running_loop().run_in_executor(
            self._writer, self._transaction, change
        )

    async def read(self, query: Callable[[sqlite3.Connection], T]) -> T:
        """Run `query` on the reader thread, beside any write. Raises HistoryUnavailable."""
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(
                self._reader, lambda: query(self._connection("reader"))
            )
        except sqlite3.Error as error:
            raise HistoryUnavailable(
                de=f"Die Datenbank des Observers antwortet nicht: {error}",
                en=f"The Observer's database does not answer: {error}",
            ) from error

    async def vacuum(self) -> None:
        """Give free pages back to the disk. Raises sqlite3.Error."""

        def work() -> None:
            connection = self._connection("writer")
            # one page per step: execute() would stop after the first
            connection.executescript("PRAGMA incremental_vacuum")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

        await asyncio.get_running_loop().run_in_executor(self._writer, work)

    async def close(self) -> None:
        """Finish what is queued, fold the write-ahead log in, close both connections."""
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._reader, self._shut, "reader")
        await loop.run_in_executor(self._writer, self._shut, "writer")
        self._reader.shutdown()
        self._writer.shutdown()

    def _open(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            self._prepare()
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError as error:
            self._connections.pop("writer").close()
            aside = self.path.with_name(f"{self.path.name}.broken-{time.time():.0f}")
            self.path.rename(aside)
            log.error("store_unreadable", error=str(error), kept_as=aside.name)
            self._prepare()

    def _prepare(self) -> None:
        connection = self._connection("writer")
        if connection.execute("PRAGMA user_version").fetchone()[0] == 0:
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        connection.execute("PRAGMA journal_mode = WAL")
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        for number, script in enumerate(STEPS[version:], version + 1):
            connection.executescript(f"BEGIN; {script} PRAGMA user_version = {number}; COMMIT;")

    def _connection(self, role: str) -> sqlite3.Connection:
        connection = self._connections.get(role)
        if connection is None:
            connection = sqlite3.connect(self.path, timeout=2.0, isolation_level=None)
            connection.row_factory = sqlite3.Row
            self._connections[role] = connection
            connection.execute("PRAGMA synchronous = NORMAL")
        return connection

    def _transaction(self, change: Callable[[sqlite3.Connection], T]) -> T:
        connection = self._connection("writer")
        try:
            connection.execute("BEGIN IMMEDIATE")
            result = change(connection)
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            if self.trouble is None:
                log.error("store_refuses", error=str(error))
            self.trouble = str(error)
            raise
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        if self.trouble is not None:
            log.info("store_recovered", after=self.trouble)
            self.trouble = None
        return result

    def _shut(self, role: str) -> None:
        connection = self._connections.pop(role, None)
        if connection is not None:
            if role == "writer":
                connection.execute("PRAGMA optimize")
            connection.close()
