"""Background work: received invoices get their verdict, a moment after their receipt.

The official rules take seconds to load and hold 200 MB, so no upload waits for them. What is to
be done follows from the tables alone; a crash forgets nothing, and a second instance does at worst
the same work once more.
"""

import asyncio
from contextlib import suppress
from typing import Final, Self
from uuid import UUID

import structlog
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from valero.beleg import examinations, verdict
from valero.beleg.archive import Archive, ArchiveDamaged
from valero.beleg.examining import Examiner
from valero.beleg.models import Document
from valero.kit.database import Database, UnavailableDatabase

GATHER_SECONDS: Final = 0.5
"""After a receipt, so that a burst of uploads comes first."""
SWEEP_SECONDS: Final = 60.0
IDLE_SECONDS: Final = 30.0
"""Then the examiner gives its memory back."""
NIL: Final = UUID(int=0)

TENANTS: Final = text("select tenant_id from known_tenants order by tenant_id")

log = structlog.get_logger(__name__)


class Examining:
    """The verdicts of one process; runs while entered."""

    def __init__(self, archive: Archive, database: Database) -> None:
        self._archive = archive
        self._database = database
        self._examiner = Examiner()
        self._due: set[UUID] = set()
        self._wake = asyncio.Event()
        self._failed: set[UUID] = set()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run(), name="beleg examining")
        return self

    async def __aexit__(self, *_error: object) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        await asyncio.to_thread(self._examiner.close)

    def expect(self, tenant: UUID) -> None:
        """Something of `tenant` waits for its verdict."""
        self._due.add(tenant)
        self._wake.set()

    async def examine_tenant(self, tenant: UUID) -> int:
        """Judge everything of `tenant` that waits; how many verdicts were entered."""
        after, entered = NIL, 0
        while True:
            async with self._database.transaction(tenant=tenant) as session:
                batch = await examinations.pending(session, after)
            if not batch:
                return entered
            for document in batch:
                after = document.id
                if document.id not in self._failed:
                    entered += await self._examine(tenant, document)

    async def _run(self) -> None:
        """Woken by receipts; looks at all tenants at the start and now and then."""
        swept_at = float("-inf")
        loop = asyncio.get_running_loop()
        while True:
            try:
                if loop.time() - swept_at >= SWEEP_SECONDS:
                    swept_at = loop.time()
                    self._due.update(await self._tenants())
                while self._due:
                    await self.examine_tenant(self._due.pop())
            except (DBAPIError, UnavailableDatabase) as error:
                log.warning("examining_interrupted", error=type(error).__name__)
            await asyncio.to_thread(self._examiner.rest, IDLE_SECONDS)
            with suppress(TimeoutError):
                async with asyncio.timeout(IDLE_SECONDS):
                    await self._wake.wait()
            await asyncio.sleep(GATHER_SECONDS)
            self._wake.clear()

    async def _tenants(self) -> list[UUID]:
        async with self._database.transaction() as session:
            return list((await session.scalars(TENANTS)).all())

    async def _examine(self, tenant: UUID, document: Document) -> int:
        try:
            judged = await asyncio.to_thread(self._judge, document.sha256)
        except (ArchiveDamaged, OSError) as error:
            self._failed.add(document.id)  # the archive's invariants report it
            log.warning("not_examined", document_id=str(document.id), error=str(error))
            return 0
        if judged.verdict is None:
            self._failed.add(document.id)
            return 0
        reached = judged.verdict

        async def enter(session: AsyncSession) -> bool:
            return await examinations.enter(
                session,
                await session.get_one(Document, document.id),
                reached,
                judged.findings,
                rule_pack=verdict.rule_pack(),
            )

        return int(await self._database.run(enter, tenant=tenant))

    def _judge(self, sha256: str) -> verdict.Judgement:
        return verdict.judge(self._archive.intact_path(sha256).read_bytes(), self._examiner)
