"""From a complete upload to a received document: read, archive, enter, in this order.

The file is durable before the row that names it is committed, so a document without a file cannot
arise; a crash in between leaves an unnamed file, which the next upload of the same bytes uses.
"""

import asyncio
from collections.abc import Callable
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from valero.beleg import documents, examinations
from valero.beleg.archive import Archive, Incoming
from valero.beleg.documents import Arrival
from valero.beleg.models import Document, Examination
from valero.beleg.reading import Reading, read_in_own_thread
from valero.kit import clock, errors
from valero.kit.auth import Principal
from valero.kit.database import Database

READERS: Final = 2
"""Files read at the same time; bounds memory, the others wait."""

log = structlog.get_logger(__name__)


class ArchiveUnavailable(errors.Unavailable):
    """The archive's disk is full or away; nothing was stored."""


class Intake:
    """The way in, one per process."""

    def __init__(
        self,
        archive: Archive,
        database: Database,
        *,
        received: Callable[[UUID], None] = lambda _tenant: None,
    ) -> None:
        """`received` hears the tenant of every new document."""
        self.archive = archive
        self._received = received
        self._database = database
        self._readers = asyncio.Semaphore(READERS)

    def open(self) -> Incoming:
        """A place for a file on its way in. Raises ArchiveUnavailable."""
        try:
            return self.archive.receive()
        except OSError as error:
            raise _unavailable(error) from error

    async def find(self, document_id: UUID, *, principal: Principal) -> Document:
        """A document of the caller's tenant, in a transaction that is over on return, so that
        slow work on the file holds no connection. Raises DocumentMissing.
        """
        async with self._database.transaction(principal=principal) as session:
            return await documents.get(session, document_id)

    async def find_examined(
        self, document_id: UUID, *, principal: Principal
    ) -> tuple[Document, Examination | None]:
        """As `find`, with the newest verdict. Raises DocumentMissing."""
        async with self._database.transaction(principal=principal) as session:
            document = await documents.get(session, document_id)
            return document, await examinations.latest(session, document_id)

    async def read(self, sha256: str) -> Reading:
        """Read an archived file again. Raises ArchiveDamaged."""
        return await self._read(lambda: self.archive.intact_path(sha256).read_bytes())

    async def take(
        self, incoming: Incoming, *, filename: str, principal: Principal
    ) -> tuple[Document, bool]:
        """Receive a complete file for the caller's tenant; the flag says whether it is new.

        Raises ArchiveUnavailable.
        """
        try:
            result = await self._read(incoming.content)
            await asyncio.to_thread(self.archive.keep, incoming)
        except OSError as error:
            raise _unavailable(error) from error
        arrival = Arrival(
            sha256=incoming.sha256,
            size_bytes=incoming.size_bytes,
            filename=filename,
            received_at=clock.now(),
            received_by=principal.user_id,
        )

        async def enter(session: AsyncSession) -> tuple[Document, bool]:
            return await documents.receive(session, arrival, result)

        document, is_new = await self._database.run(enter, principal=principal)
        if is_new:
            self._received(principal.tenant_id)
        return document, is_new

    async def _read(self, content: Callable[[], bytes]) -> Reading:
        async with self._readers:
            return await asyncio.to_thread(lambda: read_in_own_thread(content()))


def _unavailable(error: OSError) -> ArchiveUnavailable:
    log.error("archive_unavailable", error=str(error))
    return ArchiveUnavailable(
        de="Das Archiv nimmt gerade nichts an, die Datei wurde nicht gespeichert. Bitte den freien "
        "Speicherplatz prüfen und erneut hochladen.",
        en="The archive takes nothing right now, the file was not stored. Please check the free "
        "disk space and upload again.",
    )
