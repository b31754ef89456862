"""The event log: what happened to whom, and why. Append-only, kept in SQLite, told live.

Recording never waits for the disk; what the disk refuses is told live and written later.
"""

import asyncio
import json
import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from valero.observer.store import Store
from valero.observer.verdict import State

UNWRITTEN_LIMIT = 5_000
RETRY_SECONDS = 1.0
REPLAY_LIMIT = 1_000


class Kind(StrEnum):
    """What an event tells."""

    OBSERVER_STARTED = "observer_started"
    REGISTERED = "registered"
    LEFT = "left"
    STATE_CHANGED = "state_changed"
    PROCESS_DIED = "process_died"
    PROCESS_REPLACED = "process_replaced"
    HANG_FOUND = "hang_found"
    RESTARTED = "restarted"
    RESUMED = "resumed"
    RESTART_FAILED = "restart_failed"
    CRASH_LOOP = "crash_loop"
    THRESHOLD_BREACHED = "threshold_breached"
    THRESHOLD_KEPT = "threshold_kept"
    CONFIG_LOADED = "config_loaded"
    CONFIG_REJECTED = "config_rejected"


class Severity(StrEnum):
    """How loudly an event is shown."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


@dataclass(frozen=True)
class Event:
    """One fact; `why` holds the inputs of the decision. `id` is given when it is written."""

    at: datetime
    service: str
    instance: str
    kind: Kind
    severity: Severity
    de: str
    en: str
    before: State | None = None
    after: State | None = None
    why: dict[str, Any] = field(default_factory=dict)
    id: int | None = None


@dataclass(frozen=True)
class Filter:
    """Which events to list; None means all."""

    service: str | None = None
    instance: str | None = None
    kind: Kind | None = None


@dataclass
class _Queued:
    event: Event
    told: bool = False


class History:
    """`record` from anywhere in the event loop; `run` writes and tells, in order."""

    def __init__(self, store: Store, tell: Callable[[Event], None]) -> None:
        self._store = store
        self._tell = tell
        self._queue: deque[_Queued] = deque(maxlen=UNWRITTEN_LIMIT)
        self._work = asyncio.Event()
        self._turn = asyncio.Lock()

    def record(self, event: Event) -> None:
        """Queue `event` to be written and told."""
        self._queue.append(_Queued(event))
        self._work.set()

    async def run(self) -> None:
        """Write and tell what is recorded, for ever; the owner cancels it."""
        while True:
            await self._work.wait()
            self._work.clear()
            if not await self.flush():
                await asyncio.sleep(RETRY_SECONDS)
                self._work.set()

    async def flush(self) -> bool:
        """Write and tell everything queued; False if the disk refused (told, kept for later).

        One at a time, and to its end even if the caller is cancelled: no event is written twice.
        """
        return await asyncio.shield(asyncio.create_task(self._flush()))

    async def _flush(self) -> bool:
        async with self._turn:
            return await self._write_queue()

    async def _write_queue(self) -> bool:
        batch = list(self._queue)
        if not batch:
            return True
        events = [queued.event for queued in batch]
        try:
            ids = await self._store.write(lambda connection: _insert(connection, events))
        except sqlite3.Error:
            self._tell_new(batch)
            return False
        for queued, event_id in zip(batch, ids, strict=True):
            queued.event = replace(queued.event, id=event_id)
        self._tell_new(batch)
        while self._queue and self._queue[0].event.id is not None:
            self._queue.popleft()
        return True

    def _tell_new(self, batch: Sequence[_Queued]) -> None:
        for queued in batch:
            if not queued.told:
                queued.told = True
                self._tell(queued.event)


async def page(
    store: Store, wanted: Filter, *, before: int | None, limit: int
) -> tuple[list[Event], int]:
    """At most `limit` events older than id `before`, newest first, and how many match at all."""
    where, values = _where(wanted)
    older = f"{where} AND id < ?" if before is not None else where
    bound = [*values, before] if before is not None else values

    def query(connection: sqlite3.Connection) -> tuple[list[Event], int]:
        rows = connection.execute(
            f"SELECT * FROM events WHERE {older} ORDER BY id DESC LIMIT ?",  # noqa: S608
            [*bound, limit],
        ).fetchall()
        count = connection.execute(
            f"SELECT count(*) FROM events WHERE {where}",  # noqa: S608
            values,
        ).fetchone()[0]
        return [_event(row) for row in rows], count

    return await store.read(query)


async def after(store: Store, event_id: int) -> list[Event]:
    """The events that followed `event_id`, oldest first; at most the newest REPLAY_LIMIT."""

    def query(connection: sqlite3.Connection) -> list[Event]:
        rows = connection.execute(
            "SELECT * FROM events WHERE id > ? ORDER BY id DESC LIMIT ?", [event_id, REPLAY_LIMIT]
        ).fetchall()
        return [_event(row) for row in reversed(rows)]

    return await store.read(query)


async def failures_since(store: Store, instant: datetime) -> list[tuple[str, datetime]]:
    """(instance, instant) of every failure since `instant`, oldest first: the ladders' memory."""
    kinds = [Kind.PROCESS_DIED, Kind.HANG_FOUND]

    def query(connection: sqlite3.Connection) -> list[tuple[str, datetime]]:
        rows = connection.execute(
            "SELECT instance, at FROM events WHERE kind IN (?, ?) AND at >= ? ORDER BY id",
            [*kinds, instant.timestamp()],
        ).fetchall()
        return [(row["instance"], datetime.fromtimestamp(row["at"], UTC)) for row in rows]

    return await store.read(query)


def _insert(connection: sqlite3.Connection, events: Sequence[Event]) -> list[int]:
    ids = []
    for event in events:
        cursor = connection.execute(
            "INSERT INTO events (at, service, instance, kind, severity, de, en, state_before,"
            " state_after, why) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                event.at.timestamp(),
                event.service,
                event.instance,
                event.kind,
                event.severity,
                event.de,
                event.en,
                event.before,
                event.after,
                json.dumps(event.why, ensure_ascii=False, default=str),
            ],
        )
        assert cursor.lastrowid is not None
        ids.append(cursor.lastrowid)
    return ids


def _where(wanted: Filter) -> tuple[str, list[Any]]:
    columns = {"service": wanted.service, "instance": wanted.instance, "kind": wanted.kind}
    given = {column: value for column, value in columns.items() if value is not None}
    return " AND ".join(["1 = 1", *(f"{column} = ?" for column in given)]), list(given.values())


def _event(row: sqlite3.Row) -> Event:
    return Event(
        at=datetime.fromtimestamp(row["at"], UTC),
        service=row["service"],
        instance=row["instance"],
        kind=Kind(row["kind"]),
        severity=Severity(row["severity"]),
        de=row["de"],
        en=row["en"],
        before=State(row["state_before"]) if row["state_before"] else None,
        after=State(row["state_after"]) if row["state_after"] else None,
        why=json.loads(row["why"]),
        id=row["id"],
    )
