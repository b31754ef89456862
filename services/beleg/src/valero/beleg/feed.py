"""The live stream of changes to documents, for the browsers of a tenant (server-sent events).

The history table is the stream: its ids are the event ids, so that a browser that was away gets
what it missed. A change made by this process is seen at once, one made by another instance within
POLL_SECONDS.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Self
from uuid import UUID

import structlog
from pydantic import BaseModel
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from valero.beleg import history
from valero.beleg.models import Change
from valero.kit.database import Database, UnavailableDatabase

POLL_SECONDS = 1.0
HEARTBEAT_SECONDS = 15.0
STREAM_SECONDS = 600.0
"""A stream ends after this time; the browser returns with its cookie, which is verified again."""

HEARTBEAT = ": still here\n\n"
FAILURES = (DBAPIError, UnavailableDatabase)

log = structlog.get_logger(__name__)


class ChangeOut(BaseModel):
    """One event of the stream."""

    document_id: UUID
    action: str
    state: str
    entry_id: UUID | None
    changed_at: datetime


class Feed:
    """All streams of one process."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._listeners: defaultdict[UUID, set[asyncio.Event]] = defaultdict(set)
        self._closing = False
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        event.listen(Session, "after_commit", self._on_commit)
        self._task = asyncio.create_task(self._poll(), name="beleg feed")
        return self

    async def __aexit__(self, *_error: object) -> None:
        """End all streams."""
        event.remove(Session, "after_commit", self._on_commit)
        self._closing = True
        for tenant in list(self._listeners):
            self._wake(tenant)
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def stream(self, tenant: UUID, after: int | None) -> AsyncIterator[str]:
        """The changes of `tenant` after the id `after`, or from now on, in SSE form.

        Ends after STREAM_SECONDS, with the process, or when the database is away.
        """
        ends_at = asyncio.get_running_loop().time() + STREAM_SECONDS
        wake = asyncio.Event()
        self._listeners[tenant].add(wake)
        try:
            position = await self._position(tenant) if after is None else after
            yield f"retry: 3000\nid: {position}\n\n"
            while not self._closing and asyncio.get_running_loop().time() < ends_at:
                wake.clear()
                changes = await self._after(tenant, position)
                for change in changes:
                    position = change.id
                    yield dump(change)
                if not changes and not await _woken(wake):
                    yield HEARTBEAT
        except FAILURES as error:
            log.warning("stream_ended", error=type(error).__name__)
        finally:
            self._leave(tenant, wake)

    def _leave(self, tenant: UUID, wake: asyncio.Event) -> None:
        self._listeners[tenant].discard(wake)
        if not self._listeners[tenant]:
            del self._listeners[tenant]

    def _wake(self, tenant: UUID) -> None:
        for listener in self._listeners.get(tenant, ()):
            listener.set()

    def _on_commit(self, session: Session) -> None:
        if session.bind is self.database.engine.sync_engine and history.CHANGED in session.info:
            self._wake(session.info["tenant"])

    async def _poll(self) -> None:
        """Look for changes made by other instances, for tenants with listeners only."""
        seen: dict[UUID, int] = {}
        while True:
            await asyncio.sleep(POLL_SECONDS)
            seen = {tenant: seen.get(tenant, 0) for tenant in self._listeners}
            for tenant, before in seen.items():
                with suppress(*FAILURES):
                    seen[tenant] = await self._position(tenant)
                if seen[tenant] != before:
                    self._wake(tenant)

    async def _position(self, tenant: UUID) -> int:
        async with self.database.transaction(tenant=tenant) as session:
            return await history.position(session)

    async def _after(self, tenant: UUID, position: int) -> Sequence[Change]:
        async with self.database.transaction(tenant=tenant) as session:
            return await history.after(session, position)


def dump(change: Change) -> str:
    """A change as one server-sent event."""
    content = ChangeOut.model_validate(change, from_attributes=True).model_dump_json()
    return f"id: {change.id}\nevent: document\ndata: {content}\n\n"


async def _woken(wake: asyncio.Event) -> bool:
    """Wait until woken, at most HEARTBEAT_SECONDS."""
    try:
        async with asyncio.timeout(HEARTBEAT_SECONDS):
            await wake.wait()
    except TimeoutError:
        return False
    return True
