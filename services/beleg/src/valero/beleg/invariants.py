"""What must always be true of the archive, looked at in turns and shown in Observer."""

import asyncio
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from valero.beleg.archive import Archive
from valero.beleg.models import Document
from valero.kit.health import Invariant, InvariantResult, invariant

PRESENCE_BATCH: Final = 2000
HASH_BATCH: Final = 20
NIL: Final = UUID(int=0)


class Round:
    """Walks through each tenant's documents in batches and remembers what is wrong."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.wrong: dict[UUID, set[UUID]] = {}
        self._last: dict[UUID, UUID] = {}

    async def next(self, session: AsyncSession) -> Sequence[Document]:
        """The batch after the last one; starts over at the end. Known wrong ones come first."""
        tenant = session.info["tenant"]
        wrong = self.wrong.setdefault(tenant, set())
        again = await session.scalars(
            select(Document).where(Document.id.in_(sorted(wrong)[: self.size]))
        )
        fresh = await session.scalars(
            select(Document)
            .where(Document.id > self._last.get(tenant, NIL))
            .order_by(Document.id)
            .limit(self.size)
        )
        found = fresh.all()
        self._last[tenant] = found[-1].id if len(found) == self.size else NIL
        return [*again.all(), *found]

    def judge(self, session: AsyncSession, verdicts: Sequence[tuple[Document, bool]]) -> set[UUID]:
        """Note right and wrong ones; the answer is everything wrong so far in this tenant."""
        wrong = self.wrong[session.info["tenant"]]
        wrong.difference_update(document.id for document, good in verdicts if good)
        wrong.update(document.id for document, good in verdicts if not good)
        return wrong


def of(archive: Archive) -> tuple[Invariant, ...]:
    """The invariants of an archive."""
    presence, hashes = Round(PRESENCE_BATCH), Round(HASH_BATCH)

    @invariant(
        "documents_archived",
        de="Zu jedem Beleg liegt die Datei im Archiv",
        en="Every document has its file in the archive",
        every_seconds=60,
    )
    async def documents_archived(session: AsyncSession) -> InvariantResult:
        """Number of documents without a file of their size; must be 0."""
        batch = await presence.next(session)
        verdicts = await asyncio.to_thread(
            lambda: [(one, archive.has(one.sha256, one.size_bytes)) for one in batch]
        )
        return _result(presence.judge(session, verdicts), "fehlt im Archiv")

    @invariant(
        "archive_unaltered",
        de="Archivierte Dateien sind unverändert",
        en="Archived files are unaltered",
        every_seconds=60,
    )
    async def archive_unaltered(session: AsyncSession) -> InvariantResult:
        """Number of documents whose file no longer has its hash; must be 0."""
        batch = await hashes.next(session)
        verdicts = await asyncio.to_thread(
            lambda: [(one, archive.is_intact(one.sha256)) for one in batch]
        )
        return _result(hashes.judge(session, verdicts), "hat einen anderen Prüfwert")

    return documents_archived, archive_unaltered


def _result(wrong: set[UUID], what: str) -> InvariantResult:
    if not wrong:
        return InvariantResult(ok=True, value=0)
    return InvariantResult(ok=False, value=len(wrong), detail=f"Beleg {min(wrong)} {what}")
