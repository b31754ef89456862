"""What each instance uses: CPU and memory from the kernel, latency and connections from its answer.

Samples go to SQLite, limited in age and in size; sparklines are read from there.
"""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import psutil

from valero.observer.policy import Keeping
from valero.observer.store import Store

MEGABYTE = 1024 * 1024
PRUNE_ROWS = 5_000


@dataclass(frozen=True)
class Sample:
    """One instance at one second. CPU in percent of one core, memory (USS) in MiB."""

    at: int
    instance: str
    cpu_percent: float | None = None
    memory_mb: float | None = None
    latency_ms: float | None = None
    db_connections: float | None = None


@dataclass(frozen=True)
class Series:
    """Equally long columns, oldest first; a point is the mean of `step_seconds`."""

    step_seconds: int
    at: list[int]
    cpu_percent: list[float | None]
    memory_mb: list[float | None]
    latency_ms: list[float | None]
    db_connections: list[float | None]


@dataclass(frozen=True)
class Usage:
    """What a process and its children use; None where the kernel does not tell."""

    cpu_percent: float | None
    memory_mb: float | None


class Meter:
    """Measures processes; remembers CPU times between two calls. Blocking: run it in a thread."""

    def __init__(self) -> None:
        self._known: dict[int, psutil.Process] = {}

    def measure(self, pids: Iterable[int]) -> dict[int, Usage]:
        """The usage of each process with its children; a first look has no CPU figure yet."""
        seen: dict[int, psutil.Process] = {}
        usages = {pid: self._usage(pid, seen) for pid in pids}
        self._known = seen
        return usages

    def _usage(self, pid: int, seen: dict[int, psutil.Process]) -> Usage:
        family = self._family(pid)
        parts = [self._one(process, seen) for process in family]
        cpu = [part.cpu_percent for part in parts if part.cpu_percent is not None]
        memory = [part.memory_mb for part in parts if part.memory_mb is not None]
        return Usage(round(sum(cpu), 2) if cpu else None, round(sum(memory), 2) if memory else None)

    def _family(self, pid: int) -> list[psutil.Process]:
        try:
            head = psutil.Process(pid)
            return [head, *head.children(recursive=True)]
        except psutil.Error:
            return []

    def _one(self, process: psutil.Process, seen: dict[int, psutil.Process]) -> Usage:
        known = self._known.get(process.pid)
        again = known is not None and known == process  # pid and creation time
        process = known if known is not None and again else process
        try:
            cpu = process.cpu_percent()
            memory = process.memory_full_info().uss / MEGABYTE
        except psutil.Error:
            return Usage(None, None)
        seen[process.pid] = process
        return Usage(cpu if again else None, memory)


async def keep(store: Store, samples: Sequence[Sample]) -> None:
    """Write one round of samples. Raises sqlite3.Error."""
    rows = [
        (s.at, s.instance, s.cpu_percent, s.memory_mb, s.latency_ms, s.db_connections)
        for s in samples
    ]
    await store.write(
        lambda connection: connection.executemany(
            "INSERT OR REPLACE INTO samples (at, instance, cpu_percent, memory_mb, latency_ms,"
            " db_connections) VALUES (?, ?, ?, ?, ?, ?)",
            rows,
        )
    )


async def prune(store: Store, keeping: Keeping, now: datetime) -> int:
    """Remove what is too old, then the oldest until the file fits; the number of rows removed.

    Raises sqlite3.Error.
    """
    oldest_sample = now.timestamp() - keeping.sample_hours * 3600
    oldest_event = now.timestamp() - keeping.event_days * 86_400
    limit = keeping.max_megabytes * MEGABYTE

    def change(connection: sqlite3.Connection) -> int:
        removed = connection.execute("DELETE FROM samples WHERE at < ?", [oldest_sample]).rowcount
        removed += connection.execute("DELETE FROM events WHERE at < ?", [oldest_event]).rowcount
        while _used_bytes(connection) > limit:
            fewer = _drop_oldest(connection)
            if not fewer:
                break
            removed += fewer
        return removed

    removed = await store.write(change)
    await store.vacuum()
    return removed


async def series(
    store: Store, *, since: int, step_seconds: int, instance: str | None = None
) -> Mapping[str, Series]:
    """The samples since `since` (seconds since 1970) per instance, averaged over steps."""
    condition = "at >= ?" if instance is None else "at >= ? AND instance = ?"
    values: list[object] = [step_seconds, step_seconds, since]
    if instance is not None:
        values.append(instance)

    def query(connection: sqlite3.Connection) -> list[sqlite3.Row]:
        return connection.execute(
            "SELECT instance, (at / ?) * ? AS slot, avg(cpu_percent), avg(memory_mb),"  # noqa: S608
            " avg(latency_ms), avg(db_connections) FROM samples"
            f" WHERE {condition} GROUP BY instance, slot ORDER BY instance, slot",
            values,
        ).fetchall()

    columns: dict[str, list[sqlite3.Row]] = {}
    for row in await store.read(query):
        columns.setdefault(row[0], []).append(row)
    return {name: _series(rows, step_seconds) for name, rows in columns.items()}


def _series(rows: Sequence[sqlite3.Row], step_seconds: int) -> Series:
    def column(number: int) -> list[float | None]:
        return [None if row[number] is None else round(row[number], 2) for row in rows]

    at = [row[1] for row in rows]
    return Series(step_seconds, at, column(2), column(3), column(4), column(5))


def _used_bytes(connection: sqlite3.Connection) -> int:
    """The size of the file once free pages are given back."""
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    free = connection.execute("PRAGMA freelist_count").fetchone()[0]
    size = connection.execute("PRAGMA page_size").fetchone()[0]
    return int((pages - free) * size)


def _drop_oldest(connection: sqlite3.Connection) -> int:
    """Samples go before events: events explain, samples illustrate."""
    samples = connection.execute(
        "DELETE FROM samples WHERE (instance, at) IN"
        " (SELECT instance, at FROM samples ORDER BY at LIMIT ?)",
        [PRUNE_ROWS],
    ).rowcount
    if samples:
        return samples
    return connection.execute(
        "DELETE FROM events WHERE id IN (SELECT id FROM events ORDER BY id LIMIT ?)",
        [PRUNE_ROWS // 10],
    ).rowcount
