"""From the outbox to the broker: one active relay per service, in the order of the rows.

Every instance has a relay; a lock in the database lets one work, and the server gives it to the
next when that one dies. A row counts as sent only after the broker confirmed it, so a crash
repeats at most the batch under way, which readers absorb. A failing row holds those behind it.
Sent rows stay for KEEP_SECONDS: Redis confirms before its disk has everything, so what a broker
confirmed shortly before it was started anew is sent again.
"""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Self

import structlog
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import Session

from valero.kit import idempotency
from valero.kit.bus import BrokerAway, Bus, Outgoing
from valero.kit.database import Database

PUBLISHED = "valero.published"
"""Mark in `session.info`: this session has written to the outbox."""

BATCH = 200
POLL_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0
KEEP_SECONDS = 60
PURGE_SECONDS = 15.0
TIDY_SECONDS = 300.0
INBOX_DAYS = 45
"""Longer than any broker keeps an event, so that a repetition is always recognised."""

LOCK = text("select pg_try_advisory_lock(hashtextextended('valero.relay.' || current_schema(), 0))")
CHANNEL = text("select 'valero_outbox_' || current_schema()")
NOTIFY = text("select pg_notify('valero_outbox_' || current_schema(), '')")
NEXT = text(
    "select id, event_id, type, envelope::text from outbox"
    " where sent_at is null order by id limit :limit"
)
MARK = text("update outbox set sent_at = now(), sent_to = :broker where id = any(:ids)")
SEND_AGAIN = text("update outbox set sent_at = null, sent_to = null where sent_to <> :broker")
PURGE = text("delete from outbox where sent_at < now() - make_interval(secs => :seconds)")
FORGET = text("delete from inbox where received_at < now() - make_interval(days => :days)")

log = structlog.get_logger(__name__)


class Relay:
    """A background task of one service instance."""

    def __init__(self, database: Database, bus: Bus) -> None:
        self.database = database
        self.bus = bus
        self.active = False
        self.sent: Counter[str] = Counter()
        self._wake = asyncio.Event()
        self._limit = BATCH
        self._broker = ""
        self._purged_at = self._tidied_at = time.monotonic()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to work in the background; database and broker may come later."""
        event.listen(Session, "after_commit", self._on_commit)
        self._task = asyncio.create_task(self._run(), name="relay")

    async def stop(self) -> None:
        """Stop at once; what is not sent stays in the outbox."""
        event.remove(Session, "after_commit", self._on_commit)
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.stop()

    def _on_commit(self, session: Session) -> None:
        """Wake without NOTIFY in the caller's transaction, which would serialise all commits."""
        if session.bind is self.database.engine.sync_engine and session.info.pop(PUBLISHED, None):
            self._wake.set()

    async def _run(self) -> None:
        failures = 0
        while True:
            try:
                async with self._connection() as connection:
                    await self._stand_by(connection)
                    while True:
                        await self._recall_lost(connection)
                        await self._drain(connection)
                        failures = 0
                        await self._housekeeping(connection)
                        await self._sleep()
            except (BrokerAway, DBAPIError, PoolExhausted, OSError) as error:
                if failures == 0:
                    log.warning("relay_held_up", error=f"{type(error).__name__}: {error}")
                failures += 1
            except Exception:  # a worker loop: anything else must not end the relay for good
                log.exception("relay_failed")
                failures += 1
            await self.bus.pause(failures, longest=LONGEST_PAUSE_SECONDS)

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[AsyncConnection]:
        """A connection of its own, closed for real afterwards, which gives the lock back."""
        async with self.database.engine.connect() as pooled:
            connection = await pooled.execution_options(isolation_level="AUTOCOMMIT")
            driver: Any = (await connection.get_raw_connection()).driver_connection
            try:
                await driver.add_listener(await connection.scalar(CHANNEL), self._on_notify)
                yield connection
            finally:
                self.active = False
                await asyncio.shield(connection.invalidate())

    def _on_notify(self, *_notification: object) -> None:
        self._wake.set()

    async def _stand_by(self, connection: AsyncConnection) -> None:
        """Wait for the lock; until then tell the active relay of what this instance commits."""
        while not await connection.scalar(LOCK):
            if await self._sleep():
                await connection.execute(NOTIFY)
        self.active = True
        log.info("relay_active")

    async def _sleep(self) -> bool:
        """Wait for something to do, at most POLL_SECONDS; True if somebody woke us."""
        with suppress(TimeoutError):
            async with asyncio.timeout(POLL_SECONDS):
                await self._wake.wait()
        woken = self._wake.is_set()
        self._wake.clear()
        return woken

    async def _drain(self, connection: AsyncConnection) -> None:
        """Send until the outbox is empty. After a failure one at a time, to find the row."""
        while rows := (await connection.execute(NEXT, {"limit": self._limit})).all():
            batch = [Outgoing(row.type, str(row.event_id), row.envelope.encode()) for row in rows]
            limit, self._limit = self._limit, 1
            broker = self._broker
            await self.bus.send(batch)
            self._limit = min(BATCH, limit * 2)
            await connection.execute(MARK, {"ids": [row.id for row in rows], "broker": broker})
            self.sent.update(outgoing.type for outgoing in batch)

    async def _recall_lost(self, connection: AsyncConnection) -> None:
        """Send again what went to a broker that has been started anew since."""
        if self.bus.incarnation and self.bus.incarnation != self._broker:
            self._broker = self.bus.incarnation
            again = await connection.execute(SEND_AGAIN, {"broker": self._broker})
            if again.rowcount:
                log.info("events_sent_again", count=again.rowcount)

    async def _housekeeping(self, connection: AsyncConnection) -> None:
        now = time.monotonic()
        if now - self._purged_at > PURGE_SECONDS and self.bus.connected:
            self._purged_at = now
            await connection.execute(PURGE, {"seconds": KEEP_SECONDS})
        if now - self._tidied_at > TIDY_SECONDS:
            self._tidied_at = now
            await connection.execute(FORGET, {"days": INBOX_DAYS})
            await connection.execute(idempotency.FORGET_EXPIRED)
            await self.bus.transport.tidy(sorted(self.sent))
